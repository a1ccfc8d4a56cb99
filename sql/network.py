"""The network at a glance: the index by region, the cases by status, and how often each scheme's findings held."""

from dataclasses import dataclass
from math import sqrt

from sqlalchemy import BigInteger, Connection, and_, case, cast, func, select

from sql import tables
from sql.nights import newest

ENOUGH_OUTCOMES = 5
"""Below so many settled findings a scheme's precision is not said."""

_Z95 = 1.959964


@dataclass(frozen=True)
class RegionIndex:
    """The newest night's scores of a region's dealers for one questionnaire, weighted by their interviews.

    Parameters
    ----------
    region
        Empty for dealers of no known region.
    survey
        The questionnaire.
    dealers, interviews
        How many.
    reported_score, adjusted_score
        Means in points of the questionnaire's scale, over dealers that have both.
    """

    region: str
    survey: str
    dealers: int
    interviews: int
    reported_score: float | None
    adjusted_score: float | None


@dataclass(frozen=True)
class RegionCases:
    """A region's open cases about dealers, by severity."""

    region: str
    high: int
    medium: int
    low: int


@dataclass(frozen=True)
class CaseCount:
    """How many cases have a status and a severity; of those merged, the leading one counts."""

    status: str
    severity: str
    cases: int


@dataclass(frozen=True)
class SchemeOutcomes:
    """What reviewers decided on a scheme's findings so far.

    Parameters
    ----------
    scheme
        The scheme.
    confirmed, refuted, inconclusive, undecided
        Findings by outcome.
    said
        Mean of the probabilities, as they stood when decided, of the confirmed and refuted ones (0 to 1).
    """

    scheme: str
    confirmed: int
    refuted: int
    inconclusive: int
    undecided: int
    said: float | None

    @property
    def settled(self) -> int:
        """Findings that were confirmed or refuted."""
        return self.confirmed + self.refuted

    @property
    def precision(self) -> float | None:
        """Share of the settled findings that were confirmed (0 to 1), or None while there are too few."""
        return self.confirmed / self.settled if self.settled >= ENOUGH_OUTCOMES else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Its 95 % interval (`wilson`), or None while there are too few."""
        return wilson(self.confirmed, self.settled) if self.settled >= ENOUGH_OUTCOMES else None


def wilson(successes: int, n: int) -> tuple[float, float]:
    """Return the 95 % score interval of a share, which stays within 0 to 1 however few there are.

    References
    ----------
    Wilson, E. B. (1927). Probable inference, the law of succession, and statistical inference. JASA 22, 209-212.

    Examples
    --------
    >>> [round(end, 3) for end in wilson(8, 10)]
    [0.49, 0.943]
    """
    share, z2 = successes / n, _Z95**2
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = _Z95 * sqrt(share * (1 - share) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    return max(0.0, middle - half), min(1.0, middle + half)


def regions(connection: Connection) -> list[RegionIndex]:
    """Return the newest night's index by region and questionnaire.

    Examples
    --------
    >>> from sql.store import open_store
    >>> with open_store("sqlite://") as store, store.engine.connect() as connection:
    ...     regions(connection), case_counts(connection), outcomes(connection)
    ([], [], [])
    """
    night = newest(connection)
    if night is None:
        return []
    score, dealer = tables.dealer_scores.c, tables.dealers.c
    region = func.coalesce(dealer.region, "")
    both = and_(score.reported_score.is_not(None), score.adjusted_score.is_not(None))
    counted = func.nullif(func.sum(case((both, score.n), else_=0)), 0)
    means = [
        func.sum(case((both, score.n * value))) / counted for value in (score.reported_score, score.adjusted_score)
    ]
    query = (
        # PostgreSQL adds whole numbers of eight bytes up to a decimal, which is no number in JSON.
        select(region, score.survey, func.count(), cast(func.sum(score.n), BigInteger), *means)
        .select_from(tables.dealer_scores)
        .outerjoin(tables.dealers, dealer.unit_key == score.unit_key)
        .where(score.run_key == night.run_key)
        .group_by(region, score.survey)
        .order_by(region, score.survey)
    )
    return [RegionIndex(*row) for row in connection.execute(query)]


def region_cases(connection: Connection) -> list[RegionCases]:
    """Return the open cases about dealers by region and severity."""
    held, dealer, unit = tables.cases.c, tables.dealers.c, tables.units.c
    region = func.coalesce(dealer.region, "")
    by_severity = [func.sum(case((held.severity == severity, 1), else_=0)) for severity in ("high", "medium", "low")]
    query = (
        select(region, *by_severity)
        .select_from(tables.cases)
        .join(tables.units, unit.unit_key == held.unit_key)
        .outerjoin(tables.dealers, dealer.unit_key == held.unit_key)
        .where(held.status != "closed", held.merged_into.is_(None), unit.unit_kind == "dealer")
        .group_by(region)
        .order_by(region)
    )
    return [RegionCases(*row) for row in connection.execute(query)]


def case_counts(connection: Connection) -> list[CaseCount]:
    """Count the cases by status and severity."""
    held = tables.cases.c
    query = (
        select(held.status, held.severity, func.count())
        .where(held.merged_into.is_(None))
        .group_by(held.status, held.severity)
        .order_by(held.status, held.severity)
    )
    return [CaseCount(*row) for row in connection.execute(query)]


def overdue(connection: Connection, today: str) -> int:
    """Count the open cases that should have been decided before today (YYYY-MM-DD)."""
    held = tables.cases.c
    query = select(func.count()).where(held.status != "closed", held.merged_into.is_(None), held.due_on < today)
    return int(connection.execute(query).scalar_one())


def outcomes(connection: Connection) -> list[SchemeOutcomes]:
    """Count what reviewers decided on the findings of each scheme, on open cases and closed ones."""
    finding, scheme = tables.findings.c, tables.schemes.c
    # Counted before they are named: a lookup for each of many thousand findings takes longer than all of the counting.
    counts = [
        func.sum(case((finding.outcome == outcome, 1), else_=0)) for outcome in ("confirmed", "refuted", "inconclusive")
    ]
    undecided = func.sum(case((finding.outcome.is_(None), 1), else_=0))
    settled = finding.outcome.in_(("confirmed", "refuted"))
    said = func.avg(case((settled, finding.decided_probability)))
    counted = select(finding.scheme_key, *counts, undecided, said).group_by(finding.scheme_key).subquery()
    query = (
        select(scheme.scheme, *(column for column in counted.c if column is not counted.c.scheme_key))
        .join(tables.schemes, scheme.scheme_key == counted.c.scheme_key)
        .order_by(scheme.scheme)
    )
    return [SchemeOutcomes(*row) for row in connection.execute(query)]
