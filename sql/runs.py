"""A run: what it read, what it found, and how its rows are laid down."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import pandas as pd
from sqlalchemy import Connection, func, insert, select

from sql import tables
from sql.bulk import insert_frame, keys_of
from sql.times import as_text


@dataclass(frozen=True)
class RunFacts:
    """What is known of every run, whatever became of it.

    Parameters
    ----------
    run_id
        Unique; the caller's choice.
    business_date
        The day the run is for.
    started_at, finished_at
        Without an offset they are Shanghai's.
    code_version
        The release that ran.
    settings_sha256, settings_json
        The settings it ran with.
    fingerprint
        SHA-256 of all that decides its result (inputs, settings, ...): two runs of one date with the same fingerprint
        would find the same.
    """

    run_id: str
    business_date: date
    started_at: datetime
    finished_at: datetime
    code_version: str
    settings_sha256: str
    settings_json: str
    fingerprint: str


@dataclass(frozen=True)
class RunResult(RunFacts):
    """All that a finished run found: one frame per table; missing values are NaN.

    Parameters
    ----------
    inputs
        source, file_name, file_sha256, rows_read, rows_accepted, rows_quarantined, table_version.
    quarantine
        source, file_name, row_number, rule, column_name, value_masked, reason.
    evidence
        unit_kind, unit_id, scheme, family, detector, n, observed, expected, fair_low, fair_high, bits, family_bits,
        abstained, reason (why it abstained, if it did) and reason_zh.
    scores
        unit_kind, unit_id, scheme, n, bits, prior, probability, q_value, affected_share, affected_low, affected_high,
        flagged: every unit × scheme.
    records
        source, record_id, dealer_id, scheme, probability, reasons, reasons_zh.
    dealers
        dealer_id, survey, n, reported_score, adjusted_score, adjusted_low, adjusted_high.
    dossiers
        By kind and id of a unit, ready for JSON: what a reviewer reads and hears of its case. Those of units without an
        open case are not written.
    wordings
        family, detector, title, title_zh, honest and honest_zh (lists of sentences, as JSON): what each detector says
        of itself.
    dealer_facts
        dealer_id, name, brand, region, province, city, dealer_group, target_score.
    agencies
        interviewer_id, vendor: for which survey agency each interviewer calls.
    """

    inputs: pd.DataFrame
    quarantine: pd.DataFrame
    evidence: pd.DataFrame
    scores: pd.DataFrame
    records: pd.DataFrame
    dealers: pd.DataFrame
    dossiers: Mapping[tuple[str, str], Mapping[str, Any]] = field(default_factory=dict)
    wordings: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=["family", "detector"]))
    dealer_facts: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=["dealer_id"]))
    agencies: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=["interviewer_id"]))


@dataclass(frozen=True)
class Written:
    """What writing a run did to the cases.

    Parameters
    ----------
    run_id
        The run.
    cases_opened
        Cases that began with it.
    cases_updated
        Cases that were open already and were flagged again.
    """

    run_id: str
    cases_opened: int
    cases_updated: int


_INPUTS = ["source", "file_name", "file_sha256", "rows_read", "rows_accepted", "rows_quarantined", "table_version"]
_QUARANTINE = ["source", "file_name", "row_number", "rule", "column_name", "value_masked", "reason"]
_SCORE = ["n", "bits", "prior", "probability", "q_value", "affected_share", "affected_low", "affected_high", "flagged"]
_EVIDENCE = [
    *("n", "observed", "expected", "fair_low", "fair_high", "bits", "family_bits"),
    *("abstained", "reason", "reason_zh"),
]
_DEALER = ["survey", "n", "reported_score", "adjusted_score", "adjusted_low", "adjusted_high"]


def add_run(
    connection: Connection,
    facts: RunFacts,
    *,
    status: str,
    inputs: pd.DataFrame,
    quarantine: pd.DataFrame,
    problem: str | None = None,
) -> int:
    """Insert a run with its inputs and quarantine, and return its key."""
    run_key = int(connection.execute(select(func.coalesce(func.max(tables.runs.c.run_key), 0))).scalar_one()) + 1
    connection.execute(
        insert(tables.runs).values(
            run_key=run_key,
            run_id=facts.run_id,
            business_date=facts.business_date.isoformat(),
            status=status,
            started_at=as_text(facts.started_at),
            finished_at=as_text(facts.finished_at),
            code_version=facts.code_version,
            settings_sha256=facts.settings_sha256,
            settings_json=facts.settings_json,
            fingerprint=facts.fingerprint,
            problem=problem,
            cases_opened=0,
            cases_updated=0,
        )
    )
    for table, frame, names in (
        (tables.run_inputs, inputs, _INPUTS),
        (tables.quarantined_rows, quarantine, _QUARANTINE),
    ):
        rows = _only(frame, names).assign(position=range(1, len(frame) + 1))
        insert_frame(connection, table, rows, {"run_key": run_key})
    return run_key


def add_weighing(connection: Connection, run_key: int, result: RunResult) -> pd.DataFrame:
    """Insert scores, evidence, records and dealers of a run.

    Returns
    -------
    pandas.DataFrame
        The scores, with ``unit_key`` and ``scheme_key``.
    """
    run = {"run_key": run_key}
    dealers = result.dealers.assign(unit_kind="dealer", unit_id=result.dealers["dealer_id"])
    suspects = result.records.assign(unit_kind="dealer", unit_id=result.records["dealer_id"])
    named = suspects[suspects["unit_id"].notna()]

    scores = _with_keys(connection, result.scores, _SCORE)
    insert_frame(connection, tables.scores, scores, run)

    evidence = _with_keys(connection, result.evidence, _EVIDENCE)
    evidence["detector_key"] = keys_of(connection, tables.detectors, result.evidence)
    insert_frame(connection, tables.evidence, evidence, run)

    records = _only(suspects, ["source", "record_id", "probability", "reasons", "reasons_zh"])
    records["scheme_key"] = keys_of(connection, tables.schemes, suspects)
    records["dealer_key"] = keys_of(connection, tables.units, named).reindex(suspects.index)
    insert_frame(connection, tables.records, records, run)

    adjusted = _only(dealers, _DEALER)
    adjusted["unit_key"] = keys_of(connection, tables.units, dealers)
    insert_frame(connection, tables.dealer_scores, adjusted, run)
    return scores


def _with_keys(connection: Connection, frame: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    keyed = _only(frame, names)
    keyed["unit_key"] = keys_of(connection, tables.units, frame)
    keyed["scheme_key"] = keys_of(connection, tables.schemes, frame)
    return keyed


def _only(frame: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    """Return a copy of those columns; one that the frame does not have is empty."""
    return frame.reindex(columns=names)
