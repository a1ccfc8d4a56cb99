"""One command runs every benchmark that there is."""

import importlib
import re
from pathlib import Path

import pytest

from benchmarks.__main__ import FULL

ROOT = Path(__file__).parents[2]


def _written_in(name: str) -> Path:
    """Return the file of a benchmark's command: a module's own, or its package's."""
    module = ROOT / "benchmarks" / f"{name}.py"
    return module if module.exists() else ROOT / "benchmarks" / name / "__main__.py"


def test_every_module_and_package_with_a_command_is_among_them() -> None:
    modules = {path.stem for path in (ROOT / "benchmarks").glob("*.py") if "def main()" in path.read_text("utf-8")}
    packages = {path.parent.name for path in (ROOT / "benchmarks").glob("*/__main__.py")}
    assert (modules - {"__main__"}) | packages == FULL.keys()


@pytest.mark.parametrize("name", FULL)
def test_a_command_takes_the_arguments_that_it_is_given_and_has_a_place_on_the_page(
    name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    written_in = _written_in(name)
    package = "" if written_in.stem == name else ".__main__"
    module = importlib.import_module(f"benchmarks.{name}{package}")
    monkeypatch.setattr("sys.argv", [name, "--help"])
    with pytest.raises(SystemExit):
        module.main()
    options = set(re.findall(r"--[a-z]+", capsys.readouterr().out))
    assert {part for part in FULL[name] if part.startswith("--")} <= options
    places = re.findall(r'quote\("([a-z-]+)"', written_in.read_text(encoding="utf-8"))
    page = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    assert [place for place in places if f"<!-- {place} -->" not in page] == []
