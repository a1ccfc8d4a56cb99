"""The example of docs/detectors.md, dropped in as one file, is discovered and weighed like any other."""

import importlib
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import detectors
import detectors.ratings
from detectors.core.detector import Detector, discover
from detectors.core.weighing import weigh
from simulation import WorldSettings, simulate

PAGE = Path(__file__).parents[2] / "docs" / "detectors.md"


@pytest.fixture
def hurry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Detector]:
    (code,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL)
    (tmp_path / "hurry.py").write_text(code, encoding="utf-8")
    monkeypatch.setattr(detectors.ratings, "__path__", [*detectors.ratings.__path__, str(tmp_path)])
    importlib.invalidate_caches()
    discover.cache_clear()
    yield next(found for found in discover() if found.name == "hurry")
    discover.cache_clear()
    sys.modules.pop("detectors.ratings.hurry", None)


def test_a_file_dropped_into_a_family_is_found_and_weighed(hurry: Detector) -> None:
    assert (hurry.family, hurry.name) == ("ratings", "hurry")
    world = simulate(WorldSettings(seed=5, dealers=40, end="2026-10"))
    evidence = weigh(world.observations()).evidence
    said = evidence[evidence["detector"] == "hurry"]
    assert len(said) == 40
    assert not said["abstained"].all()
    assert said.loc[~said["abstained"], "reason"].str.contains("perfect interviews took less than half").all()
    assert said.loc[~said["abstained"], "reason_zh"].str.contains("用时不到通常的一半").all()
    assert hurry.title.zh
    assert hurry.honest
