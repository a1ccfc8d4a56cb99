"""What bad input gets: a sentence with file, row and remedy, nothing half-written, and a re-run that completes."""

import resource
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from pydantic import SecretStr

import lake
from detectors.core.errors import MingchaError
from expectations.verdict import GateClosed
from flows.nightly import Outcome, run
from flows.settings import Settings
from tests.flows.inboxes import SURVEYS, small_inbox, write_rows
from tests.flows.killing import ended_by, kill_at

DAY = date(2026, 10, 31)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    small_inbox(tmp_path / "inbox")
    return Settings(home=tmp_path / "home", inbox=tmp_path / "inbox", database_wait_s=0.2)


def inbox(settings: Settings) -> Path:
    assert settings.inbox
    return settings.inbox


def close(settings: Settings) -> Outcome:
    return run(settings, DAY)


def rows(settings: Settings, query: str) -> list[tuple[object, ...]]:
    engine = sa.create_engine(settings.database)
    with engine.connect() as connection:
        found = [tuple(row) for row in connection.execute(sa.text(query))]
    engine.dispose()
    return found


def runs(settings: Settings) -> list[tuple[object, ...]]:
    return rows(settings, "select status, problem from audit_runs order by started_at, run_id")


def interviews(settings: Settings) -> int:
    observed = lake.observe(settings.lake, business_date=DAY)
    return len(observed["surveys"]) if "surveys" in observed.frames else 0


def test_an_empty_inbox_is_named_with_what_to_deliver_and_a_delivery_completes(settings: Settings) -> None:
    delivery = inbox(settings) / "surveys.csv"
    kept = delivery.rename(settings.home.parent / "kept.csv")

    with pytest.raises(MingchaError, match=r"inbox .*inbox holds neither surveys nor reviews.*Deliver at least one"):
        close(settings)
    assert runs(settings)[0][0] == "failed"

    kept.rename(delivery)
    assert close(settings).summary.sources[0].accepted == 80


def test_no_inbox_at_all_is_said(settings: Settings) -> None:
    with pytest.raises(MingchaError, match=r"No place is set.*--inbox"):
        close(settings.model_copy(update={"inbox": None}))


def test_a_file_of_zero_rows_is_said_and_nothing_is_weighed(settings: Settings) -> None:
    (inbox(settings) / "surveys.csv").write_text(",".join(SURVEYS[0]) + "\n")

    with pytest.raises(MingchaError, match=r"surveys\.csv has no rows\. .*nothing to weigh"):
        close(settings)
    assert interviews(settings) == 0


def test_a_file_of_zero_rows_beside_good_ones_is_a_remark(settings: Settings) -> None:
    (inbox(settings) / "audits.csv").write_text("audit_id,dealer_id,kind,audited_on,score\n")

    outcome = close(settings)

    assert outcome.summary.status == "done"
    assert "audits.csv has no rows." in outcome.remarks


def test_a_truncated_workbook_is_named_and_the_mended_one_completes(settings: Settings) -> None:
    broken = inbox(settings) / "staff.xlsx"
    broken.write_bytes(b"PK\x03\x04 the first bytes of a workbook")

    with pytest.raises(MingchaError, match=r"staff\.xlsx"):
        close(settings)
    assert interviews(settings) == 0

    broken.unlink()
    assert close(settings).summary.status == "done"


def test_a_stray_quote_is_refused_by_file_and_row_and_the_mended_file_completes(settings: Settings) -> None:
    path = inbox(settings) / "surveys.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    lines[10] = lines[10].replace("服务还可以", '"服务还可以')
    path.write_text("".join(lines), encoding="utf-8")

    with pytest.raises(MingchaError, match=r"surveys\.csv: a quote opened in row 11 is not closed.*Write a quote"):
        close(settings)
    assert interviews(settings) == 0

    small_inbox(inbox(settings))
    assert close(settings).summary.sources[0].accepted == 80


def test_a_line_of_200_megabytes_is_refused_by_name_without_filling_the_memory(settings: Settings) -> None:
    with (inbox(settings) / "reviews.csv").open("wb") as file:
        file.write(b"review_id,dealer_id,posted_at,rating,text\n1,D1,2026-10-01 10:00,5,fine\n2,D1,2026-10-01 10:00,5,")
        for _ in range(200):
            file.write(b"x" * 1_000_000)
        file.write(b"\n3,D1,2026-10-01 10:00,5,fine\n")
    before_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    try:
        close(settings)
        told = str(rows(settings, "select file_name, row_number, reason from audit_quarantine"))
    except MingchaError as error:
        told = str(error)

    assert "reviews.csv" in told
    assert "3" in told
    assert len(told) < 1_000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kb < 1_500_000


def test_of_two_files_that_claim_one_id_the_later_delivery_wins_and_the_earlier_stays_readable(
    settings: Settings,
) -> None:
    corrected = SURVEYS[0] | {"overall": "9"}
    write_rows(inbox(settings) / "surveys_corrected.csv", [corrected])

    close(settings)

    observed = lake.observe(settings.lake, business_date=DAY)["surveys"].set_index("response_id")
    assert len(observed) == 80
    assert observed.loc["R000", "overall"] == 9
    assert len(lake.history(settings.lake, "surveys", "R000")) == 2


def test_a_wave_that_does_not_parse_is_quarantined_with_file_row_and_rule(settings: Settings) -> None:
    bad = [SURVEYS[0] | {"wave": "autumn"}, *SURVEYS[1:]]
    write_rows(inbox(settings) / "surveys.csv", bad)

    outcome = close(settings)

    assert outcome.summary.sources[0].accepted == 79
    told = rows(settings, "select file_name, row_number, rule, column_name, value_masked from audit_quarantine")
    assert told == [("surveys.csv", 2, "wave.type", "wave", "autumn")]


def test_an_unknown_column_is_a_remark_and_left_out(settings: Settings) -> None:
    write_rows(inbox(settings) / "surveys.csv", [row | {"colour": "red"} for row in SURVEYS])

    outcome = close(settings)

    assert any("surveys.csv" in remark and "colour" in remark for remark in outcome.remarks)
    assert "colour" not in lake.observe(settings.lake, business_date=DAY)["surveys"].columns


def test_too_many_bad_rows_close_the_gate_before_anything_is_landed(settings: Settings) -> None:
    bad = [row | {"overall": "77"} for row in SURVEYS[:20]]
    write_rows(inbox(settings) / "surveys.csv", [*bad, *SURVEYS[20:]])

    outcome = close(settings)

    assert isinstance(outcome.halted, GateClosed)
    assert "20 of 80 rows of surveys" in str(outcome.halted)
    assert str(settings.home) in outcome.halted.remedy
    assert interviews(settings) == 0
    assert runs(settings)[0][0] == "halted"

    small_inbox(inbox(settings))
    assert close(settings).summary.status == "done"


def test_a_locked_database_is_said_and_the_run_completes_when_it_is_free(settings: Settings) -> None:
    close(settings)
    small_inbox(inbox(settings))
    write_rows(inbox(settings) / "surveys_b.csv", [SURVEYS[0] | {"response_id": "R900"}])
    with closing(sqlite3.connect(settings.home / "mingcha.db")) as other:
        other.execute("begin immediate")
        with pytest.raises(MingchaError, match=r"mingcha\.db is locked by another process.*run again"):
            close(settings)

    outcome = close(settings)

    assert outcome.is_new
    assert [status for status, _ in runs(settings)] == ["done", "done"]


def test_a_read_only_database_is_said(settings: Settings, tmp_path: Path) -> None:
    close(settings)
    write_rows(inbox(settings) / "surveys_b.csv", [SURVEYS[0] | {"response_id": "R900"}])
    url = f"sqlite:///file:{tmp_path / 'home' / 'mingcha.db'}?mode=ro&uri=true"

    with pytest.raises(MingchaError, match=r"is read-only.*right to write"):
        close(Settings(home=settings.home, inbox=settings.inbox, database_url=SecretStr(url)))

    assert [status for status, _ in runs(settings)] == ["done"]


def test_a_lost_key_is_said_and_nothing_is_landed_until_it_is_back(settings: Settings) -> None:
    close(settings)
    write_rows(inbox(settings) / "surveys_b.csv", [SURVEYS[0] | {"response_id": "R900"}])
    key = settings.key_file.rename(settings.home / "elsewhere")

    with pytest.raises(MingchaError, match=r"key .* is gone.*Restore"):
        close(settings)
    assert interviews(settings) == 80

    key.rename(settings.key_file)
    close(settings)
    assert interviews(settings) == 81


def test_a_key_of_another_lake_is_refused(settings: Settings) -> None:
    close(settings)
    write_rows(inbox(settings) / "surveys_b.csv", [SURVEYS[0] | {"response_id": "R900"}])
    settings.key_file.write_text("ab" * 32)

    with pytest.raises(MingchaError, match="is not the one"):
        close(settings)
    assert interviews(settings) == 80


def test_a_second_run_in_the_same_home_says_that_another_is_at_work(settings: Settings) -> None:
    said: list[str] = []

    def perform(step: Callable[..., object], *arguments: object) -> object:
        if not said:
            said.append("")
            with pytest.raises(MingchaError, match=r"Another run is at work in .*home"):
                close(settings)
        return step(*arguments)

    assert run(settings, DAY, perform).summary.status == "done"
    assert said


def test_no_log_report_or_record_holds_a_phone_number(settings: Settings) -> None:
    bad = [row | {"phone": "1381234567890123"} for row in SURVEYS[:3]]
    write_rows(inbox(settings) / "surveys.csv", [*bad, *SURVEYS[3:]])

    close(settings)

    written = [path for folder in ("logs", "reports") for path in (settings.home / folder).iterdir()]
    told = "".join(path.read_text(encoding="utf-8") for path in written)
    told += str(rows(settings, "select * from audit_quarantine"))
    assert written
    assert "1381234567890123" not in told
    assert SURVEYS[3]["phone"] not in told


@pytest.mark.parametrize("size_kb", [8, 100])
def test_a_full_disk_is_said_and_a_run_with_room_completes(settings: Settings, size_kb: int) -> None:
    told = ended_by(settings, DAY, file_size_bytes=size_kb * 1024)

    assert told is not None
    assert "MingchaError" in told or "StoreError" in told or "Lake" in told
    outcome = close(settings)
    assert outcome.summary.status == "done"
    assert interviews(settings) == 80


@pytest.mark.parametrize(
    "step", ["ingest", "validate", "write_page", "land", "observe", "weigh", "draw_up", "open_cases", "report"]
)
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_process_killed_at_any_step_leaves_nothing_half_written(settings: Settings, step: str, when: str) -> None:
    kill_at(settings, DAY, step, when)

    done_already = (step, when) in {("open_cases", "after"), ("report", "before"), ("report", "after")}
    if (settings.home / "mingcha.db").exists():
        assert [status for status, _ in runs(settings)] == (["done"] if done_already else [])
    outcome = close(settings)
    assert outcome.is_new != done_already
    assert [status for status, _ in runs(settings)] == ["done"]
    assert interviews(settings) == 80
    assert len(rows(settings, "select distinct unit_id from audit_scores")) == 4
