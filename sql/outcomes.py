"""What can be learnt from what people decided: the newest outcome of each unit and scheme, and counts of them."""

import pandas as pd
from sqlalchemy import Connection, case, func, select

from sql import tables
from sql.decisions import OUTCOMES


def decided(connection: Connection) -> pd.DataFrame:
    """Return the newest decision of each unit and scheme, on closed cases.

    Returns
    -------
    pandas.DataFrame
        unit_kind, unit_id, scheme, outcome, decided_at (wall-clock time in Asia/Shanghai, no offset).
    """
    finding, held = tables.findings, tables.cases
    newest_first = func.row_number().over(
        partition_by=(held.c.unit_key, finding.c.scheme_key),
        order_by=(finding.c.decided_at.desc(), finding.c.case_id.desc()),
    )
    ranked = (
        select(held.c.unit_key, finding.c.scheme_key, finding.c.outcome, finding.c.decided_at, newest_first.label("r"))
        .join(held, finding.c.case_id == held.c.case_id)
        .where(held.c.status == "closed", finding.c.outcome.is_not(None))
        .cte("ranked")
    )
    query = (
        select(tables.units.c.unit_kind, tables.units.c.unit_id, tables.schemes.c.scheme)
        .add_columns(ranked.c.outcome, ranked.c.decided_at)
        .select_from(ranked)
        .join(tables.units, ranked.c.unit_key == tables.units.c.unit_key)
        .join(tables.schemes, ranked.c.scheme_key == tables.schemes.c.scheme_key)
        .where(ranked.c.r == 1)
        .order_by(tables.units.c.unit_kind, tables.units.c.unit_id, tables.schemes.c.scheme)
    )
    names = ["unit_kind", "unit_id", "scheme", "outcome", "decided_at"]
    frame = pd.DataFrame(connection.execute(query).all(), columns=names).astype("str")
    at = pd.to_datetime(frame["decided_at"].str.slice(0, 19), format="%Y-%m-%dT%H:%M:%S")
    frame["decided_at"] = at.astype("datetime64[us]")
    return frame


def outcomes(connection: Connection) -> pd.DataFrame:
    """Count what reviewers decided on closed cases, for learning the prior of each scheme.

    Returns
    -------
    pandas.DataFrame
        scheme; confirmed, refuted and inconclusive (counts); expected_confirmed: the sum of the probabilities, as they
        stood when decided, of the confirmed and refuted findings.
    """
    finding = tables.findings.c
    settled = finding.outcome.in_(("confirmed", "refuted"))
    counts = [func.sum(case((finding.outcome == outcome, 1), else_=0)).label(outcome) for outcome in OUTCOMES]
    expected = func.sum(case((settled, func.coalesce(finding.decided_probability, 0.0)), else_=0.0))
    query = (
        select(tables.schemes.c.scheme, *counts, expected.label("expected_confirmed"))
        .select_from(tables.findings)
        .join(tables.schemes, finding.scheme_key == tables.schemes.c.scheme_key)
        .join(tables.cases, finding.case_id == tables.cases.c.case_id)
        .where(tables.cases.c.status == "closed", finding.outcome.is_not(None))
        .group_by(tables.schemes.c.scheme)
        .order_by(tables.schemes.c.scheme)
    )
    frame = pd.DataFrame(connection.execute(query).all(), columns=["scheme", *OUTCOMES, "expected_confirmed"])
    whole = dict.fromkeys(OUTCOMES, "int64")
    return frame.astype({"scheme": "str", "expected_confirmed": "float64"} | whole)
