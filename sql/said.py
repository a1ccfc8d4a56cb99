"""What every detector said of a unit, in the words that it had for itself that night."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, select

from sql import tables


@dataclass(frozen=True)
class Evidence:
    """What one detector said that night, and what it says of itself.

    Parameters
    ----------
    observed, expected
        What the detector counted or measured, and what honest units like this one have.
    fair_low, fair_high
        What nine in ten honest units like this one have, where there is a range.
    family_bits
        What its family as a whole adds to the scheme's bits; None where the night kept no bars.
    title, title_zh, honest, honest_zh
        What it looks for, and what honest thing can look the same; empty if the night stored no wording.
    """

    scheme: str
    family: str
    detector: str
    detector_key: int
    n: int | None
    observed: float | None
    expected: float | None
    fair_low: float | None
    fair_high: float | None
    bits: float
    family_bits: float | None
    abstained: bool
    reason: str | None
    reason_zh: str | None
    title: str
    title_zh: str
    honest: tuple[str, ...]
    honest_zh: tuple[str, ...]


@dataclass(frozen=True)
class _Wording:
    title: str
    title_zh: str
    honest: tuple[str, ...]
    honest_zh: tuple[str, ...]


def evidence_of(
    connection: Connection, unit_key: int, run_key: int, before: int | None
) -> tuple[list[Evidence], list[Evidence]]:
    """Return what every detector said of a unit in the run `run_key`, and in the run `before` (nothing if None)."""
    said, detector = tables.evidence.c, tables.detectors.c
    query = (
        select(said.run_key, tables.schemes.c.scheme, detector.family, detector.detector, said.detector_key)
        .add_columns(said.n, said.observed, said.expected, said.fair_low, said.fair_high, said.bits, said.family_bits)
        .add_columns(said.abstained, said.reason, said.reason_zh)
        .select_from(tables.evidence)
        # Outer joins, though every key has its name: no database then begins with the names, and reads all units.
        .outerjoin(tables.schemes, said.scheme_key == tables.schemes.c.scheme_key)
        .outerjoin(tables.detectors, said.detector_key == detector.detector_key)
        .where(said.run_key.in_([run_key, before or run_key]), said.unit_key == unit_key)
        .order_by(said.scheme_key, said.detector_key)
    )
    rows = connection.execute(query).all()
    worded = _wordings(connection, {row.detector_key for row in rows}, run_key)
    return (
        [_said(row, worded) for row in rows if row.run_key == run_key],
        [_said(row, worded) for row in rows if row.run_key != run_key],
    )


def _wordings(connection: Connection, detector_keys: Collection[int], run_key: int) -> dict[int, _Wording]:
    worded = tables.detector_wordings.c
    query = (
        select(worded.detector_key, worded.title, worded.title_zh, worded.honest, worded.honest_zh)
        .where(worded.detector_key.in_(sorted(detector_keys)), worded.from_run_key <= run_key)
        .order_by(worded.from_run_key)
    )
    return {
        row.detector_key: _Wording(
            row.title, row.title_zh, tuple(json.loads(row.honest)), tuple(json.loads(row.honest_zh))
        )
        for row in connection.execute(query)
    }


def _said(row: Row[Any], worded: Mapping[int, _Wording]) -> Evidence:
    plain = row.detector.replace("_", " ")
    values = {**row._mapping, "abstained": bool(row.abstained)}
    del values["run_key"]
    return Evidence(**values, **vars(worded.get(row.detector_key, _Wording(plain, plain, (), ()))))
