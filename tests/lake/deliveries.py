"""Literal deliveries, as the gate hands them to the lake."""

import pandas as pd

from lake import Key

KEY = Key(bytes(range(32)), origin="a test")
PHONE = "13812345678"
VIN = "LSVAA49J132047371"


def surveys(file_name: str, *rows: tuple[str, str, float], phone: str = PHONE) -> pd.DataFrame:
    """Make interviews of (response_id, called_at, overall)."""
    ids, times, scores = zip(*rows, strict=True)
    return pd.DataFrame(
        {
            "response_id": pd.Series(ids, dtype="str"),
            "survey": pd.Series(["SSI"] * len(rows), dtype="str"),
            "wave": pd.Series([time[:7] for time in times], dtype="str"),
            "dealer_id": pd.Series(["D1"] * len(rows), dtype="str"),
            "customer_id": pd.Series(["C1"] * len(rows), dtype="str"),
            "vin": pd.Series([VIN] * len(rows), dtype="str"),
            "phone": pd.Series([phone] * len(rows), dtype="str"),
            "called_at": pd.Series(pd.to_datetime(list(times))).astype("datetime64[us]"),
            "duration_s": pd.Series([300.0] * len(rows)),
            "overall": pd.Series(scores, dtype="float32"),
            "q_attitude": pd.Series(scores, dtype="float32"),
            "verbatim": pd.Series(["挺好，请打13812345678"] * len(rows), dtype="str"),
            "file_name": pd.Series([file_name] * len(rows), dtype="str"),
            "row_number": range(2, len(rows) + 2),
        }
    )
