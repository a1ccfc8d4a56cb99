"""A dealer or an interviewer, read: what is known of it, every scheme's evidence over time, its scores, its cases."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, select

from detectors.core.schemes import UnitKind
from sql import tables
from sql.nights import Night, nights


@dataclass(frozen=True)
class Unit:
    """Whom evidence is about, and what the newest run knows of it; None where that is nothing.

    Parameters
    ----------
    unit_key, unit_kind, unit_id
        The unit.
    name, brand, region, province, city, dealer_group, target_score
        Of a dealer.
    vendor
        The survey agency of an interviewer.
    """

    unit_key: int
    unit_kind: str
    unit_id: str
    name: str | None
    brand: str | None
    region: str | None
    province: str | None
    city: str | None
    dealer_group: str | None
    target_score: float | None
    vendor: str | None


@dataclass(frozen=True)
class NightScore:
    """What a night weighed of the unit for one scheme, as in ``audit_scores``."""

    run_id: str
    business_date: str
    scheme: str
    n: int | None
    bits: float
    probability: float | None
    q_value: float | None
    affected_share: float | None
    affected_low: float | None
    affected_high: float | None
    flagged: int


@dataclass(frozen=True)
class NightIndex:
    """A dealer's reported and adjusted score of one questionnaire on one night, as in ``audit_dealers``."""

    run_id: str
    business_date: str
    survey: str
    n: int
    reported_score: float | None
    adjusted_score: float | None
    adjusted_low: float | None
    adjusted_high: float | None


@dataclass(frozen=True)
class Weighed:
    """What one detector said of the unit on its newest night, as in ``audit_evidence``, with the detector's titles."""

    scheme: str
    family: str
    detector: str
    title: str | None
    title_zh: str | None
    n: int | None
    observed: float | None
    expected: float | None
    fair_low: float | None
    fair_high: float | None
    bits: float
    family_bits: float | None
    abstained: int
    reason: str | None
    reason_zh: str | None


@dataclass(frozen=True)
class UnitCase:
    """A case of the unit, with the outcome of each finding that has one.

    Parameters
    ----------
    case_id, lead_scheme, schemes, severity, probability, status, assignee, opened_at, updated_at, merged_into
        As in ``audit_cases``.
    outcomes
        Scheme and outcome.
    """

    case_id: int
    lead_scheme: str
    schemes: str
    severity: str
    probability: float | None
    status: str
    assignee: str | None
    opened_at: str
    updated_at: str
    merged_into: int | None
    outcomes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class History:
    """All that is kept of a unit.

    Parameters
    ----------
    unit
        The unit.
    scores
        By business date, then scheme.
    index
        By business date, then questionnaire; empty for an interviewer.
    evidence
        Of the newest night that weighed it, heaviest first.
    cases
        Newest first.
    """

    unit: Unit
    scores: tuple[NightScore, ...]
    index: tuple[NightIndex, ...]
    evidence: tuple[Weighed, ...]
    cases: tuple[UnitCase, ...]


@dataclass(frozen=True)
class Listed:
    """A unit in a list: what is known of it, the newest night's heaviest scheme, and its open case."""

    unit: Unit
    scheme: str | None
    n: int | None
    bits: float | None
    probability: float | None
    case_id: int | None
    severity: str | None


def find(connection: Connection, kind: UnitKind, unit_id: str) -> Unit | None:
    """Return a unit, or None if no run has ever weighed or named it."""
    query = _units(kind).where(tables.units.c.unit_id == unit_id)
    row = connection.execute(query).first()
    return None if row is None else Unit(*row)


def read(connection: Connection, kind: UnitKind, unit_id: str) -> History | None:
    """Return all that is kept of a unit, or None if no run has ever weighed or named it.

    Examples
    --------
    >>> from sql.store import open_store
    >>> with open_store("sqlite://") as store, store.engine.connect() as connection:
    ...     read(connection, UnitKind.DEALER, "D0001") is None
    True
    """
    unit = find(connection, kind, unit_id)
    if unit is None:
        return None
    shown = nights(connection)
    return History(
        unit,
        tuple(_scores(connection, unit, shown)),
        tuple(_index(connection, unit, shown)),
        tuple(_evidence(connection, unit, shown)),
        tuple(_cases(connection, unit)),
    )


def search(
    connection: Connection, kind: UnitKind, *, text: str = "", within: str = "", limit: int = 50, offset: int = 0
) -> list[Listed]:
    """Return units in the order of their ids.

    Parameters
    ----------
    connection
        For reading.
    kind
        Which units.
    text
        Only those whose id or name has it, whatever its case.
    within
        Only dealers of that region, or interviewers of that survey agency.
    limit, offset
        The page.
    """
    query = _sought(_units(kind), kind, text, within).order_by(tables.units.c.unit_id).limit(limit).offset(offset)
    return listed(connection, [Unit(*row) for row in connection.execute(query)])


def count(connection: Connection, kind: UnitKind, *, text: str = "", within: str = "") -> int:
    """Return how many units `search` would find."""
    found = _sought(_units(kind), kind, text, within).subquery()
    return int(connection.execute(select(func.count()).select_from(found)).scalar_one())


def listed(connection: Connection, units: Sequence[Unit]) -> list[Listed]:
    """Return those units with the newest night's heaviest scheme and their open case."""
    keys = [unit.unit_key for unit in units]
    shown = nights(connection, daily=1)
    score, case = tables.scores.c, tables.cases.c
    heaviest: dict[int, tuple[Any, ...]] = {}
    if shown:
        scored = (
            select(score.unit_key, tables.schemes.c.scheme, score.n, score.bits, score.probability)
            .join(tables.schemes, score.scheme_key == tables.schemes.c.scheme_key)
            .where(score.run_key == shown[-1].run_key, score.unit_key.in_(keys))
            .order_by(score.bits)
        )
        heaviest = {row.unit_key: tuple(row)[1:] for row in connection.execute(scored)}
    opened = select(case.unit_key, case.case_id, case.severity).where(case.unit_key.in_(keys), case.status != "closed")
    cases = {row.unit_key: tuple(row)[1:] for row in connection.execute(opened)}
    return [
        Listed(unit, *heaviest.get(unit.unit_key, (None,) * 4), *cases.get(unit.unit_key, (None, None)))
        for unit in units
    ]


def regions(connection: Connection) -> list[str]:
    """Return the regions that dealers are in, in order."""
    region = tables.dealers.c.region
    query = select(region).where(region.is_not(None)).distinct().order_by(region)
    return [str(name) for name in connection.execute(query).scalars()]


def of_unit() -> list[ColumnElement[Any]]:
    """Return the columns of `Unit`, in its order; dealers and interviewers are to be joined to the units."""
    held = (tables.units, tables.dealers, tables.interviewers)
    return [next(table.c[field.name] for table in held if field.name in table.c) for field in fields(Unit)]


def _units(kind: UnitKind) -> Select[Any]:
    held, dealer, interviewer = tables.units.c, tables.dealers, tables.interviewers
    return (
        select(*of_unit())
        .select_from(tables.units)
        .outerjoin(dealer, held.unit_key == dealer.c.unit_key)
        .outerjoin(interviewer, held.unit_key == interviewer.c.unit_key)
        .where(held.unit_kind == kind.value)
    )


def _sought(query: Select[Any], kind: UnitKind, text: str, within: str) -> Select[Any]:
    if text:
        alike = tables.units.c.unit_id.icontains(text, autoescape=True)
        named = tables.dealers.c.name.icontains(text, autoescape=True)
        query = query.where(alike | named if kind is UnitKind.DEALER else alike)
    if within:
        of = tables.dealers.c.region if kind is UnitKind.DEALER else tables.interviewers.c.vendor
        query = query.where(of == within)
    return query


def _scores(connection: Connection, unit: Unit, shown: Sequence[Night]) -> list[NightScore]:
    score, run = tables.scores.c, tables.runs.c
    values = [score[field.name] for field in fields(NightScore) if field.name in score]
    query = (
        select(run.run_id, run.business_date, tables.schemes.c.scheme, *values)
        .join(tables.runs, score.run_key == run.run_key)
        .join(tables.schemes, score.scheme_key == tables.schemes.c.scheme_key)
        .where(score.unit_key == unit.unit_key, score.run_key.in_([night.run_key for night in shown]))
        .order_by(run.business_date, score.scheme_key)
    )
    return [NightScore(*row) for row in connection.execute(query)]


def _index(connection: Connection, unit: Unit, shown: Sequence[Night]) -> list[NightIndex]:
    score, run = tables.dealer_scores.c, tables.runs.c
    values = [score[field.name] for field in fields(NightIndex) if field.name in score]
    query = (
        select(run.run_id, run.business_date, *values)
        .join(tables.runs, score.run_key == run.run_key)
        .where(score.unit_key == unit.unit_key, score.run_key.in_([night.run_key for night in shown]))
        .order_by(run.business_date, score.survey)
    )
    return [NightIndex(*row) for row in connection.execute(query)]


def _evidence(connection: Connection, unit: Unit, shown: Sequence[Night]) -> list[Weighed]:
    """Return what the detectors said on the newest of those nights that weighed the unit."""
    said = tables.evidence.c
    keys = [night.run_key for night in shown]
    # By business date, which the keys need not follow: a night in the past may have been closed again today.
    had = select(said.run_key).where(said.unit_key == unit.unit_key, said.run_key.in_(keys)).distinct()
    weighed = set(connection.execute(had).scalars())
    newest = next((key for key in reversed(keys) if key in weighed), None)
    worded, earlier = tables.detector_wordings.c, tables.detector_wordings.alias().c
    wording = (
        select(func.max(earlier.from_run_key))
        .where(earlier.detector_key == said.detector_key, earlier.from_run_key <= said.run_key)
        .scalar_subquery()
    )
    values = [said[field.name] for field in fields(Weighed) if field.name in said]
    query = (
        select(tables.schemes.c.scheme, tables.detectors.c.family, tables.detectors.c.detector)
        .add_columns(worded.title, worded.title_zh, *values)
        .select_from(tables.evidence)
        # Outer joins, though every key has its name: no database then begins with the names, and reads all units.
        .outerjoin(tables.schemes, said.scheme_key == tables.schemes.c.scheme_key)
        .outerjoin(tables.detectors, said.detector_key == tables.detectors.c.detector_key)
        .outerjoin(
            tables.detector_wordings,
            and_(worded.detector_key == said.detector_key, worded.from_run_key == wording),
        )
        # A range of one: SQLite, which does not know how many rows there are, would take an equal run for few of them.
        .where(said.run_key.between(newest, newest), said.unit_key == unit.unit_key)
        .order_by(said.abstained, said.bits.desc(), said.scheme_key, said.detector_key)
    )
    return [Weighed(*row) for row in connection.execute(query)]


def _cases(connection: Connection, unit: Unit) -> list[UnitCase]:
    case, finding, scheme = tables.cases.c, tables.findings.c, tables.schemes.c
    decided = (
        select(finding.case_id, scheme.scheme, finding.outcome)
        .join(tables.schemes, finding.scheme_key == scheme.scheme_key)
        .join(tables.cases, finding.case_id == case.case_id)
        .where(case.unit_key == unit.unit_key, finding.outcome.is_not(None))
        .order_by(finding.scheme_key)
    )
    outcomes: dict[int, list[tuple[str, str]]] = {}
    for row in connection.execute(decided):
        outcomes.setdefault(row.case_id, []).append((row.scheme, row.outcome))
    values = [case[field.name] for field in fields(UnitCase) if field.name in case]
    query = (
        select(scheme.scheme.label("lead_scheme"), *values)
        .join(tables.schemes, case.lead_scheme_key == scheme.scheme_key)
        .where(case.unit_key == unit.unit_key)
        .order_by(case.case_id.desc())
    )
    return [
        UnitCase(**row, outcomes=tuple(outcomes.get(row["case_id"], ())))
        for row in connection.execute(query).mappings()
    ]
