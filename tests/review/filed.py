"""A console with the cases of two nights, and what its forms need."""

import re

from httpx import Response
from starlette.testclient import TestClient

from sql.connection import reading
from sql.store import Store
from tests.review.conftest import Console
from tests.sql.filed import two_nights


def fill(console: Console) -> Console:
    """Write the two nights of `tests.sql.filed` into a console's database."""
    two_nights(Store(console.engine))
    return console


def case_of(console: Console, unit_id: str) -> int:
    """Return the case of a unit."""
    with reading(console.engine) as connection:
        found = connection.exec_driver_sql(f"select case_id from audit_cases where unit_id = '{unit_id}'").scalar_one()
    return int(found)


def value_of(page: str, name: str) -> str:
    """Return the value of the first hidden field of a name."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, f"no field {name}"
    return found.group(1)


def send(browser: TestClient, case_id: int, action: str, *, seen: str | None = None, **fields: str) -> Response:
    """Send a form of a case page, as it was seen (`seen`, a page) or as it is."""
    page = seen if seen is not None else browser.get(f"/cases/{case_id}").text
    hidden = {"csrf": value_of(page, "csrf"), "version": value_of(page, "version")}
    answer: Response = browser.post(f"/cases/{case_id}/{action}", data={**hidden, **fields})
    return answer
