"""What a detector answers: the evidence about each unit, and the records that carry it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from detectors.core.sentences import Said

UNIT_COLUMNS = {
    "n": "int64",
    "observed": "float64",
    "expected": "float64",
    "fair_low": "float64",
    "fair_high": "float64",
    "bits": "float64",
    "abstained": "bool",
    "reason": "str",
    "reason_zh": "str",
}
"""Columns of a detector's answer about units, indexed by ``unit_id``.

``n`` rows looked at, ``observed`` of them with the pattern, ``expected`` of an honest unit like this one, the fewest
and most that nine in ten of those have (NaN where there is no such range), ``bits`` of evidence, whether the detector
abstained, and one sentence that a reviewer can read aloud, in English and in Chinese.
"""

RECORD_COLUMNS = {
    "source": "str",
    "record_id": "str",
    "unit_id": "str",
    "probability": "float64",
    "reason": "str",
    "reason_zh": "str",
}
"""Columns of a detector's answer about records: the probability that the row is manipulated, given that its unit is."""


@dataclass(frozen=True)
class Weighed:
    """A detector's answer about every unit it was asked about.

    Parameters
    ----------
    units
        One row a unit, columns `UNIT_COLUMNS`, index ``unit_id``.
    records
        Rows that carry the pattern, columns `RECORD_COLUMNS`.
    """

    units: pd.DataFrame
    records: pd.DataFrame


def answer(
    unit_ids: "Sequence[str] | pd.Index[str]",
    *,
    n: ArrayLike,
    observed: ArrayLike,
    expected: ArrayLike,
    bits: ArrayLike,
    reason: Sequence[Said],
    abstained: ArrayLike = False,
    fair_low: ArrayLike = float("nan"),
    fair_high: ArrayLike = float("nan"),
) -> pd.DataFrame:
    """Lay out a detector's answer about units; an abstention is 0 bits and has no range.

    Parameters
    ----------
    unit_ids
        The units, each once.
    n, observed, expected, bits, abstained, fair_low, fair_high
        One value a unit (see `UNIT_COLUMNS`), or one for all.
    reason
        One sentence a unit: the evidence in words, or why the detector abstains.

    Returns
    -------
    pandas.DataFrame
        Columns and dtypes of `UNIT_COLUMNS`.

    Examples
    --------
    >>> few = Said("Four are too few.", "四份太少。")
    >>> four = answer(["D1"], n=4, observed=1, expected=1, bits=3.0, abstained=True, reason=[few])
    >>> float(four.loc["D1", "bits"]), four.loc["D1", "reason"], four.loc["D1", "reason_zh"]
    (0.0, 'Four are too few.', '四份太少。')
    """
    ids = unit_ids if isinstance(unit_ids, pd.Index) else list(unit_ids)
    index = pd.Index(ids, dtype="str", name="unit_id")
    values = {
        "n": n,
        "observed": observed,
        "expected": expected,
        "fair_low": fair_low,
        "fair_high": fair_high,
        "bits": bits,
        "abstained": abstained,
    }
    frame = pd.DataFrame({name: np.broadcast_to(np.asarray(value), len(index)) for name, value in values.items()})
    speaks = ~frame["abstained"].astype(bool)
    frame["bits"] = frame["bits"].where(speaks, 0.0)
    frame[["fair_low", "fair_high"]] = frame[["fair_low", "fair_high"]].where(speaks)
    frame["reason"], frame["reason_zh"] = _columns(reason)
    return frame.set_index(index).astype(UNIT_COLUMNS)


def records(source: str, frame: pd.DataFrame, reason: Said | Sequence[Said]) -> pd.DataFrame:
    """Lay out a detector's records of one source.

    Parameters
    ----------
    source
        Where the records come from (``surveys``, ``reviews`` or ``contacts``).
    frame
        Columns ``record_id``, ``unit_id`` and ``probability``.
    reason
        What is said of each record, or of all.
    """
    en, zh = reason if isinstance(reason, Said) else _columns(reason)
    spoken = frame.assign(source=source, reason=en, reason_zh=zh)
    return spoken[list(RECORD_COLUMNS)].astype(RECORD_COLUMNS).reset_index(drop=True)


def _columns(said: Sequence[Said]) -> "tuple[pd.api.extensions.ExtensionArray, pd.api.extensions.ExtensionArray]":
    """Return the English and the Chinese of several sentences."""
    return pd.array([one.en for one in said], dtype="str"), pd.array([one.zh for one in said], dtype="str")


def no_records() -> pd.DataFrame:
    """Return an empty frame of records."""
    return pd.DataFrame({name: pd.Series(dtype=dtype) for name, dtype in RECORD_COLUMNS.items()})
