"""Imports point one way, and what must start fast loads nothing heavy."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ("benchmarks", "detectors", "expectations", "flows", "lake", "review", "simulation", "sql")
MAY_IMPORT = {
    "detectors.core": set(),
    "detectors": {"detectors.core"},
    "expectations": {"detectors.core"},
    "lake": {"detectors.core"},
    "sql": {"detectors.core"},
    "simulation": {"detectors.core"},
    "review": {"detectors.core", "lake", "sql"},
}
HEAVY = ("prefect", "great_expectations", "pyod")


def room_of(module: str) -> str:
    return "detectors.core" if module.split(".")[:2] == ["detectors", "core"] else module.split(".", 1)[0]


def imported_by(path: Path, module: str) -> set[str]:
    """Return every module that a file imports anywhere in it, `from package import module` resolved to the module."""
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package.split(".")[: len(package.split(".")) - node.level + 1]) if node.level else ""
            origin = ".".join(part for part in (base, node.module) if part)
            found |= {origin} | {f"{origin}.{alias.name}" for alias in node.names}
    return found


def modules() -> dict[str, Path]:
    """Return every module of ours by name."""
    files = [path for room in ROOMS for path in (ROOT / room).rglob("*.py") if "__pycache__" not in path.parts]
    names = {}
    for path in files:
        parts = path.relative_to(ROOT).with_suffix("").parts
        names[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return names


def import_graph() -> dict[str, set[str]]:
    """Return what each module of ours imports of ours, packages on the way to a module included."""
    ours = modules()
    graph = {}
    for name, path in ours.items():
        direct = {other for other in imported_by(path, name) if other in ours}
        packages = {".".join(other.split(".")[:depth]) for other in direct for depth in range(1, other.count(".") + 1)}
        graph[name] = (direct | (packages & ours.keys())) - {name}
    return graph


def reachable(graph: dict[str, set[str]], start: str) -> set[str]:
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        for other in graph[waiting.pop()] - seen:
            seen.add(other)
            waiting.append(other)
    return seen


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_a_room_imports_only_what_lies_below_it_even_through_others(room: str) -> None:
    graph = import_graph()
    trespasses = [
        f"{module} -> {other}"
        for module in graph
        if room_of(module) == room
        for other in sorted(reachable(graph, module))
        # The package `detectors` is the empty way to `detectors.core`.
        if other != "detectors" and room_of(other) not in MAY_IMPORT[room] | {room}
    ]
    assert trespasses == []


def test_the_package_on_the_way_to_the_core_is_empty_of_imports() -> None:
    assert imported_by(ROOT / "detectors" / "__init__.py", "detectors") == set()


def test_the_rule_sees_a_module_that_is_imported_inside_a_function_and_through_a_package(tmp_path: Path) -> None:
    (tmp_path / "late.py").write_text("def later():\n    from sql.store import open_store\n")
    (tmp_path / "near.py").write_text("from . import store\nfrom .views import names\n")

    assert "sql.store" in imported_by(tmp_path / "late.py", "lake.late")
    assert {"sql.store", "sql.views", "sql.views.names"} <= imported_by(tmp_path / "near.py", "sql.near")


@pytest.mark.parametrize("module", ["detectors.core", "sql", "lake", "review.app", "flows.command"])
def test_importing_loads_nothing_heavy(module: str) -> None:
    loaded = subprocess.run(
        [sys.executable, "-c", f"import sys, {module}; print(*sys.modules)"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()

    assert [name for name in HEAVY if name in loaded] == []
