"""What a night keeps for the console beside its findings: dossiers, the detectors' words, and who the units are.

The console reads these and reckons nothing again, so that a case looks as it did on the night it was weighed.
"""

import json

import pandas as pd
from sqlalchemy import Connection, Table, delete, func, select, tuple_

from sql import tables
from sql.bulk import insert_frame, keys_of
from sql.runs import RunResult

_WORDS = ["title", "title_zh", "honest", "honest_zh"]
_DEALER = ["name", "brand", "region", "province", "city", "dealer_group", "target_score"]
_AT_ONCE = 500
"""Keys in one statement: databases bound how many values a statement may carry."""


def keep(connection: Connection, run_key: int, result: RunResult) -> None:
    """Write what a finished run keeps for the console; the cases have been appended to already.

    Parameters
    ----------
    connection
        In the writing transaction of the run.
    run_key
        The run.
    result
        What it found.
    """
    _keep_dossiers(connection, run_key, result)
    _keep_wordings(connection, run_key, result.wordings)
    if _is_newest(connection, result.business_date.isoformat()):
        dealers = result.dealer_facts.assign(unit_kind="dealer", unit_id=result.dealer_facts["dealer_id"])
        _replace(connection, tables.dealers, dealers, _DEALER)
        callers = result.agencies.assign(unit_kind="interviewer", unit_id=result.agencies["interviewer_id"])
        _replace(connection, tables.interviewers, callers, ["vendor"])


def open_units(connection: Connection) -> list[tuple[str, str]]:
    """Return kind and id of each unit that has an open case."""
    query = (
        select(tables.units.c.unit_kind, tables.units.c.unit_id)
        .join(tables.cases, tables.cases.c.unit_key == tables.units.c.unit_key)
        .where(tables.cases.c.status != "closed")
        .order_by(tables.units.c.unit_kind, tables.units.c.unit_id)
    )
    return [(row.unit_kind, row.unit_id) for row in connection.execute(query)]


def _keep_dossiers(connection: Connection, run_key: int, result: RunResult) -> None:
    """Keep the dossiers of the open cases whose newest night this run is."""
    if not result.dossiers:
        return
    query = (
        select(tables.cases.c.case_id, tables.units.c.unit_kind, tables.units.c.unit_id)
        .join(tables.units, tables.cases.c.unit_key == tables.units.c.unit_key)
        .where(tables.cases.c.status != "closed", tables.cases.c.last_run_key == run_key)
    )
    kept = [
        (row.case_id, json.dumps(result.dossiers[row.unit_kind, row.unit_id], ensure_ascii=False, allow_nan=False))
        for row in connection.execute(query)
        if (row.unit_kind, row.unit_id) in result.dossiers
    ]
    frame = pd.DataFrame(kept, columns=["case_id", "dossier_json"])
    _remove(connection, tables.dossiers, "case_id", frame["case_id"])
    insert_frame(connection, tables.dossiers, frame, {"run_key": run_key})


def _keep_wordings(connection: Connection, run_key: int, wordings: pd.DataFrame) -> None:
    """Keep the words of each detector that says something else than it last did."""
    if wordings.empty:
        return
    told = wordings.reindex(columns=_WORDS)
    told.insert(0, "detector_key", keys_of(connection, tables.detectors, wordings))
    worded = tables.detector_wordings.c
    newest = select(worded.detector_key, func.max(worded.from_run_key)).group_by(worded.detector_key)
    query = select(worded.detector_key, *(worded[name] for name in _WORDS)).where(
        tuple_(worded.detector_key, worded.from_run_key).in_(newest)
    )
    held = {tuple(row) for row in connection.execute(query)}
    differs = [row not in held for row in told.itertuples(index=False, name=None)]
    insert_frame(connection, tables.detector_wordings, told[differs], {"from_run_key": run_key})


def _is_newest(connection: Connection, business_date: str) -> bool:
    """Tell whether no finished run is of a later day."""
    run = tables.runs.c
    query = select(func.count()).where(run.status == "done", run.business_date > business_date)
    return connection.execute(query).scalar_one() == 0


def _replace(connection: Connection, table: Table, frame: pd.DataFrame, names: list[str]) -> None:
    """Replace what is known of the units of the frame; others keep what was known."""
    rows = frame.reindex(columns=names)
    rows.insert(0, "unit_key", keys_of(connection, tables.units, frame))
    rows = rows.drop_duplicates("unit_key", keep="last")
    _remove(connection, table, "unit_key", rows["unit_key"])
    insert_frame(connection, table, rows, {})


def _remove(connection: Connection, table: Table, key: str, values: "pd.Series[int]") -> None:
    for first in range(0, len(values), _AT_ONCE):
        connection.execute(delete(table).where(table.c[key].in_(values.iloc[first : first + _AT_ONCE].tolist())))
