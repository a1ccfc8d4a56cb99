"""The night in order: what is read, landed, weighed and written, on the first night and on those after it."""

import gc
import io
import json
import weakref
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pandas as pd
import pytest
import sqlalchemy as sa
from rich.console import Console

import lake
from detectors.core.errors import MingchaError
from flows.ingesting import Delivered, ingest
from flows.nightly import run
from flows.progress import Progress
from flows.settings import Settings
from flows.steps import weigh
from flows.validating import validate
from sql.times import SHANGHAI
from tests.flows.inboxes import SURVEYS, small_inbox, write_rows

DAY = date(2026, 10, 31)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    small_inbox(tmp_path / "inbox")
    return Settings(home=tmp_path / "home", inbox=tmp_path / "inbox")


@pytest.fixture
def inbox(settings: Settings) -> Path:
    assert settings.inbox
    return settings.inbox


def view(settings: Settings, name: str) -> pd.DataFrame:
    engine = sa.create_engine(settings.database)
    frame = pd.read_sql(f"select * from {name}", engine)
    engine.dispose()
    return frame


def test_a_first_night_records_its_inputs_its_scores_and_the_versions_it_read(settings: Settings) -> None:
    outcome = run(settings, DAY)

    run_id = outcome.summary.run_id
    told = view(settings, "audit_runs").set_index("run_id").loc[run_id]
    assert (told["status"], told["business_date"]) == ("done", "2026-10-31")
    assert told["settings_sha256"] == settings.sha256()
    assert json.loads(str(told["settings_json"]))["table_versions"] == lake.versions(settings.lake)
    (delivered,) = view(settings, "audit_inputs").to_dict("records")
    assert (delivered["file_name"], delivered["rows_read"], delivered["rows_accepted"]) == ("surveys.csv", 80, 80)
    assert delivered["table_version"] == lake.versions(settings.lake)["surveys"]
    assert set(view(settings, "audit_scores")["unit_id"]) == {"D0", "D1", "D2", "D3"}
    assert (settings.home / "reports" / f"{run_id}.html").exists()


def test_a_second_night_reads_only_what_is_new_and_weighs_everything(settings: Settings, inbox: Path) -> None:
    run(settings, DAY)
    write_rows(inbox / "surveys_more.csv", [row | {"response_id": f"N{row['response_id']}"} for row in SURVEYS[:8]])
    delivered: list[Delivered] = []

    def perform(step: Callable[..., object], *arguments: object) -> object:
        answer = step(*arguments)
        if step is ingest:
            assert isinstance(answer, Delivered)
            delivered.append(Delivered(answer.inputs, dict(answer.batches), answer.remarks))
        return answer

    outcome = run(settings, DAY, perform)

    assert outcome.is_new
    assert len(delivered[0].batches["surveys"].frame) == 8
    last = view(settings, "audit_inputs").query(f"run_id == '{outcome.summary.run_id}'").set_index("file_name")
    assert last["rows_accepted"].to_dict() == {"surveys.csv": 80, "surveys_more.csv": 8}
    scores = view(settings, "audit_dealers").query(f"run_id == '{outcome.summary.run_id}'")
    assert scores["n"].sum() == 88


def test_the_same_deliveries_on_another_date_are_weighed_but_not_read_again(settings: Settings) -> None:
    run(settings, DAY)
    judged: list[object] = []

    def perform(step: Callable[..., object], *arguments: object) -> object:
        answer = step(*arguments)
        if step is validate:
            judged.append(answer)
        return answer

    outcome = run(settings, date(2026, 10, 30), perform)

    assert outcome.is_new
    assert judged == [{}]
    assert view(settings, "audit_runs")["business_date"].tolist() == ["2026-10-31", "2026-10-30"]


def test_the_same_deliveries_under_other_settings_are_read_and_weighed_again(settings: Settings) -> None:
    run(settings, DAY)

    outcome = run(settings.model_copy(update={"window_months": 3}), DAY)

    assert outcome.is_new
    assert view(settings, "audit_runs")["settings_sha256"].nunique() == 2


def test_a_file_with_quarantined_rows_is_read_again_and_its_rows_named_again(settings: Settings, inbox: Path) -> None:
    write_rows(inbox / "surveys.csv", [SURVEYS[0] | {"overall": "77"}, *SURVEYS[1:]])
    first = run(settings, DAY)
    write_rows(inbox / "surveys_more.csv", [SURVEYS[1] | {"response_id": "N1"}])

    second = run(settings, DAY)

    named = view(settings, "audit_quarantine").groupby("run_id").size()
    assert named.to_dict() == {first.summary.run_id: 1, second.summary.run_id: 1}


def test_a_second_run_on_the_same_deliveries_changes_nothing_though_some_rows_are_quarantined(
    settings: Settings, inbox: Path
) -> None:
    write_rows(inbox / "surveys.csv", [SURVEYS[0] | {"overall": "77"}, *SURVEYS[1:]])
    first = run(settings, DAY)
    before = view(settings, "audit_cases"), view(settings, "audit_events"), view(settings, "audit_quarantine")

    again = run(settings, DAY)

    assert (again.is_new, again.summary.run_id) == (False, first.summary.run_id)
    after = view(settings, "audit_cases"), view(settings, "audit_events"), view(settings, "audit_quarantine")
    for frame, same in zip(before, after, strict=True):
        pd.testing.assert_frame_equal(frame, same)


def test_a_row_that_was_in_the_future_is_weighed_by_the_next_run_once_its_day_has_come(
    settings: Settings, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tomorrow = SURVEYS[0] | {"response_id": "T1", "called_at": "2026-11-01T09:00:00", "wave": "2026-10"}
    write_rows(inbox / "surveys.csv", [*SURVEYS, tomorrow])
    monkeypatch.setattr("flows.night.now", lambda: datetime(2026, 10, 31, 23, tzinfo=SHANGHAI))
    first = run(settings, DAY)
    monkeypatch.setattr("flows.night.now", lambda: datetime(2026, 11, 1, 23, tzinfo=SHANGHAI))

    again = run(settings, DAY)

    assert again.is_new
    assert (first.summary.broken_rules[0].rule, again.summary.broken_rules) == ("called_at.not_in_future", ())


def test_a_lake_that_was_begun_anew_gets_its_files_again(settings: Settings, inbox: Path) -> None:
    run(settings, DAY)
    (settings.home / "lake").rename(settings.home / "old-lake")
    write_rows(inbox / "surveys_more.csv", [SURVEYS[1] | {"response_id": "N1"}])

    run(settings, DAY)

    assert len(lake.observe(settings.lake, business_date=DAY)["surveys"]) == 81


def test_without_a_date_the_newest_day_observed_is_closed_and_a_stalled_feed_is_said(settings: Settings) -> None:
    outcome = run(settings)

    assert outcome.summary.business_date == max(row["called_at"] for row in SURVEYS)[:10]
    assert any("a feed is late or has stopped" in remark for remark in outcome.remarks)


def test_a_window_without_rows_says_where_the_newest_are(settings: Settings) -> None:
    with pytest.raises(MingchaError, match=r"in the 6 months to 2020-01-31\. Choose another --date; .* of 2026-10-28"):
        run(settings, date(2020, 1, 31))


def test_a_row_of_the_future_is_quarantined_and_a_row_after_the_date_is_landed_outside_the_window(
    settings: Settings, inbox: Path
) -> None:
    later = SURVEYS[0] | {"response_id": "L1", "called_at": "2026-10-20T10:00:00"}
    future = SURVEYS[0] | {"response_id": "F1", "called_at": "2999-10-20T10:00:00", "wave": "2026-10"}
    write_rows(inbox / "surveys.csv", [*SURVEYS, later, future])

    outcome = run(settings, date(2026, 10, 15))

    broken = {(broken.rule, broken.row_number) for broken in outcome.summary.broken_rules}
    assert ("called_at.not_in_future", 83) in broken
    held = lake.observe(settings.lake, business_date=DAY)["surveys"]
    assert "L1" in set(held["response_id"])
    weighed = view(settings, "audit_dealers")["n"].sum()
    assert weighed == (held["called_at"] < "2026-10-16").sum() < len(held)


def test_rows_come_from_a_table_behind_a_url_beside_the_inbox(settings: Settings, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'dms.db'}"
    engine = sa.create_engine(url)
    pd.DataFrame({"dealer_id": ["D0"], "staff_id": ["S1"], "phone": ["13800000000"]}).to_sql("staff", engine)
    engine.dispose()
    text = f'[[tables]]\nsource = "staff"\nurl = "{url}"\ntable = "staff"\n'
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "mingcha.toml").write_text(text, encoding="utf-8")
    settings = Settings(home=tmp_path / "home", inbox=tmp_path / "inbox")

    first, again = run(settings, DAY), run(settings, DAY)

    assert {source.source: source.accepted for source in first.summary.sources} == {"staff": 1, "surveys": 80}
    assert not again.is_new
    assert again.summary.run_id == first.summary.run_id


def test_a_customer_of_an_earlier_night_is_known_to_the_gate_by_token(settings: Settings, inbox: Path) -> None:
    sale = {"transaction_id": "T1", "dealer_id": "D0", "customer_id": "C1", "kind": "sale", "happened_on": "2026-10-01"}
    write_rows(inbox / "transactions.csv", [sale])
    run(settings, DAY)
    contact = {"contact_id": "K1", "dealer_id": "D0", "customer_id": "C1", "disposition": "completed"}
    write_rows(inbox / "contacts.csv", [contact, contact | {"contact_id": "K2", "customer_id": "C2"}])

    outcome = run(settings, DAY)

    assert any(remark.startswith("contacts: 1 row is kept although customer_id") for remark in outcome.remarks)


def test_the_rows_that_were_delivered_are_let_go_once_the_lake_has_them(settings: Settings) -> None:
    alive: list[weakref.ReferenceType[pd.DataFrame]] = []
    left: list[int] = []

    def perform(step: Callable[..., object], *arguments: object) -> object:
        if step is weigh:
            gc.collect()
            left.append(sum(reference() is not None for reference in alive))
        answer = step(*arguments)
        if step is ingest and isinstance(answer, Delivered):
            alive.extend(weakref.ref(batch.frame) for batch in answer.batches.values())
        if step is validate and isinstance(answer, dict):
            alive.extend(weakref.ref(verdict.accepted) for verdict in answer.values())
        return answer

    run(settings, DAY, perform)

    assert len(alive) == 2
    assert left == [0]


def test_every_step_is_shown_to_whoever_watches(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    screen = io.StringIO()
    console = Console(file=screen, force_terminal=True, width=120)
    monkeypatch.setattr("flows.nightly.Progress", lambda: Progress(console))

    run(settings, DAY)

    told = screen.getvalue()
    shown = [told.rindex(doing) for doing in ("Reading deliveries", "Weighing evidence", "Drawing up dossiers")]
    assert shown == sorted(shown)
    assert "Opening cases" in told


def test_a_later_night_may_bring_complaints_alone_since_the_interviews_are_known(
    settings: Settings, tmp_path: Path
) -> None:
    run(settings, DAY)
    complaint = {"complaint_id": "C1", "dealer_id": "D1", "filed_on": "2026-10-20", "category": "repair"}
    write_rows(tmp_path / "later" / "complaints.csv", [complaint])

    later = run(settings.model_copy(update={"inbox": tmp_path / "later"}), DAY)

    assert later.is_new
    assert view(settings, "audit_inputs").set_index("run_id").loc[[later.summary.run_id], "source"].tolist() == [
        "complaints"
    ]
    assert len(view(settings, "audit_scores").query("run_id == @later.summary.run_id")) > 0
