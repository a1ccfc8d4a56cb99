"""The API: what its description says is what it answers, whatever it is asked."""

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.core.result import Ok
from starlette.testclient import TestClient

from review.api.description import described
from review.security.permissions import Role
from sql.accounts import create_service_token
from sql.connection import writing
from sql.store import Store
from tests.review.conftest import AT, Console
from tests.sql.filed import two_nights

EXAMPLES = settings(
    max_examples=20, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
)


@pytest.fixture
def fed(console: Console) -> Console:
    """A console with two nights."""
    two_nights(Store(console.engine))
    return console


def service(console: Console, role: str = "auditor") -> TestClient:
    """Return another system, with a token."""
    with writing(console.engine) as connection:
        token = create_service_token(connection, f"feed-{role}", role, actor="zhao.lei", at=AT)
    client = console.visitor()
    client.headers["Authorization"] = f"Bearer {token}"
    return client


def test_the_queue_is_a_page_of_cases_with_counts(fed: Console) -> None:
    found = service(fed).get("/api/v1/cases?order=oldest").json()
    assert [(case["case_id"], case["unit_id"], case["schemes"]) for case in found["cases"]] == [
        (1, "D1", ["coached", "fake_contacts"]),
        (2, "D2", ["coached"]),
        (3, "B7", ["fabricated"]),
    ]
    assert (found["total"], found["page"], found["pages"], found["counts"]["closed"]) == (3, 1, 1, 0)


@pytest.mark.parametrize(
    ("query", "expected"),
    [("unit_kind=interviewer", [3]), ("region=North", [2]), ("scheme=fake_contacts", [1]), ("status=closed", [])],
)
def test_cases_are_filtered_as_in_the_queue(fed: Console, query: str, expected: list[int]) -> None:
    found = service(fed).get(f"/api/v1/cases?{query}").json()
    assert [case["case_id"] for case in found["cases"]] == expected


def test_a_case_has_its_findings_evidence_events_and_records(fed: Console) -> None:
    case = service(fed).get("/api/v1/cases/1").json()
    assert [finding["scheme"] for finding in case["findings"]] == ["fake_contacts", "coached"]
    family = case["findings"][0]["families"][0]
    assert (family["name"], family["bits"]) == ("contacts", 12.5)
    assert family["evidence"][0]["reason_zh"] == "200 个号码中有 23 个属于经销商员工。"
    assert [night["business_date"] for night in case["findings"][0]["nights"]] == ["2026-10-31", "2026-10-30"]
    assert case["events"][0]["action"] == "opened"
    assert case["records"] == [
        {
            "source": "surveys", "record_id": "R1", "at": "2026-09-30T10:00:00", "probability": 0.97,
            "schemes": ["fake_contacts"], "reasons": "The number belongs to staff.", "reasons_zh": "号码属于员工。",
        }
    ]  # fmt: skip


def test_units_agencies_and_runs_are_told_as_they_were_stored(fed: Console) -> None:
    client = service(fed)
    dealer = client.get("/api/v1/dealers/D1").json()
    assert (dealer["name"], dealer["index"][0]["adjusted_score"], dealer["cases"][0]["case_id"]) == ("明达汽车", 8.1, 1)
    assert {score["scheme"] for score in dealer["scores"]} == {"coached", "fake_contacts"}
    assert [unit["unit_id"] for unit in client.get("/api/v1/interviewers").json()["units"]] == ["B7"]
    assert client.get("/api/v1/agencies").json()["agencies"][0]["flagged"] == 1
    runs = client.get("/api/v1/runs").json()
    assert [run["run_id"] for run in runs["runs"]] == ["run-2", "run-1"]
    assert runs["before"] is None
    run = client.get("/api/v1/runs/run-2").json()
    assert run["inputs"][0]["file_sha256"] == "ab" * 32
    assert run["quarantined"] == [{"source": "surveys", "rule": "in_range", "rows": 1}]


def test_a_fault_is_a_problem_in_json(fed: Console) -> None:
    client = service(fed)
    for path, status in {"/api/v1/cases/99": 404, "/api/v1/cases?page=0": 422, "/api/v1/dealers/no": 404}.items():
        answer = client.get(path)
        assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
        assert answer.json()["status"] == status


def test_no_personal_value_is_in_any_answer(fed: Console) -> None:
    client = service(fed)
    told = "".join(
        client.get(f"/api/v1/{path}").text for path in ("cases", "cases/1", "dealers", "dealers/D1", "runs/run-2")
    )
    assert "138****5678" not in told
    assert "都挺好" not in told


def test_the_description_is_complete(console: Console) -> None:
    api = described(console.app.state.routes, "0.0.0")
    assert api["openapi"] == "3.1.0"
    fields = [
        (name, field)
        for name, schema in api["components"]["schemas"].items()
        for field, told in schema.get("properties", {}).items()
        if not told.get("description")
    ]
    parameters = [
        (path, parameter["name"])
        for path, operations in api["paths"].items()
        for parameter in operations["get"].get("parameters", ())
        if parameter["in"] == "query" and not parameter.get("description")
    ]
    assert (fields, parameters) == ([], [])
    for operations in api["paths"].values():
        if operations["get"]["x-permission"] != "public":
            assert {"200", "401", "403", "503"} <= operations["get"]["responses"].keys()


def test_people_read_the_description_without_anything_of_elsewhere(console: Console) -> None:
    page = console.as_(Role.REVIEWER).get("/api/v1/docs").text
    assert "GET /api/v1/cases/{case_id}" in page
    assert "//cdn" not in page
    assert console.as_(Role.REVIEWER).get("/api/v1/openapi.json").json()["info"]["title"] == "Mingcha"


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_whatever_is_asked_is_answered_as_described_and_never_with_a_fault(fed: Console, mode: GenerationMode) -> None:
    headers = {"Authorization": service(fed).headers["Authorization"], "Host": "127.0.0.1"}
    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", fed.app, headers=headers)
    asked = set()
    for found in schema.get_all_operations():
        assert isinstance(found, Ok)
        operation = found.ok()
        asked.add(operation.path)
        if mode is GenerationMode.NEGATIVE and not [*operation.query, *operation.path_parameters]:
            continue  # what takes nothing cannot be asked wrongly

        @settings(EXAMPLES)
        @given(case=operation.as_strategy(generation_mode=mode))
        def answered_as_described(case: schemathesis.Case[Any]) -> None:
            case.call_and_validate(headers=headers)

        answered_as_described()
    assert asked == described(fed.app.state.routes, "").get("paths", {}).keys()
