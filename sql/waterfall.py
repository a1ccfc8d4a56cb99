"""The waterfall of a case: what each family of evidence adds, from the prior to the probability, night by night.

Nothing is weighed anew. The bars are the families' bits of a night. Prior odds × 2^bits are the odds of the scheme by
itself; what they lose to other schemes that explain the same evidence (`detectors.core.explaining`) follows from the
probability.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import Connection, select

from sql import tables
from sql.rivals import Looked, Rival, rivals_of
from sql.said import Evidence, evidence_of

_CERTAIN = 1e-6
"""Nearer to 0 or 1 a probability has lost the digits from which its prior could be told."""

_TAKEN_BITS = 0.05
"""Less is not worth a bar."""

_NIGHTS_SHOWN = 60

_LARGEST_BITS = 900.0

_MOVED_BITS = 0.5
"""By how much evidence has to move in a night to be news."""


@dataclass(frozen=True)
class Family:
    """A bar of the waterfall: what a family of evidence adds, its detectors below it, the strongest first.

    Parameters
    ----------
    bits
        What it adds to the finding's bits, averaged over its detectors and capped; 0 if all of them abstained.
    """

    name: str
    bits: float
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True)
class Night:
    """What a night said of a finding."""

    run_key: int
    run_id: str
    business_date: str
    flagged: bool
    n: int | None
    bits: float
    probability: float | None
    affected_share: float | None


@dataclass(frozen=True)
class Finding:
    """A scheme that the unit was flagged for.

    Parameters
    ----------
    prior_bits
        log2 of the prior odds, from which the waterfall starts; None if it cannot be told.
    families
        The bars, those that add most first.
    nights
        The newest `_NIGHTS_SHOWN`, newest first.
    rivals
        Other schemes under which part of the evidence would be the same.
    """

    scheme: str
    scheme_key: int
    n: int | None
    bits: float
    probability: float | None
    affected_share: float | None
    affected_low: float | None
    affected_high: float | None
    proposed_by: str | None
    outcome: str | None
    decided_by: str | None
    confirmed_by: str | None
    decided_at: str | None
    prior_bits: float | None
    families: tuple[Family, ...]
    nights: tuple[Night, ...]
    rivals: tuple[Rival, ...] = ()

    @property
    def explained_bits(self) -> float:
        """What is taken from the scheme's odds because others explain the same evidence, in bits, at most 0."""
        if self.prior_bits is None or self.probability is None or not _CERTAIN < self.probability < 1 - _CERTAIN:
            return 0.0
        taken = _log2_odds(self.probability) - self.prior_bits - self.bits
        return taken if taken < -_TAKEN_BITS else 0.0

    @property
    def strongest(self) -> Evidence | None:
        """The evidence with most bits, a look at everything at once (``profile``) only where there is no other."""
        spoke = [said for family in self.families for said in family.evidence if not said.abstained]
        return max(spoke, key=lambda said: (said.family != "profile" and said.bits > 0, said.bits), default=None)

    @property
    def speaking(self) -> tuple[Family, ...]:
        """Families that speak for the scheme."""
        return tuple(family for family in self.families if family.bits > 0)

    @property
    def silent(self) -> tuple[Family, ...]:
        """Families that looked and found nothing, or less than honest units have."""
        return tuple(
            family
            for family in self.families
            if family.bits <= 0 and not all(said.abstained for said in family.evidence)
        )

    @property
    def abstained(self) -> tuple[Evidence, ...]:
        """Detectors that could not tell, and why."""
        return tuple(said for family in self.families for said in family.evidence if said.abstained)


@dataclass(frozen=True)
class Change:
    """A detector that says another thing than the night before.

    Parameters
    ----------
    bits_before
        None if it abstained, or was not there, the night before.
    bits
        None if it abstains now.
    """

    scheme: str
    family: str
    detector: str
    title: str
    title_zh: str
    bits_before: float | None
    bits: float | None


def read_findings(
    connection: Connection, *, case_id: int, lead_scheme: str, unit_key: int, run_key: int
) -> tuple[tuple[Finding, ...], tuple[Change, ...]]:
    """Return the findings of a case, the lead first, and what is new since the night before.

    Parameters
    ----------
    connection
        For reading.
    case_id, lead_scheme, unit_key
        The case.
    run_key
        The newest night that was appended to it.
    """
    nights = _nights(connection, case_id)
    before = _night_before(nights, run_key)
    now, earlier = evidence_of(connection, unit_key, run_key, before)
    findings = _findings(connection, case_id, unit_key, run_key, now, nights)
    lead_first = tuple(sorted(findings, key=lambda finding: finding.scheme != lead_scheme))
    if before is None:
        return lead_first, ()
    return lead_first, _changes(now, earlier, {finding.scheme for finding in findings})


def _nights(connection: Connection, case_id: int) -> dict[int, list[Night]]:
    """Return the newest nights by scheme_key, newest first."""
    night, run = tables.finding_nights.c, tables.runs.c
    query = (
        select(night.scheme_key, night.run_key, run.run_id, run.business_date)
        .add_columns(night.flagged, night.n, night.bits, night.probability, night.affected_share)
        .join(tables.runs, night.run_key == run.run_key)
        .where(night.case_id == case_id)
        .order_by(run.business_date.desc(), night.run_key.desc())
    )
    found: dict[int, list[Night]] = {}
    for row in connection.execute(query):
        said = found.setdefault(row.scheme_key, [])
        if len(said) < _NIGHTS_SHOWN:
            values = (row.n, row.bits, row.probability, row.affected_share)
            said.append(Night(row.run_key, row.run_id, row.business_date, bool(row.flagged), *values))
    return found


def _night_before(nights: Mapping[int, Sequence[Night]], last_run_key: int) -> int | None:
    order = sorted({(night.business_date, night.run_key) for said in nights.values() for night in said})
    keys = [run_key for _, run_key in order]
    place = keys.index(last_run_key) if last_run_key in keys else 0
    return keys[place - 1] if place else None


def _findings(
    connection: Connection,
    case_id: int,
    unit_key: int,
    run_key: int,
    evidence: Sequence[Evidence],
    nights: Mapping[int, Sequence[Night]],
) -> tuple[Finding, ...]:
    held = tables.findings.c
    query = (
        select(tables.schemes.c.scheme, held.scheme_key, held.n, held.bits, held.probability)
        .add_columns(held.affected_share, held.affected_low, held.affected_high)
        .add_columns(held.proposed_by, held.outcome, held.decided_by, held.confirmed_by, held.decided_at)
        .join(tables.schemes, held.scheme_key == tables.schemes.c.scheme_key)
        .where(held.case_id == case_id)
        .order_by(held.bits.desc(), held.affected_share.desc())
    )
    by_scheme = {
        scheme: _families([said for said in evidence if said.scheme == scheme])
        for scheme in sorted({said.scheme for said in evidence})
    }
    looked = {scheme: _looked(families) for scheme, families in by_scheme.items()}
    return tuple(
        Finding(
            **row._mapping,
            prior_bits=_prior_bits(connection, run_key, unit_key, row.scheme_key),
            families=by_scheme.get(row.scheme, ()),
            nights=tuple(nights.get(row.scheme_key, ())),
            rivals=rivals_of(row.scheme, looked),
        )
        for row in connection.execute(query).all()
    )


def _looked(families: Sequence[Family]) -> dict[str, Looked]:
    return {
        family.name: Looked(family.bits, {said.detector: said.bits for said in family.evidence if not said.abstained})
        for family in families
    }


def _families(evidence: Sequence[Evidence]) -> tuple[Family, ...]:
    by_family = sorted(evidence, key=lambda said: said.family)
    families = []
    for name, members in groupby(by_family, key=lambda said: said.family):
        said = sorted(members, key=lambda each: (each.abstained, -each.bits))
        kept = [each.family_bits for each in said if each.family_bits is not None]
        families.append(Family(name, kept[0] if kept else _averaged(said), tuple(said)))
    return tuple(sorted(families, key=lambda family: -family.bits))


def _averaged(said: Sequence[Evidence]) -> float:
    """Return the bar of a night that kept none: the mean of the e-values, as far as they spoke."""
    spoke = [2.0 ** min(max(each.bits, -60.0), _LARGEST_BITS) for each in said if not each.abstained]
    return math.log2(sum(spoke) / len(spoke)) if spoke else 0.0


def _prior_bits(connection: Connection, run_key: int, unit_key: int, scheme_key: int) -> float | None:
    score = tables.scores.c
    query = select(score.prior).where(
        score.run_key == run_key, score.unit_key == unit_key, score.scheme_key == scheme_key
    )
    prior = connection.execute(query).scalar()
    return None if prior is None else _log2_odds(prior)


def _log2_odds(probability: float) -> float:
    return math.log2(probability / (1 - probability))


def _changes(now: Sequence[Evidence], before: Sequence[Evidence], schemes: set[str]) -> tuple[Change, ...]:
    def bits(said: Evidence | None) -> float | None:
        return None if said is None or said.abstained else said.bits

    was = {(said.scheme, said.detector_key): said for said in before}
    changes = []
    for said in now:
        earlier, later = bits(was.get((said.scheme, said.detector_key))), bits(said)
        if said.scheme in schemes and abs((later or 0.0) - (earlier or 0.0)) >= _MOVED_BITS:
            named = (said.scheme, said.family, said.detector, said.title, said.title_zh)
            changes.append(Change(*named, earlier, later))
    return tuple(sorted(changes, key=lambda change: -abs((change.bits or 0.0) - (change.bits_before or 0.0))))
