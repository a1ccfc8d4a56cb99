"""The eight sources as they are delivered."""

import numpy as np
import pandas as pd

from benchmarks.other_hands import phrases
from benchmarks.other_hands.agencies import APP, VENDORS, Agencies
from benchmarks.other_hands.answers import Answers
from benchmarks.other_hands.calls import OUTCOMES
from benchmarks.other_hands.chance import Dice, Floats, Integers, logistic, stream
from benchmarks.other_hands.network import Network
from benchmarks.other_hands.plan import Plan
from benchmarks.other_hands.played import COPIED, FILLED, INVENTED, STAND_IN, Played
from benchmarks.other_hands.questionnaire import QUESTIONNAIRES
from benchmarks.other_hands.reviews import PLATFORMS
from benchmarks.other_hands.sayings import GRAMMAR
from benchmarks.other_hands.visits import Visits

_HASTE = {STAND_IN: 0.82, INVENTED: 0.62, COPIED: 0.55, FILLED: 0.5}
_AUDITORS = 9


def phones(number: Integers) -> pd.Series:
    """Write numbers as they are delivered; none where there is none."""
    texts = pd.Series(number).astype("str")
    landline = (number >= 2 * 10**10) | ((number >= 0) & (number < 13 * 10**9))
    return texts.where(~landline, "0" + texts).where(number >= 0)


def moments(plan: Plan, day: Integers, second: Integers) -> pd.Series:
    """Return when something was: the second of the day of the plan."""
    at = plan.dates[day].astype("datetime64[us]") + second.astype("timedelta64[s]")
    return pd.Series(at.astype("datetime64[us]"))


def _text(values: object) -> pd.Series:
    return pd.Series(values, dtype="str")


class Identities:
    """Ids of customers, dealers and interviewers by place, personal values in the clear.

    Parameters
    ----------
    network, visits
        Whose.
    played
        Which customers were made up.
    """

    def __init__(self, network: Network, visits: Visits, played: Played) -> None:
        self.dealer = network.dealer_ids.to_numpy()
        self._visits, self._ghost = visits, played.ghost

    def customers(self, rows: Integers, *, listed: bool) -> dict[str, pd.Series]:
        """Return ``customer_id`` and ``vin`` of visits, on the list or in the dealer's system."""
        customer = self._visits.rows["customer"].to_numpy()[rows]
        owner = _text(self._visits.people["owner"].to_numpy()[customer])
        vin = _text(self._visits.people["vin"].to_numpy()[customer])
        ghost = pd.Series(self._ghost[rows] & listed)
        made_up = _text(rows)
        return {
            "customer_id": ("C" + owner.str.zfill(7)).mask(ghost, "C8" + made_up.str.zfill(6)),
            "vin": vin.mask(ghost, vin.str[:9] + "8" + made_up.str.zfill(7)),
        }

    def dealers(self, rows: Integers) -> pd.Series:
        """Return ``dealer_id`` of visits."""
        return _text(self.dealer[self._visits.rows["dealer"].to_numpy()[rows]])


def contacts(
    network: Network, visits: Visits, calls: pd.DataFrame, played: Played, who: Identities, rows: Integers
) -> pd.DataFrame:
    """Return the numbers that were called."""
    later = stream(network.plan.seed, "attempts").integers(0, 3, len(visits.rows))[rows]
    last = len(network.plan.dates) - 1
    done = played.interviewed[rows]
    day = np.where(done, calls["called"].to_numpy()[rows], np.minimum(calls["called"].to_numpy()[rows] + later, last))
    return pd.DataFrame(
        {
            "contact_id": "N" + _text(rows).str.zfill(7),
            "survey": _surveys(visits, rows),
            "wave": _waves(network.plan, calls, rows),
            "vendor": _text(np.array(VENDORS)[calls["vendor"].to_numpy()[rows]]),
            "dealer_id": who.dealers(rows),
            **who.customers(rows, listed=True),
            "phone": phones(played.number[rows]),
            "attempted_at": moments(network.plan, day, played.second[rows]),
            "disposition": _text(np.array(OUTCOMES)[played.outcome[rows]]),
        }
    )


def _surveys(visits: Visits, rows: Integers) -> pd.Series:
    return _text(np.array([asked.survey for asked in QUESTIONNAIRES])[visits.rows["questionnaire"].to_numpy()[rows]])


def _waves(plan: Plan, calls: pd.DataFrame, rows: Integers) -> pd.Series:
    months = plan.first_day.astype("datetime64[M]") + calls["wave"].to_numpy()[rows]
    return _text(months.astype(str))


def interviews(
    network: Network,
    agencies: Agencies,
    visits: Visits,
    calls: pd.DataFrame,
    played: Played,
    said: Answers,
    verbatim: list[str | None],
    who: Identities,
    rows: Integers,
) -> pd.DataFrame:
    """Return the interviews: each agency delivers what it delivers, the app no phone, one call centre no car."""
    vendor = calls["vendor"].to_numpy()[rows]
    callers = np.array([*agencies.interviewers["interviewer_id"], None], dtype=object)
    identity = who.customers(rows, listed=True)
    frame = pd.DataFrame(
        {
            "response_id": "A" + _text(rows).str.zfill(7),
            "survey": _surveys(visits, rows),
            "wave": _waves(network.plan, calls, rows),
            "vendor": _text(np.array(VENDORS)[vendor]),
            "interviewer_id": _text(callers[calls["interviewer"].to_numpy()[rows]]),
            "dealer_id": who.dealers(rows),
            "customer_id": identity["customer_id"],
            "vin": identity["vin"].mask(pd.Series(vendor == 1)),
            "phone": phones(played.number[rows]).mask(pd.Series(vendor == APP)),
            "called_at": moments(network.plan, calls["called"].to_numpy()[rows], played.second[rows]),
        }
    )
    answers = _answered(visits, said, rows)
    texts = _text(verbatim)
    frame["duration_s"] = _durations(network, agencies, visits, calls, played, said, texts, rows)
    frame["overall"] = said.overall[rows].astype(np.float32)
    frame = pd.concat([frame, answers], axis=1)
    frame["verbatim"] = texts
    order = np.lexsort((frame["response_id"], frame["called_at"]))
    return frame.iloc[order].reset_index(drop=True)


def _answered(visits: Visits, said: Answers, rows: Integers) -> pd.DataFrame:
    place = visits.rows["questionnaire"].to_numpy()[rows]
    columns: dict[str, Floats] = {}
    for kind in ("q", "fact"):
        for number, questionnaire in enumerate(QUESTIONNAIRES):
            mine = place == number
            names = questionnaire.items if kind == "q" else tuple(process.name for process in questionnaire.processes)
            values = (said.items if kind == "q" else said.facts)[rows]
            for column, name in enumerate(names):
                known = columns.setdefault(f"{kind}_{name}", np.full(len(rows), np.nan))
                known[mine] = values[mine, column]
    return pd.DataFrame(columns).astype(np.float32)


def _durations(
    network: Network,
    agencies: Agencies,
    visits: Visits,
    calls: pd.DataFrame,
    played: Played,
    said: Answers,
    verbatim: pd.Series,
    rows: Integers,
) -> Floats:
    """Return how long interviews took: who differentiates thinks, who tells is written down, interviewers differ."""
    rng = stream(network.plan.seed, "durations")
    luck = np.exp(rng.normal(0, 0.13, len(visits.rows)))[rows]
    tapping = np.exp(rng.normal(4.9, 0.5, len(visits.rows)))[rows]
    left_open = (rng.random(len(visits.rows)) < 0.03)[rows]
    away = rng.uniform(600, 9000, len(visits.rows))[rows]
    items = said.items[rows]
    steps = np.nansum(np.abs(np.diff(items, axis=1)) > 0, axis=1)
    length = verbatim.str.len().fillna(0).to_numpy(dtype=np.float64)
    asked = np.isfinite(items).sum(axis=1) * 11 + np.isfinite(said.facts[rows]).sum(axis=1) * 7 + 70
    pace = np.append(agencies.interviewers["pace"].to_numpy(), 1.0)[calls["interviewer"].to_numpy()[rows]]
    tempo = visits.people["tempo"].to_numpy()[visits.rows["customer"].to_numpy()[rows]]
    haste = np.ones(len(rows))
    for manner, factor in _HASTE.items():
        haste[played.manner[rows] == manner] = factor
    spoken = (asked + 4.0 * steps) * pace * tempo * luck * haste + 0.7 * length
    tapped = np.where(left_open, away, tapping + 1.2 * length)
    return np.asarray(np.round(np.where(calls["vendor"].to_numpy()[rows] == APP, tapped, spoken)))


def transactions(network: Network, visits: Visits, lists: pd.DataFrame, who: Identities) -> pd.DataFrame:
    """Return what the dealers' systems hold of the visits."""
    rows = np.flatnonzero(lists["entered"])
    return pd.DataFrame(
        {
            "transaction_id": "T" + _text(rows).str.zfill(7),
            "dealer_id": who.dealers(rows),
            **who.customers(rows, listed=False),
            "phone": phones(lists["recorded"].to_numpy()[rows]),
            "kind": _text(np.array(["service", "sale"])[visits.rows["questionnaire"].to_numpy()[rows]]),
            "happened_on": moments(network.plan, visits.rows["day"].to_numpy()[rows], np.zeros(len(rows), np.int64)),
            "amount": visits.rows["amount"].to_numpy()[rows],
        }
    )


def reviews(network: Network, written: pd.DataFrame) -> pd.DataFrame:
    """Return the reviews as their platforms show them."""
    day = written["day"].to_numpy().astype(np.int64)
    posted = moments(network.plan, day, written["second"].to_numpy().astype(np.int64))
    joined = network.plan.dates[day] - written["age"].to_numpy().astype(np.int64)
    platform = written["platform"].to_numpy().astype(np.int64)
    return pd.DataFrame(
        {
            "review_id": "V" + _text(np.arange(len(written))).str.zfill(6),
            "platform": _text(np.array(PLATFORMS)[platform]),
            "author_id": _text(platform) + "-" + _text(written["account"]),
            "dealer_id": _text(network.dealer_ids.to_numpy()[written["dealer"].to_numpy().astype(np.int64)]),
            "posted_at": posted,
            "rating": written["rating"].to_numpy().astype(np.float64),
            "text": _text(written["text"]),
            "author_reviews": written["wrote"].to_numpy().astype(np.float64),
            "author_joined_on": pd.Series(joined.astype("datetime64[us]")),
        }
    )


def dealers(network: Network) -> pd.DataFrame:
    """Return the list of dealers."""
    frame = network.dealers
    texts = ["dealer_id", "name", "brand", "region", "province", "city", "dealer_group"]
    return frame.astype({**dict.fromkeys(texts, "str"), "opened_on": "datetime64[us]", "target_score": "float64"})


def staff(network: Network) -> pd.DataFrame:
    """Return the lists of staff, without those whom a dealer forgot."""
    known = network.staff[network.staff["named"]].reset_index(drop=True)
    return pd.DataFrame(
        {
            "dealer_id": _text(network.dealer_ids.to_numpy()[known["dealer"].to_numpy()]),
            "staff_id": _text(known["staff_id"]),
            "role": _text(known["role"]),
            "phone": phones(known["number"].to_numpy()),
        }
    )


def complaints(network: Network, visits: Visits, lists: pd.DataFrame, who: Identities) -> pd.DataFrame:
    """Return what the angry filed with the maker, some of them without a name."""
    rng = stream(network.plan.seed, "complaints")
    rows = np.flatnonzero(visits.rows["angry"])
    day = visits.rows["day"].to_numpy()[rows] + rng.integers(0, 14, len(rows))
    rows, day = rows[day < len(network.plan.dates)], day[day < len(network.plan.dates)]
    dice = Dice(int(rng.integers(2**62)))
    categories, texts = [], []
    for did, place in zip(visits.did[rows], visits.rows["questionnaire"].to_numpy()[rows], strict=True):
        questionnaire, missed = QUESTIONNAIRES[place], np.flatnonzero(did == 0)
        name = questionnaire.processes[int(dice.pick(missed.tolist()))].name if len(missed) else "other"
        categories.append(name)
        texts.append(GRAMMAR.say(dice.pick(phrases.COMPLAINT.get(name, phrases.WISH)), dice))
    nameless = pd.Series(rng.random(len(rows)) < 0.15)
    identity = who.customers(rows, listed=False)
    return pd.DataFrame(
        {
            "complaint_id": "B" + _text(rows).str.zfill(7),
            "dealer_id": who.dealers(rows),
            "customer_id": identity["customer_id"].mask(nameless),
            "vin": identity["vin"].mask(nameless),
            "phone": phones(lists["recorded"].to_numpy()[rows]),
            "filed_on": moments(network.plan, day, np.zeros(len(rows), np.int64)),
            "category": _text(categories),
            "text": _text(texts),
        }
    )


def audits(network: Network) -> pd.DataFrame:
    """Return the audits: an auditor sees how processes are done in that month, and has a hand of their own."""
    rng = stream(network.plan.seed, "audits")
    plan, count = network.plan, network.plan.dealers
    hands = rng.normal(0, 2, _AUDITORS)
    parts = []
    for kind, questionnaire in (("mystery_shop", 1), ("mystery_shop", 1), ("service_audit", 0)):
        dealer = np.flatnonzero((rng.random(count) < 0.75) & (network.traits["opened"] < 0).to_numpy())
        day = rng.integers(36, len(plan.dates), len(dealer))
        done = logistic(network.odds[questionnaire][dealer, plan.month_of_day[day]]).mean(axis=1)
        auditor = rng.integers(0, _AUDITORS, len(dealer))
        score = np.clip(30 + 70 * done + hands[auditor] + rng.normal(0, 3.5, len(dealer)), 0, 100)
        parts.append(
            pd.DataFrame({"dealer": dealer, "kind": kind, "day": day, "auditor": auditor, "score": np.round(score, 1)})
        )
    every = pd.concat(parts).sort_values(["day", "dealer"], kind="stable").reset_index(drop=True)
    return pd.DataFrame(
        {
            "audit_id": "S" + _text(every.index).str.zfill(5),
            "dealer_id": _text(network.dealer_ids.to_numpy()[every["dealer"].to_numpy()]),
            "kind": _text(every["kind"]),
            "audited_on": moments(plan, every["day"].to_numpy(), np.zeros(len(every), np.int64)),
            "auditor": "auditor " + _text(every["auditor"]),
            "score": every["score"],
        }
    )
