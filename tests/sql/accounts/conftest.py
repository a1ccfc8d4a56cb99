"""What the tests of accounts need: an admin, a reviewer, and a hasher that is quick."""

import pytest
from argon2 import PasswordHasher

from sql.accounts import create_person, set_password
from sql.connection import writing
from sql.store import Store
from tests.sql.cases import NOON

PASSWORD = "correct horse battery"  # noqa: S105
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture
def staffed(store: Store) -> Store:
    """A store with the admin zhao.lei and the reviewer li.wei, who have a password."""
    with writing(store.engine) as connection:
        for account, role in (("zhao.lei", "admin"), ("li.wei", "reviewer")):
            person = create_person(connection, account, account.title(), role, actor="zhao.lei", at=NOON)
            set_password(connection, person.person_id, PASSWORD, actor=account, at=NOON, hasher=QUICK)
    return store
