"""The network as a world with its truth."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from benchmarks.other_hands import agencies as hiring
from benchmarks.other_hands import answers as answering
from benchmarks.other_hands import calls as calling
from benchmarks.other_hands import conduct, frames, lists, network, reviews, staged, verbatims, visits
from benchmarks.other_hands.chance import Flags, Floats
from benchmarks.other_hands.conduct import Act
from benchmarks.other_hands.plan import LAST_MONTH, Plan
from benchmarks.other_hands.played import HONEST, STAND_IN, Played, play
from detectors.core.schemes import Scheme, UnitKind
from detectors.core.sources import SOURCES
from simulation import Truth, World, WorldSettings


@dataclass(frozen=True)
class Invented:
    """A network with what nobody outside knows.

    Parameters
    ----------
    world
        Frames and truth, as the simulation's worlds have them. ``truth.look_alikes`` tells every unit's honest story.
    styles
        Who cheats how: ``unit_kind``, ``unit_id``, ``scheme``, ``style``, ``affected`` (rows), ``affected_share``.
    """

    world: World
    styles: pd.DataFrame


@dataclass(frozen=True)
class _Course:
    """Everything that happened, by visit and by act."""

    net: network.Network
    agencies: hiring.Agencies
    visits: visits.Visits
    lists: pd.DataFrame
    calls: pd.DataFrame
    acts: list[Act]
    played: Played
    reviews: pd.DataFrame


def invent(plan: Plan) -> Invented:
    """Build a network.

    Parameters
    ----------
    plan
        Its size; equal plans give equal networks.

    Returns
    -------
    Invented
        The network with its truth.

    Examples
    --------
    >>> invented = invent(Plan(seed=1, dealers=12, months=2))
    >>> sorted(invented.world.frames) == sorted(SOURCES)
    True
    >>> len(invent(Plan(seed=1, dealers=12, months=2, honest=True)).styles)
    0
    """
    net, agencies = network.build(plan), hiring.build(plan)
    happened = visits.happen(net)
    listed, calls = lists.honest(net, happened), calling.arrange(net, agencies, happened)
    truly = answering.honest(net, agencies, happened, calls)
    acts = conduct.decide(net, agencies)
    played = play(net, happened, listed, calls, truly, acts)
    said = staged.answers(plan.seed, happened, calls, played, acts, truly)
    who = frames.Identities(net, happened, played)
    asked, interviewed = np.flatnonzero(played.asked), np.flatnonzero(played.interviewed)
    verbatim = verbatims.written(net, agencies, happened, calls, played, acts, interviewed)
    written = reviews.written(net, happened, acts)
    course = _Course(net, agencies, happened, listed, calls, acts, played, written)
    sources = {
        "surveys": frames.interviews(net, agencies, happened, calls, played, said, verbatim, who, interviewed),
        "contacts": frames.contacts(net, happened, calls, played, who, asked),
        "transactions": frames.transactions(net, happened, listed, who),
        "reviews": frames.reviews(net, written),
        "dealers": frames.dealers(net),
        "staff": frames.staff(net),
        "complaints": frames.complaints(net, happened, listed, who),
        "audits": frames.audits(net),
    }
    nobody = play(net, happened, listed, calls, truly, []).interviewed
    styles = _styles(course)
    units = styles[["unit_kind", "unit_id", "scheme", "affected_share"]]
    truth = Truth(units, _records(course), _scores(course, truly.overall, nobody), _stories(course))
    settings = WorldSettings(
        seed=plan.seed, dealers=plan.dealers, months=plan.months, end=LAST_MONTH, honest=plan.honest
    )
    return Invented(World(settings, {name: sources[name] for name in SOURCES}, truth), styles)


def _manipulated(course: _Course) -> Flags:
    return np.asarray(course.played.interviewed & (course.played.manner != HONEST))


def _styles(course: _Course) -> pd.DataFrame:
    """List the cheats with what they really did; who meant to and never did is honest."""
    played, rows = course.played, []
    dealer, interviewer = course.visits.rows["dealer"].to_numpy(), course.calls["interviewer"].to_numpy()
    owed = course.lists["listed"].to_numpy()
    for act in course.acts:
        scheme, place = act.scheme, act.place
        unit = interviewer if scheme is Scheme.FABRICATED else dealer
        mine = unit == act.unit
        if scheme is Scheme.REVIEW_MANIPULATION:
            touched, among = course.reviews["act"] == place, course.reviews["dealer"] == act.unit
        elif scheme is Scheme.WITHHELD:
            touched, among = mine & (played.act == place), mine & owed
        elif scheme is Scheme.FAKE_CONTACTS:
            touched, among = (
                mine & (played.act == place) & (played.manner == STAND_IN) & played.asked,
                mine & played.asked,
            )
        else:
            touched, among = mine & (played.act == place) & _manipulated(course), mine & played.interviewed
        if affected := int(np.sum(touched)):
            rows.append(
                (
                    str(scheme.unit_kind),
                    _unit_id(course, scheme.unit_kind, act.unit),
                    str(scheme),
                    act.style,
                    affected,
                    affected / int(np.sum(among)),
                )
            )
    columns = ["unit_kind", "unit_id", "scheme", "style", "affected", "affected_share"]
    texts = dict.fromkeys(columns[:4], "str")
    return pd.DataFrame(rows, columns=columns).astype({**texts, "affected": "int64", "affected_share": "float64"})


def _unit_id(course: _Course, kind: UnitKind, unit: int) -> str:
    ids = course.net.dealer_ids if kind is UnitKind.DEALER else course.agencies.interviewers["interviewer_id"]
    return str(ids.iloc[unit])


def _records(course: _Course) -> pd.DataFrame:
    """List the manipulated rows of every source."""
    played, lists = course.played, course.lists
    of_act = np.array([*(str(act.scheme) for act in course.acts), ""], dtype=object)
    scheme = of_act[played.act]
    withheld = scheme == Scheme.WITHHELD
    fake = (scheme == Scheme.FAKE_CONTACTS) & (played.manner == STAND_IN) & played.asked
    dealer = course.net.dealer_ids.to_numpy()
    parts = []
    for source, letter, width, hit in (
        ("surveys", "A", 7, _manipulated(course)),
        ("contacts", "N", 7, fake | (withheld & played.asked)),
        ("transactions", "T", 7, withheld & lists["entered"].to_numpy()),
    ):
        rows = np.flatnonzero(hit)
        parts.append(
            _named(source, letter, width, rows, dealer[course.visits.rows["dealer"].to_numpy()[rows]], scheme[rows])
        )
    rows = np.flatnonzero(course.reviews["act"] >= 0)
    reviewed = dealer[course.reviews["dealer"].to_numpy()[rows].astype(np.int64)]
    parts.append(_named("reviews", "V", 6, rows, reviewed, np.full(len(rows), str(Scheme.REVIEW_MANIPULATION))))
    return pd.concat(parts, ignore_index=True)


def _named(source: str, letter: str, width: int, rows: object, dealer: object, scheme: object) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "source": source,
            "record_id": letter + pd.Series(rows, dtype="str").str.zfill(width),
            "dealer_id": pd.Series(dealer, dtype="str"),
            "scheme": pd.Series(scheme, dtype="str"),
        }
    ).astype("str")


def _scores(course: _Course, overall: Floats, honest: Flags) -> pd.DataFrame:
    """Return what every dealer's score would have been had nobody cheated."""
    rows = course.visits.rows
    survey = np.array(["CSI", "SSI"])[rows["questionnaire"].to_numpy()]
    every = pd.DataFrame(
        {
            "dealer_id": course.net.dealer_ids.to_numpy()[rows["dealer"].to_numpy()],
            "survey": survey,
            "genuine_score": overall,
        }
    )[honest]
    means = every.groupby(["dealer_id", "survey"])["genuine_score"].mean().reset_index()
    return means.astype({"dealer_id": "str", "survey": "str"})


def _stories(course: _Course) -> pd.DataFrame:
    """Tell what is special about a unit, and honest."""
    traits, ids, people = course.net.traits, course.net.dealer_ids, course.agencies.interviewers
    rows = [("dealer", str(ids.iloc[place]), str(story)) for place, story in enumerate(traits["story"]) if story]
    generous = int(course.net.leniency.argmax())
    rows += [("dealer", str(one), "generous_region") for one in ids[traits["region"] == generous]]
    rows += [("dealer", str(one), "rural") for one in ids[traits["rural"]]]
    rows.append(
        ("interviewer", str(people["interviewer_id"].iloc[int(people["leniency"].argmax())]), "lenient_interviewer")
    )
    stock = people.loc[people["habit"] == "stock", "interviewer_id"]
    rows += [("interviewer", str(one), "stock_phrases") for one in stock]
    return pd.DataFrame(rows, columns=["unit_kind", "unit_id", "look_alike"]).astype("str")
