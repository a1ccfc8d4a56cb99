"""One-time links: one person, one use, a few days."""

from datetime import timedelta

import pytest

from sql import accounts
from sql.accounts import AccountError
from sql.connection import reading, writing
from sql.store import Store
from tests.sql.accounts.conftest import PASSWORD, QUICK
from tests.sql.accounts.standing import noted, person
from tests.sql.cases import NOON, at_once, count

DAY = timedelta(days=1)
OTHER = "quite another phrase"


def test_the_first_admin_is_set_up_once_by_the_link_of_the_first_start(store: Store) -> None:
    with writing(store.engine) as connection:
        older = accounts.invite_first_admin(connection, at=NOON)
        token = accounts.invite_first_admin(connection, at=NOON)
        assert accounts.invited_person(connection, token, at=NOON) is None
        with pytest.raises(AccountError, match="used already"):
            accounts.set_up_first_admin(connection, older, "zhao.lei", "Z", PASSWORD, at=NOON, hasher=QUICK)
        with pytest.raises(AccountError, match="sets up the first admin"):
            accounts.accept_invitation(connection, token, PASSWORD, at=NOON, hasher=QUICK)
        made = accounts.set_up_first_admin(connection, token, "zhao.lei", "Z", PASSWORD, at=NOON, hasher=QUICK)
        assert (made.account, made.role, made.has_password) == ("zhao.lei", "admin", True)
        with pytest.raises(AccountError, match="used already"):
            accounts.set_up_first_admin(connection, token, "other", "O", PASSWORD, at=NOON, hasher=QUICK)
        with pytest.raises(AccountError, match="There are accounts already"):
            accounts.invite_first_admin(connection, at=NOON)
    assert noted(store) == [("zhao.lei", "created", "zhao.lei: admin"), ("zhao.lei", "password_set", "zhao.lei")]


def test_a_password_that_breaks_the_rule_does_not_use_the_link_up(store: Store) -> None:
    with writing(store.engine) as connection:
        token = accounts.invite_first_admin(connection, at=NOON)
    with pytest.raises(AccountError, match="at least 12"), writing(store.engine) as connection:
        accounts.set_up_first_admin(connection, token, "zhao.lei", "Z", "short", at=NOON, hasher=QUICK)
    assert (count(store, "people"), count(store, "invitations")) == (0, 1)


def test_of_two_who_follow_the_first_link_at_once_one_becomes_the_admin(store: Store) -> None:
    with writing(store.engine) as connection:
        token = accounts.invite_first_admin(connection, at=NOON)
    results = at_once(
        store,
        [
            lambda c: accounts.set_up_first_admin(c, token, "zhao.lei", "Z", PASSWORD, at=NOON, hasher=QUICK),
            lambda c: accounts.set_up_first_admin(c, token, "intruder", "I", PASSWORD, at=NOON, hasher=QUICK),
        ],
    )
    assert sorted(type(result).__name__ for result in results) == ["AccountError", "Person"]
    assert count(store, "people") == 1


def test_the_first_link_is_worthless_once_there_is_somebody(store: Store) -> None:
    with writing(store.engine) as connection:
        token = accounts.invite_first_admin(connection, at=NOON)
        accounts.create_person(connection, "zhao.lei", "Z", "admin", actor="mingcha", at=NOON)
        with pytest.raises(AccountError, match="There are accounts already"):
            accounts.set_up_first_admin(connection, token, "intruder", "I", PASSWORD, at=NOON, hasher=QUICK)


def test_a_link_sets_a_password_once_and_ends_the_sessions_of_before(staffed: Store) -> None:
    who = person(staffed, "li.wei")
    with writing(staffed.engine) as connection:
        session = accounts.begin_session(connection, who.person_id, at=NOON)
        older = accounts.invite(connection, who.person_id, actor="zhao.lei", at=NOON)
        token = accounts.invite(connection, who.person_id, actor="zhao.lei", at=NOON)
        assert accounts.invited_person(connection, token, at=NOON) == who
        with pytest.raises(AccountError, match="for choosing a password"):
            accounts.set_up_first_admin(connection, token, "me", "Me", OTHER, at=NOON, hasher=QUICK)
        assert accounts.accept_invitation(connection, token, OTHER, at=NOON, hasher=QUICK) == who
        for used in (older, token, "", token[:-1]):
            with pytest.raises(AccountError, match="used already, or its time is over"):
                accounts.accept_invitation(connection, used, PASSWORD, at=NOON, hasher=QUICK)
        assert accounts.session_of(connection, session, at=NOON) is None
        assert accounts.verify_password(connection, "li.wei", PASSWORD, hasher=QUICK) is None
        assert accounts.verify_password(connection, "li.wei", OTHER, hasher=QUICK) == who


def test_a_link_lapses(staffed: Store) -> None:
    with writing(staffed.engine) as connection:
        token = accounts.invite(connection, 2, actor="zhao.lei", at=NOON)
    with reading(staffed.engine) as connection:
        assert accounts.invited_person(connection, token, at=NOON + 3 * DAY - timedelta(seconds=1)) is not None
        with pytest.raises(AccountError, match="its time is over"):
            accounts.invited_person(connection, token, at=NOON + 3 * DAY)


def test_whoever_may_not_come_in_is_not_invited(staffed: Store) -> None:
    with writing(staffed.engine) as connection:
        accounts.deactivate(connection, 2, actor="zhao.lei", at=NOON)
        with pytest.raises(AccountError, match=r"li\.wei is not active"):
            accounts.invite(connection, 2, actor="zhao.lei", at=NOON)
