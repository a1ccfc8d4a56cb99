"""Suspicious records: what several detectors say of one interview, review or contact, joined for the reviewer."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from detectors.core.findings import UNIT
from detectors.core.observations import Observations
from detectors.core.schemes import Scheme, UnitKind
from detectors.core.sources import SOURCES

WORTH_LISTENING_FROM = 0.05
"""Probability from which a record is listed for a reviewer."""

_NEGLIGIBLE_UNIT = 1e-3
_RECORD = ["source", "record_id"]


@dataclass(frozen=True)
class Carried:
    """The records that one detector names, and the schemes for which they count.

    Parameters
    ----------
    records
        Columns `evidence.RECORD_COLUMNS`; the probability is given that the unit practises the scheme.
    unit_kind
        Whose records they are.
    schemes
        The schemes.
    """

    records: pd.DataFrame
    unit_kind: UnitKind
    schemes: Sequence[Scheme]


def join_records(carried: Iterable[Carried], scores: pd.DataFrame) -> pd.DataFrame:
    """Join what several detectors say of one record, weighed by the probability that its unit cheats at all.

    Parameters
    ----------
    carried
        What each detector named.
    scores
        ``unit_kind, unit_id, scheme, probability`` of every unit; units that hardly cheat have no records.

    Returns
    -------
    pandas.DataFrame
        One row a record, unit and scheme: `UNIT`, ``source``, ``record_id``, ``probability`` and ``reasons``.

    Examples
    --------
    >>> named = pd.DataFrame(
    ...     [("surveys", "R1", "D1", 0.5, "It repeats a script."), ("surveys", "R1", "D1", 0.5, "Its facts differ.")],
    ...     columns=["source", "record_id", "unit_id", "probability", "reason"])
    >>> scores = pd.DataFrame([("dealer", "D1", "coached", 0.8)], columns=[*UNIT, "probability"])
    >>> joined = join_records([Carried(named, UnitKind.DEALER, (Scheme.COACHED,))], scores).iloc[0]
    >>> round(float(joined["probability"]), 2), joined["reasons"]
    (0.6, 'It repeats a script. Its facts differ.')
    """
    suspected = scores.loc[scores["probability"] > _NEGLIGIBLE_UNIT, [*UNIT, "probability"]]
    parts = [_nothing()]
    for group in carried:
        for scheme in group.schemes:
            about = suspected[(suspected["unit_kind"] == str(group.unit_kind)) & (suspected["scheme"] == str(scheme))]
            parts.append(group.records.merge(about, on="unit_id", suffixes=("", "_of_unit")))
    frame = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    frame["doubt"] = np.log1p(-frame["probability"].clip(0.0, 1.0 - 1e-9))
    by_record = [*UNIT, *_RECORD]
    frame = frame.sort_values(by_record, kind="stable", ignore_index=True)
    joined = frame.groupby(by_record, sort=True).agg(doubt=("doubt", "sum"), unit=("probability_of_unit", "first"))
    return (
        joined.assign(
            probability=-np.expm1(joined["doubt"]) * joined["unit"], reasons=_joined_reasons(frame, by_record)
        )
        .drop(columns=["doubt", "unit"])
        .reset_index()
    )


def _joined_reasons(ordered: pd.DataFrame, by_record: list[str]) -> list[str]:
    once = ordered.drop_duplicates([*by_record, "reason"])
    starts = np.flatnonzero(~once.duplicated(by_record).to_numpy()).tolist()
    texts = once["reason"].tolist()
    return [" ".join(texts[start:end]) for start, end in pairwise([*starts, len(texts)])]


def worth_listening(joined: pd.DataFrame, observations: Observations) -> pd.DataFrame:
    """Return the records a reviewer should hear, the likeliest first, each with its dealer.

    Parameters
    ----------
    joined
        From `join_records`.
    observations
        Where the records stand.

    Returns
    -------
    pandas.DataFrame
        ``source, record_id, dealer_id, scheme, probability, reasons``.
    """
    columns = ["source", "record_id", "dealer_id", "scheme", "probability", "reasons"]
    likely = joined[joined["probability"] >= WORTH_LISTENING_FROM]
    named = [likely.head(0).assign(dealer_id=pd.Series(dtype="str"))]
    for source, part in likely.groupby("source", sort=True):
        key = SOURCES[str(source)].key
        rows = observations[str(source)].loc[:, [key, "dealer_id"]].rename(columns={key: "record_id"})
        named.append(part.merge(rows, on="record_id", how="left"))
    return pd.concat([part for part in named if len(part)] or named[:1], ignore_index=True)[columns].sort_values(
        ["probability", "record_id", "scheme"], ascending=[False, True, True], kind="stable", ignore_index=True
    )


def _nothing() -> pd.DataFrame:
    columns = {**dict.fromkeys([*_RECORD, *UNIT, "reason"], "str"), "probability": "float64"}
    return pd.DataFrame(
        {name: pd.Series(dtype=dtype) for name, dtype in {**columns, "probability_of_unit": "float64"}.items()}
    )
