"""From evidence to findings: what all detectors say together about each unit, and which units are flagged."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy.special import betaincinv

from detectors.core.explaining import explain
from detectors.core.instruments.joining import closed_e_bh_q_values
from detectors.core.schemes import Scheme

UNIT = ["unit_kind", "unit_id", "scheme"]
_LARGEST_BITS = 900.0
_SECOND_LOOK = 0.1
"""Weight of evidence that is not independent, in its average with the product of what is."""


@dataclass(frozen=True)
class FindingSettings:
    """When evidence is enough to ask a person to look.

    Parameters
    ----------
    priors
        Share of units that practise each scheme, before any evidence.
    false_discovery_rate
        Bound on the expected share of honest units among the flagged, by scheme (closed e-BH).
    family_cap_bits
        The most that one family of evidence counts for, since families are independent only so far.
    decisive_cap_bits
        The same for a family that holds a decisive detector.
    family_needs_bits
        Evidence from which a family counts as one of the two that a case needs.
    decisive_needs_bits
        Evidence from which a decisive detector opens a case by itself.
    probability_needed
        Probability, that the unit practises any scheme, from which it is flagged.
    scheme_probability_needed
        Probability of a scheme from which the unit is flagged for it: less, since several may explain the same.
    """

    priors: Mapping[Scheme, float] = field(default_factory=lambda: dict.fromkeys(Scheme, 0.03))
    false_discovery_rate: float = 0.15
    family_cap_bits: float = 12.0
    decisive_cap_bits: float = 20.0
    family_needs_bits: float = 1.0
    decisive_needs_bits: float = 5.0
    probability_needed: float = 0.5
    scheme_probability_needed: float = 0.3


def learnt_priors(priors: Mapping[Scheme, float], outcomes: pd.DataFrame | None) -> dict[Scheme, float]:
    """Move each scheme's prior towards what reviewers found.

    The prior odds are multiplied by the odds of confirmation that reviewers saw over the odds that the probabilities
    foretold, each with two imagined cases of either outcome, and by no more than 20.

    Parameters
    ----------
    priors
        Prior probability by scheme.
    outcomes
        Columns ``scheme``, ``confirmed``, ``refuted`` and ``expected_confirmed`` (the sum of the probabilities when
        those findings were decided); None if nothing was decided yet.

    Examples
    --------
    >>> columns = ["scheme", "confirmed", "refuted", "expected_confirmed"]
    >>> outcomes = pd.DataFrame([("coached", 0, 18, 16.0)], columns=columns)
    >>> round(learnt_priors({Scheme.COACHED: 0.03}, outcomes)[Scheme.COACHED], 4)
    0.0015
    """
    learnt = dict(priors)
    for row in [] if outcomes is None else outcomes.itertuples(index=False):
        scheme = Scheme(str(row.scheme))
        decided = float(row.confirmed) + float(row.refuted)  # type: ignore[arg-type]
        foretold = min(float(row.expected_confirmed), decided)  # type: ignore[arg-type]
        seen = (float(row.confirmed) + 2) / (float(row.refuted) + 2)  # type: ignore[arg-type]
        factor = min(max(seen / ((foretold + 2) / (decided - foretold + 2)), 1 / 20), 20.0)
        odds = priors[scheme] / (1 - priors[scheme]) * factor
        learnt[scheme] = odds / (1 + odds)
    return learnt


@dataclass(frozen=True)
class Joined:
    """What all detectors say together.

    Parameters
    ----------
    units
        One row a unit and scheme: `UNIT`, ``n``, ``bits`` and ``enough`` (two families speak, or one decisively).
    families
        One row a unit, scheme and family that speaks of it: `UNIT`, ``family`` and ``family_bits``, averaged and
        capped; of a family that is not independent, what its second look adds. They sum to the unit's ``bits``. What
        has the same ``told_by`` for several schemes is one piece of evidence.
    """

    units: pd.DataFrame
    families: pd.DataFrame


def join_families(evidence: pd.DataFrame, settings: FindingSettings) -> Joined:
    """Join the evidence about each unit and scheme: averaged within a family, multiplied across independent families.

    Averages of e-values are e-values however they depend on one another, products only of independent ones (Vovk &
    Wang 2021, Annals of Statistics 49); a cap makes an e-value smaller, which costs power and never validity.

    Parameters
    ----------
    evidence
        One row a unit, scheme and detector: `UNIT`, ``family``, ``n``, ``bits``, ``abstained``, ``decisive`` and
        ``independent``.
    settings
        Caps and needs.

    Returns
    -------
    Joined
        By unit and scheme, and by family.

    Examples
    --------
    >>> evidence = pd.DataFrame(
    ...     [("dealer", "D1", "coached", "ratings", 40, 5.0, False, False, True),
    ...      ("dealer", "D1", "coached", "ratings", 40, 5.0, False, False, True),
    ...      ("dealer", "D1", "coached", "wording", 30, 20.0, False, False, True)],
    ...     columns=[*UNIT, "family", "n", "bits", "abstained", "decisive", "independent"])
    >>> joined = join_families(evidence, FindingSettings())
    >>> joined.units[["unit_id", "bits", "enough"]].to_numpy().tolist()
    [['D1', 17.0, True]]
    >>> joined.families[["family", "family_bits"]].to_numpy().tolist()
    [['ratings', 5.0], ['wording', 12.0]]
    """
    speaks = evidence[~evidence["abstained"]]
    e_values = speaks.assign(
        e=np.exp2(speaks["bits"].clip(upper=_LARGEST_BITS)),
        alone=speaks["decisive"] & (speaks["bits"] >= settings.decisive_needs_bits),
    )
    families = (
        e_values.groupby([*UNIT, "family"], sort=False)
        .agg(e=("e", "mean"), decisive=("decisive", "any"), alone=("alone", "any"), own=("independent", "any"))
        .reset_index()
    )
    families["told_by"] = _told_by(evidence, families)
    cap = np.where(families["decisive"], settings.decisive_cap_bits, settings.family_cap_bits)
    families["bits"] = np.minimum(np.log2(families["e"].clip(lower=2.0**-60)), cap)
    families["speaks"] = families["bits"] >= settings.family_needs_bits
    joined = (
        families[families["own"]]
        .groupby(UNIT, sort=False)
        .agg(bits=("bits", "sum"), speaking=("speaks", "sum"), alone=("alone", "any"))
    )
    second = families[~families["own"]].groupby(UNIT, sort=False)["bits"].mean()
    joined = joined.join(second.rename("second"), how="outer").fillna({"bits": 0.0, "speaking": 0})
    looked = joined["second"].notna()
    first, again = joined.loc[looked, "bits"], joined.loc[looked, "second"]
    added = np.logaddexp2(np.log2(1 - _SECOND_LOOK) + first, np.log2(_SECOND_LOOK) + again) - first
    joined.loc[looked, "bits"] += added
    everyone = evidence.assign(n=evidence["n"].where(~evidence["abstained"], 0)).groupby(UNIT, sort=True)["n"].max()
    found = everyone.to_frame().join(joined)
    units = pd.DataFrame(
        {
            "n": found["n"].astype("int64"),
            "bits": found["bits"].fillna(0.0),
            "enough": (found["speaking"].fillna(0) >= 2) | found["alone"].eq(other=True),
        }
    ).reset_index()
    return Joined(units, _by_family(families, added))


def _told_by(evidence: pd.DataFrame, families: pd.DataFrame) -> "pd.Series[str]":
    """Name each family's evidence by its detectors; a second look is part of the scheme that it looks at again."""
    if "detector" not in evidence.columns:
        return families["family"] + " " + families["scheme"]
    named = {}
    for (scheme, family), said in evidence.groupby(["scheme", "family"], sort=False):
        detectors = " ".join([str(family), *sorted(said["detector"].unique())])
        named[scheme, family] = detectors if said["independent"].any() else f"{detectors} {scheme}"
    cells = zip(families["scheme"], families["family"], strict=True)
    return pd.Series([named[cell] for cell in cells], index=families.index, dtype="str")


def _by_family(families: pd.DataFrame, added: "pd.Series[float]") -> pd.DataFrame:
    """Return the bits of each family; several that are not independent share what they add."""
    looks = families[~families["own"]]
    shares = added / looks.groupby(UNIT, sort=False).size()
    of_looks = shares.reindex(pd.MultiIndex.from_frame(looks[UNIT])).to_numpy()
    bits = families["bits"].copy()
    bits[looks.index] = of_looks
    return families[[*UNIT, "family", "told_by"]].assign(family_bits=bits)


def score(joined: Joined, settings: FindingSettings) -> pd.DataFrame:
    """Give every unit and scheme its probability and q-value, and flag those that a person should look at.

    Parameters
    ----------
    joined
        From `join_families`.
    settings
        Priors and bounds.

    Returns
    -------
    pandas.DataFrame
        ``units`` of `joined` with ``prior``, ``probability`` (see `explaining`), ``q_value`` and ``flagged`` (0 or 1)
        for ``enough``.
    """
    units = joined.units
    priors = {str(scheme): value for scheme, value in settings.priors.items()}
    found = explain(units, joined.families, priors)
    q_value = units.groupby("scheme", sort=False)["bits"].transform(lambda bits: closed_e_bh_q_values(bits.to_numpy()))
    flagged = (
        units["enough"]
        & (q_value <= settings.false_discovery_rate)
        & (found["any_probability"] >= settings.probability_needed)
        & (found["probability"] >= settings.scheme_probability_needed)
    )
    return units.drop(columns="enough").assign(
        prior=units["scheme"].map(priors).astype("float64"),
        probability=found["probability"],
        q_value=q_value,
        flagged=flagged.astype("int64"),
    )


def affected(scores: pd.DataFrame, carrying: "pd.Series[float]", rows: "pd.Series[int]") -> pd.DataFrame:
    """Add the share of each unit's rows that a scheme touches, with a 90 % interval.

    Parameters
    ----------
    scores
        From `score`.
    carrying
        Expected number of manipulated rows by `UNIT`.
    rows
        Rows that could be manipulated, by `UNIT`.

    Returns
    -------
    pandas.DataFrame
        `scores` with ``affected_share``, ``affected_low`` and ``affected_high``, each from 0 to 1; quantiles of a beta
        distribution (Jeffreys).
    """
    key = pd.MultiIndex.from_frame(scores[UNIT])
    touched = carrying.reindex(key).fillna(0.0).to_numpy(dtype=np.float64)
    total = np.maximum(rows.reindex(key).fillna(0).to_numpy(dtype=np.float64), touched)
    a, b = touched + 0.5, total - touched + 0.5
    return scores.assign(
        affected_share=np.divide(touched, total, out=np.zeros_like(touched), where=total > 0),
        affected_low=np.where(total > 0, betaincinv(a, b, 0.05), 0.0),
        affected_high=np.where(total > 0, betaincinv(a, b, 0.95), 0.0),
    )
