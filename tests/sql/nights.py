"""Small runs as literal rows, for the tests of the store."""

from collections.abc import Sequence
from datetime import date, datetime

import numpy as np
import pandas as pd

from sql.runs import RunFacts, RunResult

NOTHING = float("nan")
Score = tuple[str, str, float, int, float, float]
"""unit_id, scheme, bits, flagged, probability, affected_share (of 100 interviews)."""


def facts(run_id: str, business_date: str = "2026-10-31") -> RunFacts:
    """A run at two in the morning after its date."""
    day = date.fromisoformat(business_date)
    at = datetime(day.year, day.month, day.day, 2, 17)  # noqa: DTZ001 - no offset means Shanghai
    return RunFacts(run_id, day, at, at.replace(minute=18), "0.1.0", "5e" * 32, "{}", f"fingerprint of {run_id}")


def inputs() -> pd.DataFrame:
    """One file with three rows, one of them bad."""
    return pd.DataFrame(
        [("surveys", "surveys_vendor_b.csv", "ab" * 32, 3, 2, 1, 7)],
        columns=[
            "source", "file_name", "file_sha256", "rows_read", "rows_accepted", "rows_quarantined", "table_version",
        ],
    )  # fmt: skip


def quarantine() -> pd.DataFrame:
    """The bad row."""
    return pd.DataFrame(
        [("surveys", "surveys_vendor_b.csv", 4, "in_range", "phone", "138****5678", "not a number")],
        columns=["source", "file_name", "row_number", "rule", "column_name", "value_masked", "reason"],
    )


def scores(rows: Sequence[Score]) -> pd.DataFrame:
    """Scores of units with a hundred interviews each."""
    frame = pd.DataFrame(rows, columns=["unit_id", "scheme", "bits", "flagged", "probability", "affected_share"])
    kinds = ["interviewer" if scheme == "fabricated" else "dealer" for scheme in frame["scheme"]]
    odds = frame["probability"] / (1 - frame["probability"]) / np.exp2(frame["bits"].clip(-500, 500))
    frame = frame.assign(unit_kind=kinds, n=100, q_value=0.01, affected_low=0.1, affected_high=0.9)
    return frame.assign(prior=odds / (1 + odds))


def night(run_id: str, rows: Sequence[Score], business_date: str = "2026-10-31") -> RunResult:
    """A finished run with those scores, and one row of everything else."""
    known = facts(run_id, business_date)
    evidence = pd.DataFrame(
        [
            ("D1", 100.0, 31.0, 12.0, 9.5, False, "31 of 100 said so"),
            ("D2", NOTHING, NOTHING, NOTHING, 0.0, True, "9 interviews, 20 needed"),
        ],
        columns=["unit_id", "n", "observed", "expected", "bits", "abstained", "reason"],
    ).assign(unit_kind="dealer", scheme="coached", family="wording", detector="shared_scripts")
    records = pd.DataFrame(
        [
            ("surveys", "R1", "D1", "coached", 0.9, "same words as R2"),
            ("reviews", "V1", None, "review_manipulation", 0.5, "=HYPERLINK(...)"),
        ],
        columns=["source", "record_id", "dealer_id", "scheme", "probability", "reasons"],
    )
    dealers = pd.DataFrame(
        [("D1", "SSI", 100, 9.4, 8.1, 7.9, 8.3)],
        columns=["dealer_id", "survey", "n", "reported_score", "adjusted_score", "adjusted_low", "adjusted_high"],
    )
    return RunResult(
        **vars(known),
        inputs=inputs(),
        quarantine=quarantine(),
        evidence=evidence,
        scores=scores(rows),
        records=records,
        dealers=dealers,
    )


HONEST: Score = ("D2", "coached", -1.5, 0, 0.001, 0.0)
COACHED: Score = ("D1", "coached", 12.0, 1, 0.8, 0.4)
STAFF_NUMBERS: Score = ("D1", "fake_contacts", 15.0, 1, 0.9, 0.2)
