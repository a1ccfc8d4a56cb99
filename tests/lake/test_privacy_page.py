import re
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from lake import LakeUnreadable, history, land, observe
from lake.pseudonyms import DERIVED
from tests.lake.deliveries import KEY, surveys

PAGE = (Path(__file__).parents[2] / "docs" / "privacy.md").read_text(encoding="utf-8")


def test_every_fact_kept_of_a_number_is_on_the_page() -> None:
    assert [name for name in DERIVED if f"`{name}`" not in PAGE] == []


def test_the_removal_shown_on_the_page_leaves_no_trace_of_the_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake = tmp_path / "lake"
    both = surveys("a.csv", ("R1", "2026-10-01", 9.0), ("R2", "2026-10-02", 8.0))
    land(lake, "surveys", both, KEY)
    land(lake, "surveys", surveys("b.csv", ("R1", "2026-10-01", 4.0)), KEY)
    monkeypatch.chdir(tmp_path)
    shown = re.search(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert shown is not None
    exec(shown.group(1))  # noqa: S102 - the page is ours
    stored = [row for part in lake.rglob("*.parquet") for row in pq.read_table(part)["response_id"].to_pylist()]
    assert stored == ["R2"]
    assert observe(lake, business_date=date(2026, 10, 31))["surveys"]["response_id"].tolist() == ["R2"]
    assert history(lake, "surveys", "R1").empty
    assert history(lake, "surveys", "R2")["overall"].tolist() == [8.0]
    assert land(lake, "surveys", both, KEY).inserted == 0
    with pytest.raises(LakeUnreadable, match="surveys"):
        observe(lake, business_date=date(2026, 10, 31), versions={"surveys": 0})
