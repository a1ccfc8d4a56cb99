"""Small networks as literal rows, for the tests of dossiers."""

from collections.abc import Mapping, Sequence
from datetime import date

import pandas as pd

from detectors.core.observations import Observations
from detectors.core.weighing import Weighing

DAY = date(2026, 10, 31)
NOTHING_SUSPICIOUS: Sequence[tuple[str, str, str, str, float]] = ()


def interviews(rows: Sequence[Mapping[str, object]]) -> pd.DataFrame:
    """Interviews with what every one of them has, numbered R0, R1 and so on."""
    usual = {"survey": "SSI", "dealer_id": "D1", "interviewer_id": "A1", "overall": 10.0, "q_attitude": 10.0}
    frame = pd.DataFrame([usual | {"response_id": f"R{place}"} | dict(row) for place, row in enumerate(rows)])
    if "called_at" in frame.columns:
        frame["called_at"] = pd.to_datetime(frame["called_at"])
    texts = [name for name in frame.columns if not name.startswith(("q_", "fact_", "overall", "called_at", "duration"))]
    return frame.astype(dict.fromkeys(texts, "str"))


def observed(rows: Sequence[Mapping[str, object]], *, closing_months: int = 1, **others: pd.DataFrame) -> Observations:
    """A window of those interviews, with other sources beside them."""
    return Observations(DAY, {"surveys": interviews(rows), **others}, closing_months=closing_months)


def found(
    records: Sequence[tuple[str, str, str, str, float]] = NOTHING_SUSPICIOUS,
    flagged: Sequence[tuple[str, str]] = (),
) -> Weighing:
    """What a night found: source, record, dealer, scheme and probability of records, and kind and id of the flagged."""
    named = pd.DataFrame(records, columns=["source", "record_id", "dealer_id", "scheme", "probability"])
    named["reasons"] = [f"It is {scheme}." for scheme in named["scheme"]]
    named["reasons_zh"] = "如此。"
    scores = pd.DataFrame(flagged, columns=["unit_kind", "unit_id"]).assign(flagged=1)
    return Weighing(pd.DataFrame(), scores, named, pd.DataFrame())
