"""The audit: runs, settings, the event chain, every view; and the case file for a hearing."""

import csv
import io
import re
from html import unescape
from html.parser import HTMLParser
from urllib.parse import quote

import pyarrow.parquet as pq
import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import text

from review.language.views import MEANINGS
from review.security.permissions import Role
from sql.audit import VIEWS
from sql.connection import writing
from sql.store import Store, anchor
from tests.review.conftest import AT, Console
from tests.sql.filed import filed_night, two_nights
from tests.sql.nights import facts, inputs, quarantine


@pytest.fixture
def audited(console: Console) -> Console:
    """A console with two nights and a halted run with other settings."""
    store = Store(console.engine)
    two_nights(store)
    told = facts("run-3", "2026-11-01")
    told = type(told)(**{**vars(told), "settings_json": '{"window_months": 12, "priors": {"coached": 0.1}}'})
    store.write_halted(told, inputs(), quarantine(), problem="Too many rows of surveys were kept back.")
    anchor(console.app.state.settings.home / "anchors.tsv", store)
    return console


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_is_browsed_and_exported_as_it_is(audited: Console, view: str) -> None:
    client = audited.as_(Role.AUDITOR)
    page = client.get(f"/audit/views/{view}")
    assert page.status_code == 200
    assert 'class="browsed"' in page.text or view == "audit_quarantine"
    exported = client.get(f"/audit/views/{view}/export?format=csv")
    assert exported.headers["content-disposition"] == f'attachment; filename="{view}.csv"'
    heading = next(csv.reader(io.StringIO(exported.text)))
    assert heading == [column.name for column in VIEWS[view].columns]


def test_a_view_that_keeps_every_night_begins_with_the_newest(audited: Console) -> None:
    page = audited.as_(Role.AUDITOR).get("/audit/views/audit_scores").text
    assert "Rows where run_id is run-2." in page
    assert "select * from audit_scores where run_id = &#39;run-2&#39;" in page
    assert "run-1" not in re.sub(r"<datalist.*?</datalist>", "", page, flags=re.DOTALL)


SELECTION = "column=run_id&is=is&value=run-2&column=bits&is=at_least&value=6&sort=bits&down=1"


def test_the_address_holds_conditions_and_order_beside_a_sentence_and_sql(audited: Console) -> None:
    client = audited.as_(Role.AUDITOR)
    page = client.get(f"/audit/views/audit_scores?{SELECTION}").text
    assert "Rows where run_id is run-2 and bits is at least 6; the largest bits first." in page
    sql = "select * from audit_scores where run_id = 'run-2' and bits >= 6 order by bits desc nulls last"
    assert sql in unescape(page)
    assert re.findall(r'href="/(?:dealers|interviewers)/(\w+)"', page) == ["D1", "B7", "D2", "D1"]
    chinese = audited.as_(Role.AUDITOR, "zh").get(f"/audit/views/audit_scores?{SELECTION}").text
    assert sql in unescape(chinese)


def test_an_export_has_the_rows_of_the_selection_in_its_order(audited: Console) -> None:
    client = audited.as_(Role.AUDITOR)
    wanted = [("D1", 12.0), ("B7", 11.0), ("D2", 7.0), ("D1", 6.0)]

    def exported(form: str) -> bytes:
        answer = client.get(f"/audit/views/audit_scores/export?{SELECTION}&format={form}")
        assert answer.status_code == 200
        content: bytes = answer.content
        return content

    rows = list(csv.DictReader(io.StringIO(exported("csv").decode())))
    assert [(row["unit_id"], float(row["bits"])) for row in rows] == wanted
    table = pq.read_table(io.BytesIO(exported("parquet"))).to_pylist()
    assert [(row["unit_id"], row["bits"]) for row in table] == wanted
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(exported("xlsx"))).get_sheet_by_index(0).to_python()
    place = sheet[0].index("unit_id")
    assert [row[place] for row in sheet[1:]] == [unit for unit, _ in wanted]


def test_no_text_of_an_export_becomes_a_formula(audited: Console) -> None:
    exported = audited.as_(Role.AUDITOR).get("/audit/views/audit_records/export?format=csv").text
    assert "'=HYPERLINK(...)" in exported


REFUSED = [
    "column=nothing&is=is&value=x",
    "column=bits&is=at_least&value=much",
    "column=bits&is=bigger&value=1",
    "column=bits&is=is&value=%00",
    "sort=nothing",
    "page=5000",
    "&".join(["column=bits&is=is&value=1"] * 20),
]


@pytest.mark.parametrize("query", REFUSED)
def test_a_selection_that_makes_no_sense_is_said_and_nothing_is_shown(audited: Console, query: str) -> None:
    answer = audited.as_(Role.AUDITOR).get(f"/audit/views/audit_scores?{query}")
    assert answer.status_code == 400
    assert 'class="problem-summary"' in answer.text
    if "page=" not in query:
        assert audited.as_(Role.AUDITOR).get(f"/audit/views/audit_scores/export?{query}").status_code == 400


@pytest.mark.parametrize("view", ["people", "sessions", "audit_nothing", "audit_runs; drop table runs"])
def test_nothing_but_the_auditors_views_is_browsed(audited: Console, view: str) -> None:
    client = audited.as_(Role.AUDITOR)
    assert client.get(f"/audit/views/{quote(view)}").status_code == 404
    assert client.get(f"/audit/views/{quote(view)}/export").status_code == 404


def test_a_run_shows_its_inputs_what_it_kept_back_and_what_is_new_in_its_settings(audited: Console) -> None:
    client = audited.as_(Role.AUDITOR)
    page = client.get("/audit/runs/run-3").text
    assert "Too many rows of surveys were kept back." in page
    assert "ab" * 32 in page
    assert "in_range" in page
    changed = re.findall(
        r'<th scope="row"><code>([\w.]+)</code></th><td><code>(.*?)</code></td><td><code>(.*?)</code>', page
    )
    assert changed == [("priors.coached", "–", "0.1"), ("window_months", "–", "12")]
    assert "The same as in the run before" in client.get("/audit/runs/run-2").text
    assert client.get("/audit/runs/run-9").status_code == 404


def test_runs_are_listed_by_how_they_ended(audited: Console) -> None:
    client = audited.as_(Role.AUDITOR)
    assert re.findall(r'href="/audit/runs/(run-\d)"', client.get("/audit/runs").text) == ["run-3", "run-2", "run-1"]
    assert re.findall(r'href="/audit/runs/(run-\d)"', client.get("/audit/runs?status=halted").text) == ["run-3"]


def test_a_whole_chain_is_said_to_be_whole_and_is_verified_only_when_asked(audited: Console) -> None:
    client = audited.as_(Role.AUDITOR)
    assert "each as it was written" not in client.get("/audit/verification").text
    assert "each as it was written" in client.get("/audit/verification?now=true").text


def test_an_outcome_changed_behind_the_chain_and_a_cut_end_are_found(audited: Console) -> None:
    with writing(audited.engine) as connection:
        connection.execute(text("update cases set status = 'waiting' where case_id = 2"))
    (audited.app.state.settings.home / "anchors.tsv").write_text(
        f"run-9\t999\t{'ab' * 32}\t2026-11-01T00:00:00+08:00\n"
    )
    page = unescape(audited.as_(Role.AUDITOR).get("/audit/verification?now=true").text)
    assert "Case 2 is waiting, but the log says new." in page
    assert "2 things are wrong" in page


def test_a_console_on_an_empty_database_has_an_audit(console: Console) -> None:
    client = console.as_(Role.AUDITOR)
    paths = ["/audit", "/audit/runs", "/audit/verification?now=true", *(f"/audit/views/{view}" for view in VIEWS)]
    assert [client.get(path).status_code for path in paths] == [200] * len(paths)


class Referred(HTMLParser):
    """Collects what a page refers to, and its elements."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.referred: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self.referred |= {
            value or "" for name, value in attrs if name in {"src", "href", "xlink:href", "action", "data"}
        }


@pytest.mark.parametrize(("language", "reason"), [("en", "23 of 200 numbers"), ("zh", "200 个号码中有 23 个")])
def test_a_case_file_is_one_page_with_everything_and_nothing_beside_it(
    audited: Console, language: str, reason: str
) -> None:
    answer = audited.as_(Role.REVIEWER, language).get("/cases/1/file")
    page = answer.text
    seen = Referred(page)
    assert answer.headers["content-disposition"] == 'attachment; filename="case-1.html"'
    assert {"script", "link", "img", "iframe", "form"} & seen.elements == set()
    assert {place for place in seen.referred if not place.startswith("#")} == set()
    assert page.count("<svg") == 6
    assert '<td class="heat-8">80</td>' in page
    assert "var(--" not in page
    assert reason in page
    assert "138****5678" in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;都挺好" in page
    assert "fingerprint of run-2" in page
    assert "ab" * 32 in page


def test_a_case_file_shows_its_part_of_the_chain_and_the_head_of_all(audited: Console) -> None:
    page = audited.as_(Role.AUDITOR).get("/cases/1/file").text
    with audited.engine.connect() as connection:
        rows = connection.execute(text("select case_id, hash from audit_events order by event_id")).all()
    own = [row.hash for row in rows if row.case_id == 1]
    assert [digest for digest in [*own, rows[-1].hash] if digest not in page] == []


def test_names_inside_the_charts_of_a_case_file_do_not_collide(audited: Console) -> None:
    ids = re.findall(r'\bid="([^"]+)"', audited.as_(Role.REVIEWER).get("/cases/1/file").text)
    assert len(ids) == len(set(ids))


def test_a_number_in_an_old_reason_is_masked_in_the_case_file(audited: Console) -> None:
    from sql.events import Event, append  # noqa: PLC0415
    from sql.times import as_text  # noqa: PLC0415

    with writing(audited.engine) as connection:
        append(connection, [Event(1, as_text(AT), "li.na", "commented", {}, {"comment": "called 13812345678 again"})])
    page = audited.as_(Role.REVIEWER).get("/cases/1/file").text
    assert "13812345678" not in page
    assert "called [" in page


def test_a_case_that_is_not_there_has_no_file(audited: Console) -> None:
    assert audited.as_(Role.REVIEWER).get("/cases/99/file").status_code == 404


def test_a_case_of_a_night_that_kept_little_has_a_file_all_the_same(console: Console) -> None:
    from dataclasses import replace  # noqa: PLC0415

    night = filed_night("run-1", "2026-10-31")
    Store(console.engine).write_run(replace(night, dossiers={}, dealers=night.dealers.head(0)))
    answer = console.as_(Role.REVIEWER).get("/cases/1/file")
    assert answer.status_code == 200
    assert "23 of 200 numbers" in answer.text


def test_every_word_of_the_contract_has_its_chinese_and_no_other_has() -> None:
    told = {words for view in VIEWS.values() for words in (view.grain, *(column.meaning for column in view.columns))}
    assert sorted(MEANINGS) == sorted(told)


def test_what_the_columns_mean_is_said_in_the_visitors_language(audited: Console) -> None:
    assert "同一对象最多一件未结" in audited.as_(Role.AUDITOR, "zh").get("/audit/views/audit_cases").text
    assert "a unit has one while it is open" in audited.as_(Role.AUDITOR, "en").get("/audit/views/audit_cases").text
