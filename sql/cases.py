"""Cases: one open per unit, a finding per scheme in it, to which every night appends.

A merged case is appended to like any other: only what people do with it follows its leading case.
"""

from dataclasses import dataclass

import pandas as pd
from sqlalchemy import Connection, bindparam, func, select, update

from detectors.core.schemes import Scheme
from sql import events, tables
from sql.bulk import insert_frame
from sql.changes import NIGHTLY
from sql.events import Event
from sql.severity import due_on, severity_of
from sql.timetable import bring_nearer, wake

_CURRENT = ["n", "bits", "probability", "affected_share", "affected_low", "affected_high"]


@dataclass(frozen=True)
class Night:
    """The run that appends.

    Parameters
    ----------
    run_key, run_id
        The run.
    business_date
        As text.
    at
        When it finished, as text.
    """

    run_key: int
    run_id: str
    business_date: str
    at: str


def append_night(connection: Connection, night: Night, scores: pd.DataFrame) -> tuple[int, int]:
    """Open cases for flagged units that have none open, and append the night to every open case.

    Nothing is closed here: an unflagged night only lowers the finding's current values. A night older than one that a
    case already has is appended to its history and leaves its current values alone. A sleeping case wakes when its day
    has come, or with a new scheme or a higher severity; that also brings its due date nearer.

    Parameters
    ----------
    connection
        In a writing transaction.
    night
        The run.
    scores
        unit_key, scheme_key, flagged, n, bits, probability and the affected_ columns: every unit × scheme.

    Returns
    -------
    tuple of int
        How many cases were opened, and how many that were open already were flagged again.
    """
    schemes = _scheme_names(connection)
    flagged = scores[scores["flagged"] == 1]
    before = _open_cases(connection)
    opened = _open(connection, night, flagged[~flagged["unit_key"].isin(before.index)])
    open_cases = pd.concat([before, opened])
    tonight = scores[scores["unit_key"].isin(open_cases.index)].copy()
    tonight["case_id"] = tonight["unit_key"].map(open_cases["case_id"]).astype("int64")
    tonight = tonight.sort_values(["case_id", "scheme_key"])
    stirred = _add_findings(connection, night, tonight, schemes)
    held = _findings(connection, open_cases["case_id"])
    appended = tonight.merge(held[["case_id", "scheme_key"]], on=["case_id", "scheme_key"])
    insert_frame(
        connection,
        tables.finding_nights,
        appended[["case_id", "scheme_key", "flagged", "n", "bits", "probability", "affected_share"]],
        {"run_key": night.run_key},
    )
    newest = open_cases.loc[open_cases["last_date"] <= night.business_date, "case_id"]
    stirred |= _update_current(connection, night, appended[appended["case_id"].isin(newest)], schemes)
    wake(connection, stirred, run_id=night.run_id, at=night.at)
    return len(opened), int(before.index.isin(flagged["unit_key"]).sum())


def _scheme_names(connection: Connection) -> "pd.Series[str]":
    rows = connection.execute(select(tables.schemes)).all()
    return pd.Series([row.scheme for row in rows], index=[row.scheme_key for row in rows], dtype="str")


def _open_cases(connection: Connection) -> pd.DataFrame:
    """Return case_id and last_date (of the newest night) by unit."""
    query = (
        select(tables.cases.c.unit_key, tables.cases.c.case_id, tables.runs.c.business_date)
        .join(tables.runs, tables.cases.c.last_run_key == tables.runs.c.run_key)
        .where(tables.cases.c.status != "closed")
    )
    frame = pd.DataFrame(connection.execute(query).all(), columns=["unit_key", "case_id", "last_date"])
    return frame.astype({"unit_key": "int64", "case_id": "int64", "last_date": "str"}).set_index("unit_key")


def _open(connection: Connection, night: Night, flagged: pd.DataFrame) -> pd.DataFrame:
    last = connection.execute(select(func.coalesce(func.max(tables.cases.c.case_id), 0))).scalar_one()
    lead = flagged.sort_values(["bits", "affected_share"], ascending=False).drop_duplicates("unit_key")
    lead = lead.sort_values("unit_key")
    severities = [severity_of(affected) for affected in _affected(flagged).groupby(flagged["unit_key"]).max()]
    new = pd.DataFrame(
        {
            "case_id": range(last + 1, last + 1 + len(lead)),
            "unit_key": lead["unit_key"].to_numpy(),
            "lead_scheme_key": lead["scheme_key"].to_numpy(),
            "severity": severities,
            "due_on": [due_on(severity, night.at) for severity in severities],
        }
    )
    texts = {"schemes": "", "status": "new", "opened_at": night.at, "updated_at": night.at}
    keys = {"first_run_key": night.run_key, "last_run_key": night.run_key}
    insert_frame(connection, tables.cases, new, {**texts, **keys})
    events.append(
        connection,
        [
            Event(case_id, night.at, NIGHTLY, "opened", {}, {"run_id": night.run_id, "due_on": due})
            for case_id, due in zip(new["case_id"].tolist(), new["due_on"], strict=True)
        ],
    )
    return new.assign(last_date=night.business_date).set_index("unit_key")[["case_id", "last_date"]]


def _findings(connection: Connection, case_ids: "pd.Series[int]") -> pd.DataFrame:
    query = (
        select(tables.findings)
        .join(tables.cases, tables.findings.c.case_id == tables.cases.c.case_id)
        .where(tables.cases.c.status != "closed")
    )
    frame = pd.DataFrame(connection.execute(query).all(), columns=tables.findings.columns.keys())
    frame = frame.astype({"case_id": "int64", "scheme_key": "int64"})
    return frame[frame["case_id"].isin(case_ids)]


def _add_findings(connection: Connection, night: Night, tonight: pd.DataFrame, schemes: "pd.Series[str]") -> set[int]:
    """Add the findings that a case has not had, and return the cases that have a new one."""
    held = _findings(connection, tonight["case_id"])
    flagged = tonight[tonight["flagged"] == 1]
    there = pd.MultiIndex.from_frame(held[["case_id", "scheme_key"]])
    new = flagged[~pd.MultiIndex.from_frame(flagged[["case_id", "scheme_key"]]).isin(there)]
    insert_frame(connection, tables.findings, new[["case_id", "scheme_key", *_CURRENT]], {})
    events.append(
        connection,
        [
            Event(
                case_id,
                night.at,
                NIGHTLY,
                "found",
                {},
                {"run_id": night.run_id, "scheme": schemes[scheme_key], "bits": round(bits, 2)},
            )
            for case_id, scheme_key, bits in new[["case_id", "scheme_key", "bits"]].to_numpy(dtype="object").tolist()
        ],
    )
    return set(new["case_id"].tolist())


def _update_current(
    connection: Connection, night: Night, appended: pd.DataFrame, schemes: "pd.Series[str]"
) -> set[int]:
    """Let cases show the night's values, and return those that become more severe."""
    if appended.empty:
        return set()
    finding = tables.findings
    connection.execute(
        update(finding)
        .where(finding.c.case_id == bindparam("of_case"), finding.c.scheme_key == bindparam("of_scheme"))
        .values({name: bindparam(f"new_{name}") for name in _CURRENT}),
        _parameters(
            appended[["case_id", "scheme_key", *_CURRENT]].set_axis(
                ["of_case", "of_scheme", *(f"new_{name}" for name in _CURRENT)], axis=1
            )
        ),
    )
    summaries = _summaries(_findings(connection, appended["case_id"]), schemes)
    severities = dict(zip(summaries["of_case"].tolist(), summaries["new_severity"].tolist(), strict=True))
    worse = bring_nearer(connection, severities, run_id=night.run_id, at=night.at)
    case = tables.cases
    connection.execute(
        update(case)
        .where(case.c.case_id == bindparam("of_case"))
        .values(
            {
                name: bindparam(f"new_{name}")
                for name in ("lead_scheme_key", "schemes", "severity", "affected", "probability")
            }
            | {"last_run_key": night.run_key, "updated_at": night.at}
        ),
        _parameters(summaries),
    )
    return worse


def _summaries(findings: pd.DataFrame, schemes: "pd.Series[str]") -> pd.DataFrame:
    """Return what a case says of all its findings together."""
    order = {scheme.value: place for place, scheme in enumerate(Scheme)}
    ranked = findings.astype({"bits": "float64", "affected_share": "float64", "probability": "float64"})
    ranked["affected"] = _affected(ranked)
    ranked["scheme"] = ranked["scheme_key"].map(schemes)
    ranked["place"] = ranked["scheme"].map(order).fillna(len(order))
    ranked = ranked.sort_values(["case_id", "bits", "affected_share", "place"], ascending=[True, False, False, True])
    by_case = ranked.groupby("case_id", sort=True)
    summary = pd.DataFrame(
        {
            "new_lead_scheme_key": by_case["scheme_key"].first(),
            "new_schemes": ranked.sort_values("place").groupby("case_id")["scheme"].agg(", ".join),
            "new_affected": by_case["affected"].max(),
            "new_probability": by_case["probability"].max(),
        }
    )
    summary["new_severity"] = [severity_of(affected) for affected in summary["new_affected"]]
    return summary.rename_axis("of_case").reset_index()


def _affected(findings: pd.DataFrame) -> "pd.Series[float]":
    """Return how many rows each finding says are affected, in expectation."""
    n, share, probability = (
        pd.to_numeric(findings[name]).astype("float64") for name in ("n", "affected_share", "probability")
    )
    return n * share * probability


def _parameters(frame: pd.DataFrame) -> list[dict[str, object]]:
    values = frame.astype(object)
    rows = values.where(values.notna(), None).to_numpy().tolist()
    return [dict(zip(frame.columns, row, strict=True)) for row in rows]
