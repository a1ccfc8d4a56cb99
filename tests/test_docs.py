"""The documentation: links lead somewhere, settings are described, and what a reader may type runs."""

import re
import shlex
import subprocess
from pathlib import Path
from urllib.parse import unquote

import pytest
import typer.main

from flows import __version__
from flows.command import app
from flows.settings import Settings

ROOT = Path(__file__).parent.parent
PAGES = sorted(
    path
    for path in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"))
    if not {".venv", "demo"} & set(path.relative_to(ROOT).parts)
)
READMES = ("README.md", "README.zh-CN.md")


def anchors_of(path: Path) -> set[str]:
    """Return the anchors that a page's headings get."""
    headings = re.findall(r"^#+\s+(.+?)\s*$", _without_code(path.read_text(encoding="utf-8")), re.MULTILINE)
    plain = (re.sub(r"\[([^\]]+)\]\([^)]*\)|[`*]", r"\1", heading) for heading in headings)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in plain}


def _without_code(text: str) -> str:
    return re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_of_a_page_leads_to_a_file_and_a_heading_that_are_there(page: Path) -> None:
    broken = []
    for link in re.findall(r"\]\(([^)\s]+)\)", _without_code(page.read_text(encoding="utf-8"))):
        if re.match(r"[a-z]+:", link):
            continue
        file, _, anchor = unquote(link).partition("#")
        target = (page.parent / file).resolve() if file else page
        if not target.exists() or (anchor and target.suffix == ".md" and anchor not in anchors_of(target)):
            broken.append(link)
    assert broken == []


def test_every_setting_is_described_where_operators_look_and_nothing_else_is() -> None:
    text = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    table = text.partition("## Settings")[2].partition("```")[0]
    described = dict(re.findall(r"^\| `(\w+)` \| .*? \| (.+) \|$", table, re.MULTILINE))

    assert described == {name: field.description for name, field in Settings.model_fields.items()}


def test_the_described_defaults_are_the_defaults() -> None:
    text = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    table = text.partition("## Settings")[2].partition("```")[0]
    described = dict(re.findall(r"^\| `(\w+)` \| (.*?) \| .+ \|$", table, re.MULTILINE))

    for name, field in Settings.model_fields.items():
        default = field.get_default(call_default_factory=True)
        values = default if isinstance(default, tuple) else [default] if default not in (None, {}) else []
        empty = "" if default is None else "none"
        assert described[name] == (", ".join(f"`{value}`" for value in values) or empty), name


def shell_lines(page: str) -> list[str]:
    """Return what a page tells a reader to type."""
    blocks = re.findall(r"^```sh\n(.*?)^```", (ROOT / page).read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    lines = "".join(blocks).replace("\\\n", " ").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.strip().startswith("#")]


@pytest.mark.parametrize("page", READMES)
def test_what_the_readme_tells_to_type_is_there_to_be_typed(page: str) -> None:
    lines = shell_lines(page)

    assert lines
    for line in lines:
        words = shlex.split(line, comments=True)
        assert is_runnable(words), line


def test_both_readmes_tell_the_same_commands() -> None:
    assert shell_lines(READMES[0]) == shell_lines(READMES[1])


def is_runnable(words: list[str]) -> bool:
    """Tell whether make has the target, or mingcha the command and its options."""
    while words and re.fullmatch(r"[A-Z_]+=.*", words[0]):
        words = words[1:]
    name = Path(words[0]).name
    if name == "make":
        asked = subprocess.run(["make", "--dry-run", *words[1:]], cwd=ROOT, capture_output=True, check=False)
        return asked.returncode == 0
    if name == "mingcha":
        return _parses(words[1:])
    return name in {"cd", "git"}


def _parses(words: list[str]) -> bool:
    """Parse a command line without running it."""
    command = typer.main.get_command(app)
    context = command.make_context("mingcha", [], resilient_parsing=True)
    while words and hasattr(command, "commands"):
        if words[0] not in command.commands:
            return False
        command, words = command.commands[words[0]], words[1:]
    redirected = words.index(">") if ">" in words else len(words)
    try:
        command.make_context("mingcha", words[:redirected], parent=context)
    except Exception:
        return False
    return True


def test_a_line_that_cannot_be_typed_is_noticed() -> None:
    assert is_runnable(["make", "nightly"])
    assert is_runnable(["mingcha", "nightly", "--inbox", "inbox"])
    assert not is_runnable(["make", "no-such-target"])
    assert not is_runnable(["mingcha", "nightly", "--colour", "red"])
    assert not is_runnable(["mingcha", "no-such-command"])


def test_the_version_is_the_projects() -> None:
    assert f'version = "{__version__}"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")
