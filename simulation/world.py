"""A world: what was delivered, and what is true."""

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from detectors.core.observations import Observations
from detectors.core.schemes import Scheme
from detectors.core.sources import SOURCES, Personal
from simulation import complaints, contacts, interviews, schemes, truth
from simulation.answers import genuine_overall
from simulation.chance import Flags, Floats, stream
from simulation.questionnaire import SURVEYS
from simulation.records import Names, moments
from simulation.reviews import reviews
from simulation.settings import WorldSettings
from simulation.text import TEXT, column, opaque
from simulation.visits import Scene, happenings


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
    truth: truth.Truth

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
        first = pd.Timestamp(last) + pd.Timedelta(days=1) - pd.DateOffset(months=window_months)
        seen = {name: _pseudonymous(name, frame) for name, frame in self.of_days(first.date(), last).frames.items()}
        scales = dict.fromkeys(SURVEYS, self.settings.scale)
        return Observations(last, seen, scales, self.settings.closing_months)

    def of_days(self, first: date, last: date) -> "World":
        """Return the world with only what happened on these days, as one night's delivery holds it.

        Parameters
        ----------
        first, last
            The first and the last day; rows that have no day (dealers, staff) are all kept.

        Examples
        --------
        >>> world = simulate(WorldSettings(dealers=8, months=2, end="2026-10", interviews_per_dealer=(5, 9)))
        >>> bool((world.of_days(date(2026, 10, 30), date(2026, 10, 30)).frames["contacts"]["wave"] == "2026-10").all())
        True
        """
        after = pd.Timestamp(last) + pd.Timedelta(days=1)
        kept = {}
        for name, frame in self.frames.items():
            when = SOURCES[name].when
            inside = None if when is None else (frame[when] >= pd.Timestamp(first)) & (frame[when] < after)
            kept[name] = frame if inside is None or bool(inside.all()) else frame[inside].reset_index(drop=True)
        return replace(self, frames=kept)


def _pseudonymous(source: str, frame: pd.DataFrame) -> pd.DataFrame:
    changed: dict[str, pd.Series] = {}
    for known in SOURCES[source].known(frame.columns):
        if known.personal in (Personal.CUSTOMER, Personal.VEHICLE, Personal.PHONE):
            changed[known.name] = column(opaque(frame[known.name], str(known.personal)))
    if "phone" in frame.columns:
        phone = pa.array(frame["phone"], TEXT, from_pandas=True)
        kinds = pc.if_else(pc.starts_with(phone, "1"), "mobile", "landline")
        changed["phone_kind"] = column(pc.cast(kinds, TEXT))
        changed["phone_block"] = column(opaque(column(pc.utf8_slice_codeunits(phone, 0, -2)), "block"))
        last_two = pc.cast(pc.utf8_slice_codeunits(phone, -2), pa.float64())
        changed["phone_last2"] = pd.Series(last_two.to_numpy(zero_copy_only=False))
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
    scene = happenings(settings)
    network, visits = scene.network, scene.visits
    calls = contacts.honest_calls(scene)
    completed = calls.listed & (calls.disposition() == contacts.COMPLETED)
    ruler, overall = genuine_overall(scene, completed)
    complains = complaints.complaining(scene)
    target = _targets(scene, overall, completed)
    played = schemes.play(scene, calls, overall, complains, target)

    listed = np.flatnonzero(played.listed)
    listed = listed[np.lexsort((calls.second[listed], visits.called_day[listed]))]
    called = listed[played.disposition[listed] == contacts.COMPLETED]
    source = interviews.Asked(scene, played, ruler, overall, called)
    names = Names(scene, played)
    at = moments(settings, visits.called_day, calls.second)

    frames: dict[str, pd.DataFrame] = {}
    surveys = names.interviews(called, at)
    frames["surveys"] = pd.concat([surveys, interviews.answered(source)], axis=1)
    frames["contacts"] = names.contacts(listed, at)
    happened = np.lexsort((calls.second, visits.happened_day))
    frames["transactions"] = names.transactions(happened)
    frames["reviews"], bought = reviews(settings, network, played.bought)
    frames["dealers"] = network.dealers.assign(target_score=np.round(target.astype(np.float64), 1))
    frames["staff"] = network.staff
    frames["complaints"] = names.complaints(*complaints.filed(scene, complains))
    frames["audits"] = complaints.audits(settings, network)

    marks = {
        "surveys": np.where(played.manner[called] == schemes.HONEST, -1, played.scheme[called]),
        "contacts": np.where(played.manner[listed] == schemes.STAND_IN, played.scheme[listed], -1),
        "transactions": np.where(played.withheld[happened], played.scheme[happened], -1),
        "reviews": np.where(bought, schemes.SCHEMES.index(Scheme.REVIEW_MANIPULATION), -1),
    }
    records = truth.manipulated_records(frames, marks)
    known = truth.Truth(
        truth.cheating_units(scene, played, frames, marks, calls.listed),
        records[records["source"].isin(settings.sources)].reset_index(drop=True),
        interviews.genuine(source, completed),
        truth.look_alikes(scene),
    )
    return World(settings, {name: _in_order(name, frames[name]) for name in SOURCES if name in settings.sources}, known)


def _in_order(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Put the columns in the order of the source, families where they belong: before the open answer."""
    fixed = [known.name for known in SOURCES[name].columns if known.name in frame.columns and known.name != "verbatim"]
    families = [column_name for column_name in frame.columns if column_name.startswith(("q_", "fact_"))]
    return frame[fixed + families + (["verbatim"] if "verbatim" in frame.columns else [])]


def _targets(scene: Scene, overall: Floats, completed: Flags) -> Floats:
    """Set each dealer's threshold a little above its past, halfway to the network's."""
    settings, visits = scene.settings, scene.visits
    rng = stream(settings.seed, "targets")
    rows = np.flatnonzero(completed)
    count = np.bincount(visits.dealer[rows], minlength=settings.dealers)
    total = np.bincount(visits.dealer[rows], weights=overall[rows], minlength=settings.dealers)
    network = total.sum() / max(count.sum(), 1)
    past = np.where(count > 20, total / np.maximum(count, 1), network)
    span = settings.scale[1] - settings.scale[0]
    target = 0.5 * network + 0.5 * past + span * (0.015 + rng.normal(0, 0.012, settings.dealers))
    within_scale = np.clip(target, settings.scale[0], settings.scale[1] - 0.02 * span)
    return np.asarray(np.round(within_scale, 1), dtype=np.float32)
