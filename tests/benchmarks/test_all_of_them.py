"""One command runs every benchmark that there is."""

import importlib
import re
from pathlib import Path

import pytest

from benchmarks.__main__ import FULL

ROOT = Path(__file__).parents[2]


def test_every_module_with_a_command_is_among_them() -> None:
    commands = {
        path.stem for path in (ROOT / "benchmarks").glob("*.py") if "def main()" in path.read_text(encoding="utf-8")
    }
    assert commands - {"__main__"} == FULL.keys()


@pytest.mark.parametrize("name", FULL)
def test_a_command_takes_the_arguments_that_it_is_given_and_has_a_place_on_the_page(
    name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    module = importlib.import_module(f"benchmarks.{name}")
    monkeypatch.setattr("sys.argv", [name, "--help"])
    with pytest.raises(SystemExit):
        module.main()
    options = set(re.findall(r"--[a-z]+", capsys.readouterr().out))
    assert {part for part in FULL[name] if part.startswith("--")} <= options
    places = re.findall(r'quote\("([a-z-]+)"', (ROOT / "benchmarks" / f"{name}.py").read_text(encoding="utf-8"))
    page = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    assert [place for place in places if f"<!-- {place} -->" not in page] == []
