"""A world: what was delivered, and what is true."""

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from detectors.core.observations import Observations
from detectors.core.schemes import Scheme
from detectors.core.sources import DISPOSITIONS, SOURCES, Personal
from simulation import complaints, contacts, interviews, schemes
from simulation.answers import genuine_overall
from simulation.chance import Flags, Floats, Integers, happens, stream
from simulation.network import Network, build
from simulation.questionnaire import SURVEYS, questionnaires
from simulation.reviews import reviews
from simulation.settings import WorldSettings
from simulation.text import TEXT, column, fixed_width, join, numbered, opaque, phone_numbers, take, where
from simulation.verbatims import complaints as complaint_texts
from simulation.visits import Customers, Visits, happenings

_VIN_LETTERS = np.frombuffer(b"ABCDEFGHJKLMNPRSTUVWXYZ0123456789", dtype=np.uint8)
_MAKERS = ("LSV", "LFV", "LGB", "LHG", "LVS")


@dataclass(frozen=True)
class Truth:
    """What really was the case.

    Parameters
    ----------
    units
        Who cheats: ``unit_kind``, ``unit_id``, ``scheme``, ``affected_share`` (share of the unit's interviews that were
        manipulated; of its reviews for review_manipulation; of the list it should have handed over for withheld).
    records
        The manipulated records: ``source``, ``record_id``, ``dealer_id``, ``scheme``. A withheld customer's record is in
        transactions.
    scores
        ``dealer_id``, ``survey``, ``genuine_score``: the mean of overall had nobody cheated.
    look_alikes
        Honest units that look like cheats: ``unit_kind``, ``unit_id``, ``look_alike`` (excellent, generous_region,
        new_dealer, promotion, lenient_interviewer, vendor_mode, fleet). Cheats may be among all but the excellent and new.
    """

    units: pd.DataFrame
    records: pd.DataFrame
    scores: pd.DataFrame
    look_alikes: pd.DataFrame


@dataclass(frozen=True)
class World:
    """A simulated network.

    Parameters
    ----------
    settings
        What it was built from, with ``end`` filled in.
    frames
        Rows by source, with the columns and dtypes of `detectors.core.sources`, personal values in the clear.
    truth
        What really was the case.
    """

    settings: WorldSettings
    frames: dict[str, pd.DataFrame]
    truth: Truth

    def observations(self, business_date: date | None = None, window_months: int = 6) -> Observations:
        """Return the rows of a trailing window as detectors receive them.

        Parameters
        ----------
        business_date
            The last day of the window; None: the last day of the world.
        window_months
            Length of the window.

        Examples
        --------
        >>> world = simulate(WorldSettings(dealers=8, months=2, end="2026-10", interviews_per_dealer=(5, 9)))
        >>> world.observations().business_date.isoformat()
        '2026-10-31'
        """
        last = business_date or self.settings.last_day
        after = pd.Timestamp(last) + pd.Timedelta(days=1)
        since = after - pd.DateOffset(months=window_months)
        seen: dict[str, pd.DataFrame] = {}
        for name, frame in self.frames.items():
            when = SOURCES[name].when
            if when is not None and when in frame.columns:
                kept = (frame[when] >= since) & (frame[when] < after)
                frame = frame if bool(kept.all()) else frame[kept].reset_index(drop=True)
            seen[name] = _pseudonymous(name, frame)
        scales = dict.fromkeys(SURVEYS, self.settings.scale)
        return Observations(last, seen, scales, self.settings.closing_months)


def _pseudonymous(source: str, frame: pd.DataFrame) -> pd.DataFrame:
    changed: dict[str, pd.Series] = {}
    for known in SOURCES[source].known(frame.columns):
        if known.personal in (Personal.CUSTOMER, Personal.VEHICLE, Personal.PHONE):
            changed[known.name] = column(opaque(frame[known.name], f"{known.personal:.>16}"))
    if "phone" in frame.columns:
        phone = frame["phone"]
        mobile = phone.str.startswith("1").fillna(False)
        kinds = where(mobile.to_numpy(dtype=bool), "mobile", "landline")
        changed["phone_kind"] = column(where(phone.notna().to_numpy(), kinds, None))
        changed["phone_block"] = column(opaque(phone.str.slice(stop=-2), f"{'block':.>16}"))
        changed["phone_last2"] = pd.to_numeric(phone.str.slice(start=-2)).astype("float64")
    return frame.assign(**changed)


def simulate(settings: WorldSettings) -> World:
    """Build a world.

    Parameters
    ----------
    settings
        Its free parameters.

    Returns
    -------
    World
        The same world for the same settings, always.

    Examples
    --------
    >>> world = simulate(WorldSettings(dealers=20, months=3, end="2026-10", interviews_per_dealer=(5, 20)))
    >>> sorted(world.frames)
    ['audits', 'complaints', 'contacts', 'dealers', 'reviews', 'staff', 'surveys', 'transactions']
    >>> sorted(set(world.truth.units["scheme"])) == sorted(Scheme)
    True
    """
    settings = replace(settings, end=settings.last_day.strftime("%Y-%m"))
    network, asked = build(settings), questionnaires(settings.seed, settings.items)
    customers, visits = happenings(settings, network, asked)
    calls = contacts.honest_calls(settings, network, customers, visits)
    completed = calls.listed & (calls.disposition() == contacts.COMPLETED)
    ruler, overall = genuine_overall(settings, customers, visits, completed)
    complains = complaints.complaining(settings, visits)
    target = _targets(settings, visits, overall, completed)
    played = schemes.play(settings, network, customers, visits, calls, overall, complains, target)

    listed = np.flatnonzero(played.listed)
    listed = listed[np.lexsort((calls.second[listed], visits.called_day[listed]))]
    called = listed[played.disposition[listed] == contacts.COMPLETED]
    source = interviews.Asked(settings, network, customers, visits, played, asked, ruler, overall, called)
    names = _Names(settings, network, customers, visits, played)
    at = _moments(settings, visits.called_day, calls.second)

    frames: dict[str, pd.DataFrame] = {}
    surveys = names.interviews(called, at)
    frames["surveys"] = pd.concat([surveys, interviews.answered(source)], axis=1)
    frames["contacts"] = names.contacts(listed, at)
    happened = np.lexsort((calls.second, visits.happened_day))
    frames["transactions"] = names.transactions(happened)
    frames["reviews"], bought = reviews(settings, network, played.bought)
    frames["dealers"] = network.dealers.assign(target_score=np.round(target.astype(np.float64), 1))
    frames["staff"] = network.staff
    frames["complaints"] = names.complaints(*complaints.filed(settings, visits, complains))
    frames["audits"] = complaints.audits(settings, network)

    records = _records(frames, visits, played, called, listed, happened, bought)
    units = _units(settings, network, visits, played, called, calls.listed, frames["reviews"]["dealer_id"], bought)
    truth = Truth(
        units,
        records[records["source"].isin(settings.sources)].reset_index(drop=True),
        interviews.genuine(source, completed),
        _look_alikes(settings, network, customers),
    )
    return World(settings, {name: _in_order(name, frames[name]) for name in SOURCES if name in settings.sources}, truth)


def _in_order(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Put the columns in the order of the source, families where they belong: before the open answer."""
    fixed = [known.name for known in SOURCES[name].columns if known.name in frame.columns and known.name != "verbatim"]
    families = [column_name for column_name in frame.columns if column_name.startswith(("q_", "fact_"))]
    return frame[fixed + families + (["verbatim"] if "verbatim" in frame.columns else [])]


def _moments(settings: WorldSettings, day: Integers, second: Integers) -> npt.NDArray[np.datetime64]:
    seconds = np.datetime64(settings.first_day, "s") + day.astype("timedelta64[D]") + second.astype("timedelta64[s]")
    return np.asarray(seconds.astype("datetime64[us]"))


def _targets(settings: WorldSettings, visits: Visits, overall: Floats, completed: Flags) -> Floats:
    """Set each dealer's threshold a little above its past, halfway to the network's."""
    rng = stream(settings.seed, "targets")
    rows = np.flatnonzero(completed)
    count = np.bincount(visits.dealer[rows], minlength=settings.dealers)
    total = np.bincount(visits.dealer[rows], weights=overall[rows], minlength=settings.dealers)
    network = total.sum() / max(count.sum(), 1)
    past = np.where(count > 20, total / np.maximum(count, 1), network)
    span = settings.scale[1] - settings.scale[0]
    target = 0.5 * network + 0.5 * past + span * (0.015 + rng.normal(0, 0.012, settings.dealers))
    return np.round(np.clip(target, settings.scale[0], settings.scale[1] - 0.02 * span), 1).astype(np.float32)


@dataclass(frozen=True)
class _Names:
    """Writes places as the identifiers that files bear."""

    settings: WorldSettings
    network: Network
    customers: Customers
    visits: Visits
    played: schemes.Played

    def _who(self, visit: Integers, phone: Integers | None, nobody: Flags | None = None) -> dict[str, pd.Series]:
        customer = self.visits.customer[visit]
        identity = self.customers.identity[customer]
        if nobody is not None:
            identity = np.where(nobody, 70_000_000 + visit, identity)
            customer = np.where(nobody, 70_000_000 + visit, customer)
        who = {
            "customer_id": column(numbered("C", identity + 1, 8)),
            "vin": column(_vins(self.settings.seed, customer)),
        }
        if phone is not None:
            who["phone"] = column(phone_numbers(phone))
        return who

    def _what(self, visit: Integers, at: npt.NDArray[np.datetime64]) -> dict[str, pd.Series]:
        first_month = np.datetime64(self.settings.first_day, "M")
        month = (at[visit].astype("datetime64[M]") - first_month).astype(np.int64)
        waves = [str(first_month + place) for place in range(self.settings.months)]
        vendors = [f"Vendor {chr(ord('A') + vendor)}" for vendor in range(self.settings.vendors)]
        return {
            "survey": column(take(SURVEYS, self.visits.kind[visit])),
            "wave": column(take(waves, month)),
            "vendor": column(take(vendors, self.visits.vendor[visit])),
            "dealer_id": column(self.network.dealer_ids.take(pa.array(self.visits.dealer[visit]))),
        }

    def interviews(self, visit: Integers, at: npt.NDArray[np.datetime64]) -> pd.DataFrame:
        """Name the interviews."""
        return pd.DataFrame(
            {
                "response_id": column(numbered("R", np.arange(len(visit)) + 1, 8)),
                **self._what(visit, at),
                "interviewer_id": column(self.network.interviewer_ids.take(pa.array(self.visits.interviewer[visit]))),
                **self._who(visit, self.played.phone[visit], self.played.nobody[visit]),
                "called_at": at[visit],
            }
        )

    def contacts(self, visit: Integers, at: npt.NDArray[np.datetime64]) -> pd.DataFrame:
        """Name the contacts."""
        return pd.DataFrame(
            {
                "contact_id": column(numbered("K", np.arange(len(visit)) + 1, 8)),
                **self._what(visit, at),
                **self._who(visit, self.played.phone[visit], self.played.nobody[visit]),
                "attempted_at": at[visit],
                "disposition": column(take(DISPOSITIONS, self.played.disposition[visit])),
            }
        )

    def transactions(self, visit: Integers) -> pd.DataFrame:
        """Name the sales and services."""
        rng = stream(self.settings.seed, "transactions")
        size, kind = len(visit), self.visits.kind[visit]
        customer = self.visits.customer[visit]
        unlabelled = happens(rng, self.settings.unlabelled_phone_share, size)
        price = np.where(kind == 0, np.exp(rng.normal(12.05, 0.4, size)), np.exp(rng.normal(6.9, 0.8, size)))
        price = np.where(self.visits.comeback[visit], price * 0.15, price)
        return pd.DataFrame(
            {
                "transaction_id": column(numbered("T", np.arange(size) + 1, 8)),
                "dealer_id": column(self.network.dealer_ids.take(pa.array(self.visits.dealer[visit]))),
                **self._who(visit, np.where(unlabelled, -1, self.customers.phone[customer])),
                "kind": column(take(("sale", "service"), kind)),
                "happened_on": complaints.days(self.settings, self.visits.happened_day[visit]),
                "amount": np.round(price, 2),
            }
        )

    def complaints(self, visit: Integers, day: Integers) -> pd.DataFrame:
        """Name the complaints."""
        rng = stream(self.settings.seed, "complaint texts")
        size, kind = len(visit), self.visits.kind[visit]
        phone = np.where(happens(rng, 0.1, size), -1, self.customers.phone[self.visits.customer[visit]])
        anonymous = happens(rng, 0.08, size)
        who = {name: values.mask(anonymous) for name, values in self._who(visit, phone).items()}
        return pd.DataFrame(
            {
                "complaint_id": column(numbered("CP", np.arange(size) + 1, 7)),
                "dealer_id": column(self.network.dealer_ids.take(pa.array(self.visits.dealer[visit]))),
                **who,
                "filed_on": complaints.days(self.settings, day),
                "category": column(complaints.category(self.settings, kind)),
                "text": column(complaint_texts(rng, kind)),
            }
        )


def _vins(seed: int, vehicle: Integers) -> pa.Array:
    """Write a 17-letter number for each vehicle: maker, model, plant, serial."""
    rng = stream(seed, "vehicles")
    models = fixed_width(_VIN_LETTERS[rng.integers(0, len(_VIN_LETTERS), (500, 7))])
    plants = fixed_width(_VIN_LETTERS[np.stack(np.divmod(np.arange(33 * 33), 33), axis=1)])
    model = vehicle * 2_654_435_761 % 500
    maker = take(_MAKERS, model % len(_MAKERS))
    return join(
        maker, models.take(pa.array(model)), plants.take(pa.array(vehicle // 10**5)), numbered("", vehicle % 10**5, 5)
    )


def _records(
    frames: dict[str, pd.DataFrame], visits: Visits, played: schemes.Played, called: Integers, listed: Integers,
    happened: Integers, bought: Flags,
) -> pd.DataFrame:  # fmt: skip
    """List the manipulated records of every source."""
    scheme_names = pa.array(schemes.SCHEMES, TEXT)
    stand_in = played.manner[listed] == schemes.STAND_IN
    touched = {
        "surveys": (played.manner[called] != schemes.HONEST, played.scheme[called]),
        "contacts": (stand_in, played.scheme[listed]),
        "transactions": (played.withheld[happened], played.scheme[happened]),
        "reviews": (bought, np.full(len(bought), schemes.SCHEMES.index(Scheme.REVIEW_MANIPULATION))),
    }
    parts = []
    for source, (rows, scheme) in touched.items():
        frame = frames[source][rows]
        names = scheme_names.take(pa.array(scheme[rows]))
        parts.append(
            pd.DataFrame(
                {
                    "source": pd.Series([source] * len(frame), dtype="str"),
                    "record_id": frame[SOURCES[source].key].reset_index(drop=True),
                    "dealer_id": frame["dealer_id"].reset_index(drop=True),
                    "scheme": column(names),
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def _units(
    settings: WorldSettings, network: Network, visits: Visits, played: schemes.Played, called: Integers,
    honest_list: Flags, review_dealers: pd.Series, bought: Flags,
) -> pd.DataFrame:  # fmt: skip
    """List the cheats, each with the share that it really manipulated."""
    dealer_ids, interviewer_ids = network.dealer_ids.to_pylist(), network.interviewer_ids.to_pylist()
    rows = []
    for scheme, place in played.cheats:
        number = schemes.SCHEMES.index(scheme)
        fabricated = scheme is Scheme.FABRICATED
        unit_id = (interviewer_ids if fabricated else dealer_ids)[place]
        if scheme is Scheme.REVIEW_MANIPULATION:
            touched = bought[(review_dealers == unit_id).to_numpy()]
        elif scheme is Scheme.WITHHELD:
            touched = played.withheld[honest_list & (visits.dealer == place)]
        else:
            own = (visits.interviewer if fabricated else visits.dealer)[called] == place
            touched = (played.scheme[called] == number)[own]
        rows.append((str(scheme.unit_kind), unit_id, str(scheme), float(touched.mean()) if len(touched) else 0.0))
    units = pd.DataFrame(rows, columns=["unit_kind", "unit_id", "scheme", "affected_share"])
    return units.astype({"unit_kind": "str", "unit_id": "str", "scheme": "str", "affected_share": "float64"})


def _look_alikes(settings: WorldSettings, network: Network, customers: Customers) -> pd.DataFrame:
    """List the honest units that look like something else."""
    dealer_ids, interviewer_ids = network.dealer_ids.to_pylist(), network.interviewer_ids.to_pylist()
    at_dealer = np.repeat(np.arange(settings.dealers), customers.count)
    fleet_vehicles = customers.person != np.arange(len(customers.person))
    dealers = {
        "excellent": network.excellent,
        "generous_region": network.region == network.generous_region,
        "new_dealer": network.new,
        "promotion": network.promotion,
        "vendor_mode": network.vendor_mix[:, 1] > 0.8 if settings.vendors > 1 else np.zeros(settings.dealers, bool),
        "fleet": np.bincount(at_dealer[fleet_vehicles], minlength=settings.dealers) >= 8,
        "staff_customer": np.bincount(at_dealer[customers.staff], minlength=settings.dealers) > 0,
    }
    rows = [("dealer", dealer_ids[place], name) for name, which in dealers.items() for place in np.flatnonzero(which)]
    rows.append(("interviewer", interviewer_ids[network.lenient_interviewer], "lenient_interviewer"))
    return pd.DataFrame(rows, columns=["unit_kind", "unit_id", "look_alike"]).astype("str")
