"""Passwords: which are taken, how they are kept, and what a stranger can learn."""

from typing import Literal

import pytest
from argon2 import PasswordHasher, extract_parameters
from sqlalchemy import text

from sql import accounts
from sql.accounts import AccountError
from sql.connection import reading, writing
from sql.store import Store
from tests.sql.accounts.conftest import PASSWORD, QUICK
from tests.sql.accounts.standing import person
from tests.sql.cases import NOON
from tests.sql.views import rows


class Counting(PasswordHasher):
    """A hasher that remembers how costly each hash was that it verified."""

    def __init__(self) -> None:
        super().__init__(time_cost=2, memory_cost=16, parallelism=2)
        self.costs: list[object] = []

    def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:  # noqa: A002
        self.costs.append(extract_parameters(str(hash)))
        return super().verify(hash, password)


def test_the_right_password_opens_its_account_and_no_other_does(staffed: Store) -> None:
    with reading(staffed.engine) as connection:
        assert accounts.verify_password(connection, " Li.Wei", PASSWORD, hasher=QUICK) == person(staffed, "li.wei")
        for account, password in (
            ("li.wei", "correct horse batter"),
            ("li.wei", ""),
            ("li.wei", PASSWORD + "x" * 1024),
            ("nobody.here", PASSWORD),
            ("", ""),
        ):
            assert accounts.verify_password(connection, account, password, hasher=QUICK) is None


def test_a_stranger_cannot_tell_from_the_work_which_accounts_there_are(staffed: Store) -> None:
    hasher = Counting()
    with writing(staffed.engine) as connection:
        accounts.set_password(connection, 2, PASSWORD, actor="li.wei", at=NOON, hasher=hasher)
        gone = accounts.create_person(connection, "sun.li", "Sun Li", "reviewer", actor="zhao.lei", at=NOON)
        accounts.set_password(connection, gone.person_id, PASSWORD, actor="sun.li", at=NOON, hasher=QUICK)
        accounts.deactivate(connection, gone.person_id, actor="zhao.lei", at=NOON)
        accounts.create_person(connection, "no.password", "N", "reviewer", actor="zhao.lei", at=NOON)
        tries = [("li.wei", "wrong"), ("li.wei", "x" * 5000), ("nobody.here", PASSWORD)]
        for account, password in [*tries, ("sun.li", PASSWORD), ("no.password", PASSWORD)]:
            assert accounts.verify_password(connection, account, password, hasher=hasher) is None
    assert hasher.costs == [extract_parameters(hasher.hash("x"))] * 5


def test_full_width_letters_are_the_same_password(staffed: Store) -> None:
    who = person(staffed, "li.wei").person_id
    with writing(staffed.engine) as connection:
        accounts.set_password(connection, who, "ｓｅｃｒｅｔ of the sea", actor="li.wei", at=NOON, hasher=QUICK)
        assert accounts.verify_password(connection, "li.wei", "secret of the sea", hasher=QUICK) is not None


@pytest.mark.parametrize(
    ("password", "is_taken"),
    [
        ("eleven char", False),
        ("twelve chars", True),
        ("aaaaaaaaaaaa", True),
        ("十二个字的密码就是这么长", True),
        ("x" * 1024, True),
        ("x" * 1025, False),
        ("zhang.min.of.beijing", False),
        ("ZHANG.MIN.OF.BEIJING ", False),
    ],
)
def test_length_is_what_counts_and_the_account_is_no_password(password: str, *, is_taken: bool) -> None:
    if is_taken:
        accounts.check_password("zhang.min.of.beijing", password)
    else:
        with pytest.raises(AccountError):
            accounts.check_password("zhang.min.of.beijing", password)


def test_hashes_are_salted_and_made_anew_when_their_cost_changes(staffed: Store) -> None:
    kept = "select password_hash from people order by account"
    before = [row["password_hash"] for row in rows(staffed.engine, kept)]
    assert len(set(before)) == 2
    assert all(str(hashed).startswith("$argon2id$") for hashed in before)
    dearer = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1)
    who = person(staffed, "li.wei").person_id
    with writing(staffed.engine) as connection:
        assert not accounts.refresh_password_hash(connection, who, PASSWORD, hasher=QUICK)
        assert accounts.refresh_password_hash(connection, who, PASSWORD, hasher=dearer)
        assert not accounts.refresh_password_hash(connection, who, PASSWORD, hasher=dearer)
        assert accounts.verify_password(connection, "li.wei", PASSWORD, hasher=dearer) is not None
    after = [row["password_hash"] for row in rows(staffed.engine, kept)]
    assert (after[0] != before[0], after[1] == before[1]) == (True, True)


def test_a_hash_that_cannot_be_read_opens_nothing(staffed: Store) -> None:
    with staffed.engine.begin() as connection:
        connection.execute(text("update people set password_hash = 'correct horse battery'"))
    with reading(staffed.engine) as connection:
        assert accounts.verify_password(connection, "li.wei", PASSWORD, hasher=QUICK) is None
