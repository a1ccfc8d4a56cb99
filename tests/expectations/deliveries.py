"""Literal rows as the gate receives them: one valid row of every source, from which bad ones differ in one value."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd

from detectors.core.sources import SOURCES, Kind
from expectations.context import Context
from expectations.gate import judge
from expectations.verdict import Verdict

TODAY = date(2026, 10, 31)
CUSTOMERS = pd.DataFrame({"dealer_id": ["D1"], "customer_id": ["C1"]}, dtype="str")
CONTEXT = Context(TODAY, scales={"CSI": (1, 5)}, dealers={"D1", "D2"}, customers=CUSTOMERS)

PHONE = "13812345678"
VIN = "LSVAA49J132047371"

VALID: Mapping[str, dict[str, Any]] = {
    "surveys": {
        "response_id": "R1",
        "survey": "SSI",
        "wave": "2026-10",
        "vendor": "A",
        "interviewer_id": "I1",
        "dealer_id": "D1",
        "customer_id": "C1",
        "vin": VIN,
        "phone": PHONE,
        "called_at": "2026-10-12 09:30",
        "duration_s": 310,
        "overall": 9,
        "q_attitude": 9,
        "q_waiting": 8,
        "q_price": None,
        "q_facility": 10,
        "fact_walk_round": 1,
        "verbatim": "挺好",
    },
    "contacts": {
        "contact_id": "K1",
        "survey": "SSI",
        "wave": "2026-10",
        "dealer_id": "D1",
        "customer_id": "C1",
        "phone": PHONE,
        "attempted_at": "2026-10-12 09:30",
        "disposition": "completed",
    },
    "transactions": {
        "transaction_id": "T1",
        "dealer_id": "D1",
        "customer_id": "C1",
        "vin": VIN,
        "phone": PHONE,
        "kind": "sale",
        "happened_on": "2026-09-30",
        "amount": 188_000,
    },
    "reviews": {
        "review_id": "V1",
        "platform": "autohome",
        "author_id": "U1",
        "dealer_id": "D1",
        "posted_at": "2026-10-12 21:00",
        "rating": 4.5,
        "text": "不错",
        "author_reviews": 3,
        "author_joined_on": "2020-02-01",
    },
    "dealers": {"dealer_id": "D1", "name": "申华", "opened_on": "2012-05-01", "target_score": 9.2},
    "staff": {"dealer_id": "D1", "staff_id": "S1", "role": "sales", "phone": PHONE},
    "complaints": {
        "complaint_id": "X1",
        "dealer_id": "D1",
        "customer_id": "C1",
        "phone": PHONE,
        "filed_on": "2026-10-20",
        "text": "修了三次",
    },
    "audits": {"audit_id": "A1", "dealer_id": "D1", "kind": "mystery_shop", "audited_on": "2026-10-02", "score": 91},
}

_DTYPES = {
    Kind.TIME: "datetime64[us]",
    Kind.DATE: "datetime64[us]",
    Kind.NUMBER: "float64",
    Kind.RATING: "float32",
    Kind.FLAG: "float32",
}


def rows(source: str, *changes: Mapping[str, Any], file_names: Sequence[str] | None = None) -> pd.DataFrame:
    """Make one row for each of `changes`: the valid row, changed, with an id of its own unless the change names one."""
    key = SOURCES[source].key
    records = [{**VALID[source], key: f"N{place}", **change} for place, change in enumerate(changes)]
    frame = pd.DataFrame.from_records(records, columns=list(VALID[source]))
    for column in SOURCES[source].known(frame.columns):
        dtype: Any = _DTYPES.get(column.kind, "str")
        frame[column.name] = frame[column.name].astype(dtype)
    frame["file_name"] = pd.Categorical([*(file_names or [f"{source}.csv"] * len(changes))])
    frame["row_number"] = range(2, len(changes) + 2)
    return frame


def unread(*cells: tuple[int, str, str | None, str]) -> pd.DataFrame:
    """Make the cells that could not be read, of (label, column, value, problem)."""
    frame = pd.DataFrame(cells, columns=["row", "column", "value", "problem"])
    return frame.astype({"row": "int64", "column": "str", "value": "str", "problem": "str"})


def judged(
    source: str, *changes: Mapping[str, Any], cells: pd.DataFrame | None = None, context: Context = CONTEXT
) -> Verdict:
    """Judge rows made of `changes`."""
    return judge(source, rows(source, *changes), unread() if cells is None else cells, context)


def broken(verdict: Verdict) -> list[tuple[int, str, str, str]]:
    """Return the quarantine as (row number, rule, column, masked value)."""
    columns = ["row_number", "rule", "column_name", "value_masked"]
    return [tuple(row) for row in verdict.quarantine[columns].astype(object).itertuples(index=False)]
