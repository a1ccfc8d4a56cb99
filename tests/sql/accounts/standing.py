"""How accounts stand, for their tests."""

from sql.accounts import Person, find_person
from sql.connection import reading
from sql.store import Store
from tests.sql.views import rows


def person(store: Store, account: str) -> Person:
    """Return who has an account."""
    with reading(store.engine) as connection:
        found = find_person(connection, account)
    assert found is not None
    return found


def noted(store: Store) -> list[tuple[str, str, str]]:
    """Return actor, action and about of every event of accounts."""
    found = rows(store.engine, "select actor, action, about from account_events order by event_id")
    return [(str(row["actor"]), str(row["action"]), str(row["about"])) for row in found]
