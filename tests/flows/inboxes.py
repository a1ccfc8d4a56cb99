"""Small inboxes of literal rows."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

SURVEYS = [
    {
        "response_id": f"R{place:03}",
        "survey": "CSI",
        "wave": "2026-10",
        "dealer_id": f"D{place % 4}",
        "called_at": f"2026-10-{place % 28 + 1:02}T10:{place % 60:02}:00",
        "overall": str(6 + place % 5),
        "q_advice": str(5 + place % 6),
        "q_time": str(6 + place % 4),
        "q_price": str(4 + place % 7),
        "phone": f"138{place:08}",
        "verbatim": "服务还可以",
    }
    for place in range(80)
]


def write_rows(path: Path, rows: Sequence[Mapping[str, str]]) -> Path:
    """Write rows as a csv file with a heading."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def small_inbox(folder: Path) -> Path:
    """Write eighty good interviews of four dealers."""
    write_rows(folder / "surveys.csv", SURVEYS)
    return folder
