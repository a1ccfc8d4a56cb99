"""Whatever HTML stands in names, texts, reasons and addresses is text on every page."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pyarrow as pa
import pytest
from deltalake import write_deltalake

from review.security.permissions import Role
from sql.audit import VIEWS
from sql.connection import writing
from sql.events import Event, append
from sql.runs import RunResult
from sql.store import Store
from sql.times import as_text
from tests.review.conftest import AT, Console
from tests.sql.filed import filed_night

_ELEMENTS = '"><img src=x onerror=alert(1)><script>alert(2)</script>'
EVIL = _ELEMENTS + '<a href="javascript:alert(3)">{{1313*7}}</a>\'</style></svg>'
"""Breaks out of attributes, elements, styles, drawings and templates, if anything lets it."""


class Elements(HTMLParser):
    """Collects the elements of a page with their attributes; what stands in a script of data is only text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, Mapping[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def live(page: str) -> list[str]:
    """Return whatever of the evil text became an element, an attribute or a template."""
    wrong = []
    for tag, attributes in Elements(page).found:
        names = [name for name in attributes if name.startswith("on") or name == "style"]
        wrong += [f"{tag} {name}" for name in names]
        wrong += [f"{tag} {value}" for value in attributes.values() if (value or "").lower().startswith("javascript:")]
        if tag == "script" and attributes.get("type") != "application/json" and "src" not in attributes:
            wrong.append("script")
        if tag == "img" and attributes.get("src") == "x":
            wrong.append("img")
    return wrong + (["template"] if "9191</a" in page or "9191&lt;/a" in page else [])


def evil(value: Any, keep: frozenset[str]) -> Any:
    """Return the value with every text made evil, but for the vocabulary that has to stay."""
    if isinstance(value, Mapping):
        return {name: each if name in keep else evil(each, keep) for name, each in value.items()}
    if isinstance(value, list):
        return [evil(each, keep) for each in value]
    return f"{value}{EVIL}" if isinstance(value, str) else value


KEPT = frozenset({"source", "at", "month", "schemes", "unit_kind", "business_date"})


def evil_night(run_id: str, day: str) -> RunResult:
    night = filed_night(run_id, day)
    facts = night.dealer_facts.assign(
        **dict.fromkeys(("name", "brand", "region", "province", "city", "dealer_group"), f"x{EVIL}")
    )
    evidence = night.evidence.assign(
        reason=night.evidence["reason"] + EVIL, reason_zh=night.evidence["reason_zh"] + EVIL
    )
    wordings = night.wordings.assign(title=EVIL, title_zh=EVIL)
    records = night.records.assign(reasons=EVIL, record_id=night.records["record_id"] + EVIL)
    return replace(
        night,
        evidence=evidence,
        dealer_facts=facts,
        wordings=wordings,
        records=records,
        quarantine=night.quarantine.assign(value_masked=EVIL, reason=EVIL, rule=EVIL, file_name=EVIL),
        inputs=night.inputs.assign(file_name=EVIL),
        agencies=night.agencies.assign(vendor=f"A{EVIL}"),
        dossiers={unit: evil(dossier, KEPT) for unit, dossier in night.dossiers.items()},
        settings_json='{"vendor_maps": {"</script><script>alert(2)</script>": "x"}}',
        code_version=EVIL,
    )


@pytest.fixture
def hostile(console: Console) -> Console:
    """A console whose database and lake hold HTML in every text that somebody else can write."""
    store = Store(console.engine)
    store.write_run(evil_night("run-1", "2026-10-30"))
    store.write_run(evil_night("run-2", "2026-10-31"))
    store.write_failed(replace(evil_night("run-3", "2026-10-31")), problem=EVIL)
    with writing(console.engine) as connection:
        told = {"comment": EVIL, "reason": EVIL, "assignee": EVIL}
        append(connection, [Event(1, as_text(AT), f"li.na{EVIL}", "commented", {}, told)])
        append(connection, [Event(1, as_text(AT), "li.na", EVIL, {}, {})])
    said = {
        "response_id": [EVIL], "dealer_id": ["D1"], "verbatim": [f"等了 {EVIL}"],
        "overall": pa.array([9], pa.float32()),
        "called_at": pa.array([datetime(2026, 10, 9)], pa.timestamp("us")),  # noqa: DTZ001
    }  # fmt: skip
    write_deltalake(str(Path(console.app.state.settings.lake) / "surveys"), pa.table(said))
    console.add_person("eve", _ELEMENTS, Role.ADMIN)
    return console


REFLECTED = quote(EVIL, safe="")
PATHS = [
    "/",
    "/cases",
    f"/cases?text={REFLECTED}&region={REFLECTED}&assignee={REFLECTED}&brand={REFLECTED}",
    "/cases/1",
    "/cases/1/file",
    "/dealers",
    f"/dealers?text={REFLECTED}",
    f"/dealers?region={REFLECTED}",
    "/dealers/D1",
    f"/dealers/{REFLECTED}",
    "/dealers/D1/said",
    "/dealers/D1/said?topic=1",
    f"/dealers/D1/said?topic={REFLECTED}",
    "/interviewers",
    f"/interviewers?agency={REFLECTED}",
    "/interviewers/B7",
    "/agencies",
    f"/agencies/A{REFLECTED}",
    "/audit",
    "/audit/runs",
    "/audit/runs/run-2",
    "/audit/runs/run-3",
    "/audit/verification?now=true",
    f"/audit/views/audit_scores?column=unit_id&is=has&value={REFLECTED}",
    f"/audit/views/audit_scores?column={REFLECTED}&is=is&value=x",
    f"/audit/views/audit_scores?column=bits&is=at_least&value={REFLECTED}",
    f"/audit/views/audit_cases?sort={REFLECTED}",
    f"/audit/views/{REFLECTED}",
    *(f"/audit/views/{view}" for view in VIEWS if view != "audit_scores"),
    "/people",
    "/account",
    "/help",
    f"/login?next={REFLECTED}",
    f"/welcome/{REFLECTED}",
]  # fmt: skip


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_stored_or_reflected_html_lives_on_any_page(hostile: Console, language: str) -> None:
    client = hostile.as_("eve", language)
    wrong, evil_pages = {}, 0
    for path in PATHS:
        nobody = path.startswith(("/login", "/welcome"))
        answer = (hostile.visitor(language) if nobody else client).get(path)
        assert answer.status_code in {200, 400, 404, 410, 422}, (path, answer.status_code)
        evil_pages += "alert(1)" in answer.text
        if found := live(answer.text):
            wrong[path] = found
    assert wrong == {}
    assert evil_pages >= 20


def test_every_kind_of_page_that_reads_is_among_those_looked_at(console: Console) -> None:
    own = {"overview", "units", "dealer", "audit", "run", "view", "case_file", "agency", "interviewer", "dealer_said"}
    patterns = {route.name: route.path_regex for route in console.app.state.routes if route.name in own}
    plain = [path.partition("?")[0] for path in PATHS]
    assert {name for name, pattern in patterns.items() if any(pattern.match(path) for path in plain)} == own


def test_data_of_a_chart_cannot_end_its_script(hostile: Console) -> None:
    page = hostile.as_("eve").get("/dealers/D1").text
    scripts = re.findall(r"<script type=\"application/json\"[^>]*>(.*?)</script>", page, re.DOTALL)
    assert scripts
    assert [script for script in scripts if "<" in script] == []


def test_what_is_looked_for_would_be_seen() -> None:
    assert set(live(f'<p title="{EVIL}">')) == {"img onerror", "img", "script", "a javascript:alert(3)"}
