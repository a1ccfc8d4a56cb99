"""The command, as a person calls it."""

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from io import StringIO
from pathlib import Path

import pandas as pd
import pytest

from tests.flows.inboxes import SURVEYS, small_inbox, write_rows

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.xdist_group("prefect")


def mingcha(*arguments: str | Path, folder: Path) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "MINGCHA_"))}
    return subprocess.run(
        [sys.executable, "-m", "flows.command", *map(str, arguments)],
        cwd=folder,
        env=kept | {"PYTHONPATH": str(ROOT), "HOME": str(folder / "nobody")},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """A folder with the inbox of an invented network and the home of one night on it, and what that night said."""
    folder = tmp_path_factory.mktemp("closed")
    invented = mingcha("demo", "inbox", "--dealers", "12", "--months", "3", "--seed", "4", folder=folder)
    assert invented.returncode == 0, invented.stderr
    return folder, mingcha("nightly", "--inbox", "inbox", "--home", "home", folder=folder)


@pytest.fixture
def folder(closed: tuple[Path, subprocess.CompletedProcess[str]], tmp_path: Path) -> Path:
    """A folder whose home is new, but for Prefect's tables, which take longer to make than all else."""
    shutil.copytree(closed[0] / "home" / "prefect", tmp_path / "home" / "prefect")
    return tmp_path


def test_a_night_ends_with_what_came_in_what_was_found_and_where_everything_is(
    closed: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    folder, said = closed

    assert said.returncode == 0, said.stderr
    assert said.stderr == ""
    assert "12 dealers" in said.stdout
    assert "cases opened" in said.stdout
    for place in ("mingcha.db", "lake", "reports", "logs"):
        assert str(folder / "home" / place) in said.stdout
    assert "mingcha export audit_cases --format csv" in said.stdout


def test_a_demo_night_keeps_back_every_return_that_was_typed_by_hand_and_no_other_row(
    closed: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    folder, _ = closed
    said = mingcha("export", "audit_quarantine", "--home", "home", folder=folder)
    kept_back = pd.read_csv(StringIO(said.stdout))
    inputs = pd.read_csv(StringIO(mingcha("export", "audit_inputs", "--home", "home", folder=folder).stdout))

    typed = inputs[inputs["file_name"].str.contains("typed")]
    counts = typed.set_index("source")[["rows_read", "rows_quarantined"]]
    assert counts.to_dict("index") == {
        "surveys": {"rows_read": 9, "rows_quarantined": 9},
        "contacts": {"rows_read": 3, "rows_quarantined": 3},
    }
    assert inputs["rows_quarantined"].sum() == 12
    assert set(kept_back["rule"]) == {
        "called_at.not_in_future", "wave.matches_called_at", "overall.range", "q_*.range", "duration_s.range",
        "survey.vocabulary", "dealer_id.present", "phone.type", "response_id.consistent",
        "disposition.vocabulary", "attempted_at.not_in_future",
    }  # fmt: skip


def test_a_night_touches_nothing_outside_its_home(closed: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    folder, _ = closed

    assert sorted(path.name for path in folder.iterdir()) == ["home", "inbox"]


def test_the_same_night_again_changes_nothing_and_shows_the_finished_run(
    closed: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    folder, first = closed
    database = (folder / "home" / "mingcha.db").read_bytes()

    again = mingcha("nightly", "--inbox", "inbox", "--home", "home", folder=folder)

    assert again.returncode == 0, again.stderr
    assert again.stdout.startswith("Nothing new since run")
    assert first.stdout.splitlines()[0] in again.stdout
    assert (folder / "home" / "mingcha.db").read_bytes() == database


@pytest.mark.parametrize("form", ["csv", "xlsx", "parquet"])
def test_export_writes_a_view_where_the_output_goes(
    closed: tuple[Path, subprocess.CompletedProcess[str]], form: str
) -> None:
    folder, _ = closed
    read = {"csv": pd.read_csv, "xlsx": pd.read_excel, "parquet": pd.read_parquet}[form]
    options = {"engine": "calamine"} if form == "xlsx" else {}
    target = folder / "home" / f"scores.{form}"

    said = mingcha("export", "audit_scores", "--format", form, "--home", "home", "--output", target, folder=folder)

    assert said.returncode == 0, said.stderr
    scores = read(target, **options)  # type: ignore[operator]
    assert scores.loc[scores["unit_kind"] == "dealer", "unit_id"].nunique() == 12
    if form == "csv":
        redirected = mingcha("export", "audit_scores", "--home", "home", folder=folder)
        assert redirected.stdout == target.read_text(encoding="utf-8")


def test_export_names_the_views_when_there_is_no_such_view(
    closed: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    said = mingcha("export", "audit_case", "--home", "home", folder=closed[0])

    assert said.returncode == 1
    assert "audit_cases" in said.stderr


def test_audit_verify_passes_on_a_whole_log_and_fails_with_1_on_a_broken_one(
    closed: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    folder, _ = closed
    assert mingcha("audit", "verify", "--home", "home", folder=folder).returncode == 0

    anchors = folder / "home" / "anchors.tsv"
    kept = anchors.read_text(encoding="utf-8")
    run_id, count, digest, at = kept.splitlines()[0].split("\t")
    anchors.write_text(f"{kept}{run_id}\t{int(count) + 1}\t{digest[::-1]}\t{at}\n", encoding="utf-8")
    try:
        broken = mingcha("audit", "verify", "--home", "home", folder=folder)
    finally:
        anchors.write_text(kept, encoding="utf-8")

    assert broken.returncode == 1
    assert "anchors" in broken.stderr


def test_a_home_without_a_database_is_said_and_none_is_made(tmp_path: Path) -> None:
    said = mingcha("audit", "verify", "--home", "home", folder=tmp_path)

    assert said.returncode == 1
    assert "There is no database" in said.stderr
    assert not (tmp_path / "home" / "mingcha.db").exists()


def test_the_gate_halts_with_3_and_names_the_report(folder: Path) -> None:
    write_rows(folder / "inbox" / "surveys.csv", [row | {"overall": "77"} for row in SURVEYS])

    said = mingcha("nightly", "--inbox", "inbox", "--home", "home", folder=folder)

    assert said.returncode == 3
    (page,) = (folder / "home" / "reports").iterdir()
    assert page.name in said.stderr.replace("\n", "")
    assert "80 of 80 rows of surveys" in said.stderr
    with closing(sqlite3.connect(folder / "home" / "mingcha.db")) as database:
        assert database.execute("select status from audit_runs").fetchall() == [("halted",)]


def test_a_failure_is_one_sentence_with_1_and_a_traceback_only_when_asked_for(folder: Path) -> None:
    said = mingcha("nightly", "--inbox", "nowhere", "--home", "home", folder=folder)
    asked = mingcha("nightly", "--inbox", "nowhere", "--home", "home", "--debug", folder=folder)

    assert (said.returncode, asked.returncode) == (1, 1)
    assert len(said.stderr.splitlines()) == 1
    assert "The inbox nowhere is not a folder. Create it" in said.stderr
    assert "Traceback" in asked.stderr


@pytest.mark.parametrize(
    "arguments",
    [("nightly", "--date", "yesterday"), ("nightly", "--colour", "red"), ("export",), ("no-such-command",), ()],
)
def test_a_wrong_command_line_ends_with_2(arguments: tuple[str, ...], tmp_path: Path) -> None:
    assert mingcha(*arguments, folder=tmp_path).returncode == 2


def test_a_setting_that_cannot_be_is_named_with_where_to_change_it(tmp_path: Path) -> None:
    small_inbox(tmp_path / "inbox")
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "mingcha.toml").write_text("window_month = 3\n", encoding="utf-8")

    said = mingcha("nightly", "--inbox", "inbox", "--home", "home", folder=tmp_path)

    assert said.returncode == 1
    assert "'window_month', which Mingcha does not know. Did you mean 'window_months'?" in said.stderr


def test_demo_refuses_a_directory_that_holds_something(tmp_path: Path) -> None:
    said = mingcha("demo", ".", folder=small_inbox(tmp_path))

    assert said.returncode == 1
    assert "not an empty directory" in said.stderr
