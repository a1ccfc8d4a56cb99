"""Weighing a night: every detector on every unit, interviewers first, joined into scores and records."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import zip_longest

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from detectors.core.adjusted import adjusted_scores
from detectors.core.carried import Carried, doubt_of, join_records, worth_listening
from detectors.core.codes import code
from detectors.core.detector import Detector, Reference, discover
from detectors.core.findings import UNIT, FindingSettings, affected, join_families, learnt_priors, score
from detectors.core.observations import Observations
from detectors.core.schemes import Scheme, UnitKind

FABRICATED_FROM = 0.5
"""Probability from which an interviewer's interviews are taken out before dealers are weighed."""

_AT_ONCE = 2
"""Detectors that play at a time; more would need more memory than they save time."""

Progress = Callable[[str, int, int], None]
"""Told which detector plays, how many have played and how many there are."""

_EVIDENCE = {
    "unit_kind": "str",
    "unit_id": "str",
    "scheme": "str",
    "family": "str",
    "detector": "str",
    "n": "int64",
    "observed": "float64",
    "expected": "float64",
    "fair_low": "float64",
    "fair_high": "float64",
    "bits": "float64",
    "abstained": "bool",
    "reason": "str",
    "reason_zh": "str",
    "decisive": "bool",
    "independent": "bool",
}


_NOTHING_SINCE = ["Nothing happened since the last decision.", "自上次裁定以来没有新的情况。"]


@dataclass(frozen=True)
class Weighing:
    """What a night's evidence says.

    Parameters
    ----------
    evidence
        unit × scheme × detector: ``unit_kind, unit_id, scheme, family, detector, n, observed, expected, fair_low,
        fair_high, bits, abstained, reason, reason_zh, family_bits`` (of all the family's detectors, averaged and
        capped; over a unit's families they sum to its bits for the scheme).
    scores
        unit × scheme, every unit: ``unit_kind, unit_id, scheme, n, bits, prior, probability, q_value, affected_share,
        affected_low, affected_high, flagged``.
    records
        suspicious record × scheme: ``source, record_id, dealer_id, scheme, probability, reasons, reasons_zh``.
    dealers
        dealer × survey: ``dealer_id, survey, n, reported_score, adjusted_score, adjusted_low, adjusted_high``.
    """

    evidence: pd.DataFrame
    scores: pd.DataFrame
    records: pd.DataFrame
    dealers: pd.DataFrame


def weigh(
    observations: Observations,
    settings: FindingSettings | None = None,
    *,
    decided: pd.DataFrame | None = None,
    outcomes: pd.DataFrame | None = None,
    detectors: Sequence[Detector] | None = None,
    progress: Progress | None = None,
) -> Weighing:
    """Weigh the evidence about every interviewer and dealer of the window.

    A fabricating interviewer's interviews are taken out before dealers are weighed: no dealer carries the blame.

    Parameters
    ----------
    observations
        The window.
    settings
        Priors, caps and bounds; the defaults if None.
    decided
        Newest decision by unit and scheme (``unit_kind, unit_id, scheme, decided_at``): rows until then no longer count
        against that unit for that scheme.
    outcomes
        What reviewers found by scheme, from which the priors learn (see `findings.learnt_priors`).
    detectors
        Which detectors to play; every one that is discovered if None.
    progress
        Told of each detector as it starts.

    Returns
    -------
    Weighing
        Evidence, scores, records and adjusted scores.
    """
    settings = settings or FindingSettings()
    settings = replace(settings, priors=learnt_priors(settings.priors, outcomes))
    table = _Table(discover() if detectors is None else tuple(detectors), settings, decided, progress)

    interviewers = table.play(UnitKind.INTERVIEWER, observations)
    invented = interviewers.records.loc[interviewers.records["probability"] >= FABRICATED_FROM, "record_id"]
    dealers = table.play(UnitKind.DEALER, observations.without(set(invented)))

    records = pd.concat([interviewers.records, dealers.records], ignore_index=True)
    with ThreadPoolExecutor(1) as pool:
        adjusted = pool.submit(_adjust, observations, records)
        heard = worth_listening(records, observations)
    return Weighing(
        evidence=pd.concat([dealers.evidence, interviewers.evidence], ignore_index=True).drop(
            columns=["decisive", "independent"]
        ),
        scores=pd.concat([dealers.scores, interviewers.scores], ignore_index=True),
        records=heard,
        dealers=adjusted.result(),
    )


@dataclass(frozen=True)
class _Played:
    """What the detectors of one unit kind said."""

    evidence: pd.DataFrame
    scores: pd.DataFrame
    records: pd.DataFrame


class _Table:
    """Where the detectors are played, one unit kind at a time."""

    def __init__(
        self,
        detectors: Sequence[Detector],
        settings: FindingSettings,
        decided: pd.DataFrame | None,
        progress: Progress | None,
    ) -> None:
        self.detectors = detectors
        self.settings = settings
        self.decided = decided
        self.progress = progress
        self.played = 0

    def play(self, kind: UnitKind, observations: Observations) -> _Played:
        """Play every detector of a kind of unit and join what they say."""
        evidence = [pd.DataFrame({name: pd.Series(dtype=dtype) for name, dtype in _EVIDENCE.items()})]
        carried: list[Carried] = []
        # Most of the work is numpy's and Arrow's, which leave Python's lock to the other detector.
        with ThreadPoolExecutor(_AT_ONCE) as pool, threadpool_limits(limits=1, user_api="blas"):
            mine = [detector for detector in self.detectors if detector.unit_kind is kind]
            order = _families_in_turn(mine)
            heard = {place: pool.submit(self._hear, mine[place], observations) for place in order}
            for place in sorted(order):
                said, named = heard[place].result()
                evidence.append(said)
                carried += named
        everything = pd.concat(evidence, ignore_index=True)
        joined = join_families(everything, self.settings)
        scores = score(joined, self.settings)
        records = join_records(carried, scores)
        told = everything.merge(joined.families.drop(columns="told_by"), on=[*UNIT, "family"], how="left").fillna(
            {"family_bits": 0.0}
        )
        return _Played(told, _affected(scores, records, observations), records)

    def _hear(self, detector: Detector, observations: Observations) -> tuple[pd.DataFrame, list[Carried]]:
        """Let one detector learn and weigh."""
        self._announce(detector)
        reference = detector.learn(observations)
        said, named = _say(detector, observations, reference, detector.schemes)
        return self._forget_decided(detector, observations, reference, said, named)

    def _announce(self, detector: Detector) -> None:
        if self.progress is not None:
            self.progress(f"{detector.family}/{detector.name}", self.played, len(self.detectors))
        self.played += 1

    def _forget_decided(
        self, detector: Detector, observations: Observations, reference: Reference, said: pd.DataFrame, named: Carried
    ) -> tuple[pd.DataFrame, list[Carried]]:
        """Weigh decided units anew, against the same reference, on what happened after the decision."""
        if self.decided is None or self.decided.empty:
            return said, [named]
        kind = detector.unit_kind
        about = self.decided[(self.decided["unit_kind"] == str(kind)) & self.decided["scheme"].isin(detector.schemes)]
        if about.empty:
            return said, [named]
        decided = observations.of(kind, set(about["unit_id"]))
        is_decided = named.records["unit_id"].isin(about["unit_id"])
        carried = [replace(named, records=named.records[~is_decided])]
        for scheme in detector.schemes:
            of_scheme = about[about["scheme"] == str(scheme)]
            is_open = is_decided & ~named.records["unit_id"].isin(of_scheme["unit_id"])
            carried.append(Carried(named.records[is_open], kind, (scheme,)))
            for moment in of_scheme["decided_at"].unique():
                units = set(of_scheme.loc[of_scheme["decided_at"] == moment, "unit_id"])
                later = decided.of(kind, units).after(pd.Timestamp(moment))
                anew, renamed = _say(detector, later, reference, (scheme,))
                outdated = (said["scheme"] == str(scheme)) & said["unit_id"].isin(list(units))
                anew = anew.set_index("unit_id").reindex(said.loc[outdated, "unit_id"]).reset_index()
                silent = anew["reason"].isna()
                anew.loc[silent, ["reason", "reason_zh"]] = _NOTHING_SINCE
                anew.loc[silent, ["n", "bits"]] = 0
                fixed = {**_fixed(detector), "scheme": str(scheme)}
                anew = anew.assign(**fixed, abstained=anew["abstained"].fillna(value=True))[list(_EVIDENCE)]
                said = pd.concat([said[~outdated], anew.astype(_EVIDENCE)], ignore_index=True)
                carried.append(renamed)
        return said, carried


def _families_in_turn(detectors: Sequence[Detector]) -> list[int]:
    """Return the places of the first detector of each family, then of the second of each, and so on.

    Those of one family start from the same derivations: side by side, one would wait for the other to make them.
    """
    families: dict[str, list[int]] = {}
    for place, detector in enumerate(detectors):
        families.setdefault(detector.family, []).append(place)
    return [place for turn in zip_longest(*families.values()) for place in turn if place is not None]


def _fixed(detector: Detector) -> dict[str, str | bool]:
    return {
        "unit_kind": str(detector.unit_kind),
        "family": detector.family,
        "detector": detector.name,
        "decisive": detector.decisive,
        "independent": detector.independent,
    }


def _say(
    detector: Detector, observations: Observations, reference: Reference, schemes: Sequence[Scheme]
) -> tuple[pd.DataFrame, Carried]:
    """Return a detector's evidence, once for each scheme, and its records."""
    weighed = detector.weigh(observations, reference)
    units = weighed.units.reset_index().assign(**_fixed(detector))
    evidence = pd.concat([units.assign(scheme=str(scheme)) for scheme in schemes], ignore_index=True)
    return evidence[list(_EVIDENCE)].astype(_EVIDENCE), Carried(weighed.records, detector.unit_kind, schemes)


def _affected(scores: pd.DataFrame, records: pd.DataFrame, observations: Observations) -> pd.DataFrame:
    """Add affected shares: of the source in which the largest share of the unit's rows carries the scheme."""
    sums = _sums(records)
    sizes = [pd.DataFrame({"unit_kind": [], "unit_id": [], "source": [], "rows": []}).astype({"rows": "float64"})]
    for kind in UnitKind:
        for source, frame in observations.frames.items():
            if f"{kind}_id" in frame.columns:
                coded = observations.coded(source, f"{kind}_id")
                counted = pd.DataFrame({"unit_id": coded.names, "rows": coded.count()})
                sizes.append(counted.assign(unit_kind=str(kind), source=source))
    known = pd.concat(sizes[1:] or sizes, ignore_index=True)
    both = sums.merge(known, on=["unit_kind", "unit_id", "source"], how="left")
    widest = both.assign(share=both["touched"] / both["rows"]).sort_values("share", kind="stable").groupby(UNIT).last()
    rows = widest["rows"].reindex(pd.MultiIndex.from_frame(scores[UNIT]))
    return affected(scores, widest["touched"], rows.fillna(scores.set_index(UNIT)["n"]))


def _sums(records: pd.DataFrame) -> pd.DataFrame:
    """Sum the probabilities of the records of each unit, scheme and source; those of one stand together."""
    by = [*UNIT, "source"]
    places = np.stack([code(records[column]).places for column in by])
    starts = np.flatnonzero((places[:, 1:] != places[:, :-1]).any(axis=0)) + 1
    starts = np.concatenate([np.zeros(min(len(records), 1), dtype=np.int64), starts])
    touched = np.add.reduceat(records["probability"].to_numpy(), starts) if len(starts) else np.zeros(0)
    return records[by].take(starts).assign(touched=touched)


def _adjust(observations: Observations, records: pd.DataFrame) -> pd.DataFrame:
    """Weight each interview by the probability that no scheme touched it."""
    if not observations.has("surveys"):
        names = ["dealer_id", "survey", "n", "reported_score", "adjusted_score", "adjusted_low", "adjusted_high"]
        return pd.DataFrame({name: pd.Series(dtype="str" if name in names[:2] else "float64") for name in names})
    interviews = records[records["source"] == "surveys"]
    return adjusted_scores(observations["surveys"], doubt_of(interviews))
