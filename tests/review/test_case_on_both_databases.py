"""The queue and a case from the first look to the second person, on SQLite and on PostgreSQL."""

from pathlib import Path

from review.app import create_app
from review.pages.queue import DUE_NAMES, ORDER_NAMES, TABS
from review.security.permissions import Role
from review.settings import ReviewSettings
from sql.connection import reading
from tests.review.conftest import NAMES, Clock, Console
from tests.review.filed import case_of, fill, send, value_of


def test_from_the_queue_to_a_confirmed_and_closed_case(database_url: str, tmp_path: Path) -> None:
    clock = Clock()
    app = create_app(ReviewSettings.model_validate({"database_url": database_url, "home": tmp_path}), clock=clock)
    console = Console(app, clock)
    for role, (account, name) in NAMES.items():
        console.add_person(account, name, role)
    fill(console)
    li, wang = console.as_(Role.REVIEWER), console.as_(Role.LEAD)
    case_id = case_of(console, "D2")

    addresses = [*(f"status={tab}" for tab in TABS), *(f"due={due}" for due in DUE_NAMES)]
    addresses += [*(f"order={order}" for order in ORDER_NAMES), "q=d2%25_&age=1", "scheme=coached&region=North&brand=x"]
    for query in addresses:
        assert (query, li.get(f"/cases?{query}").status_code) == (query, 200)
    assert "Coached customers" in li.get(f"/cases/{case_id}").text
    page = li.get("/cases?q=D2").text
    taken = li.post("/cases/next", data={"csrf": value_of(page, "csrf"), "query": value_of(page, "query")})
    assert taken.headers["location"] == f"/cases/{case_id}?q=D2"
    for browser, action, fields in (
        (li, "comment", {"text": "heard\0 five\r\nof ten"}),
        (li, "link", {"other": str(case_of(console, "B7")), "reason": "his calls"}),
        (li, "findings/coached/decide", {"outcome": "confirmed", "reason": "ten recordings"}),
        (wang, "findings/coached/second", {"answer": "confirm", "reason": "heard them too"}),
        (wang, "close", {"reason": "confirmed"}),
    ):
        answer = send(browser, case_id, action, **fields)
        assert (action, answer.status_code) == (action, 303)
    assert "heard five\nof ten" in wang.get(f"/cases/{case_id}").text
    with reading(console.engine) as connection:
        query = "select outcome, decided_by, confirmed_by from audit_findings where case_id = "
        assert tuple(connection.exec_driver_sql(f"{query}{case_id}").one()) == ("confirmed", "li.na", "wang.fang")
    for engine in (app.state.engine, app.state.patient_engine):
        engine.dispose()
