"""Cases to work on, and people who do, for the tests of what people do."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier
from typing import Any

from sqlalchemy import Connection, text

from sql import decisions
from sql.accounts import create_person
from sql.connection import writing
from sql.store import Store
from tests.sql.nights import Score, night
from tests.sql.views import rows

NOON = datetime(2026, 11, 2, 12, 0)  # noqa: DTZ001 - no offset means Shanghai
LI: dict[str, Any] = {"version": None, "actor": "li.wei", "reason": "ten recordings", "at": NOON}
"""A decision of li.wei's, whatever the case has become meanwhile."""
ZHANG = LI | {"actor": "zhang.min"}
"""The same of the second person's."""


def with_cases(store: Store, count: int = 3) -> Store:
    """Open cases 1, 2, 3 … of the dealers D1, D2, D3 …, the first one the likeliest, with one finding each."""
    flagged: list[Score] = [
        (f"D{number}", "coached", 12.0, 1, round(0.9 - number / 100, 2), 0.4) for number in range(1, count + 1)
    ]
    store.write_run(night("run-1", flagged, "2026-11-01"))
    return store


def with_people(store: Store) -> Store:
    """Let there be two reviewers, a lead, an auditor and an admin."""
    with writing(store.engine) as connection:
        for account, role in (
            ("li.wei", "reviewer"),
            ("zhang.min", "reviewer"),
            ("wang.fang", "lead"),
            ("chen.jie", "auditor"),
            ("zhao.lei", "admin"),
        ):
            create_person(connection, account, account.title(), role, actor="zhao.lei", at=NOON)
    return store


def refute(connection: Connection, *case_ids: int) -> None:
    """Let li.wei refute that the dealers of these cases coach."""
    for case_id in case_ids:
        decisions.decide(connection, case_id, "coached", "refuted", **LI)


def refute_and_close(store: Store, case_id: int) -> None:
    """Let li.wei refute that the dealer of a case coaches, and close the case."""
    with writing(store.engine) as connection:
        refute(connection, case_id)
        decisions.close(connection, case_id, **LI)


def case(store: Store, case_id: int) -> dict[str, object]:
    """Return what people have made of a case."""
    columns = "status, assignee, due_on, snoozed_until, merged_into, version"
    (found,) = rows(store.engine, f"select {columns} from cases where case_id = {case_id}")
    return found


def actions(store: Store, case_id: int) -> list[str]:
    """Return what people and nights did to a case, after it was opened."""
    found = rows(store.engine, f"select action from audit_events where case_id = {case_id} order by event_id")
    return [str(row["action"]) for row in found if row["action"] not in {"opened", "found"}]


def count(store: Store, table: str) -> int:
    """Return how many rows a table has."""
    with store.engine.connect() as connection:
        return int(connection.execute(text(f"select count(*) from {table}")).scalar_one())


def at_once(store: Store, doings: Sequence[Callable[[Connection], object]]) -> list[object]:
    """Do each in a transaction and a thread of its own, all at one time, and return what they returned or raised."""
    start = Barrier(len(doings))

    def one(do: Callable[[Connection], object]) -> object:
        start.wait()
        try:
            with writing(store.engine) as connection:
                return do(connection)
        except Exception as error:
            return error

    with ThreadPoolExecutor(len(doings)) as threads:
        return list(threads.map(one, doings))
