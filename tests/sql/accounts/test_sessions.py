"""Sessions: how long they hold, and what the database knows of them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from sql import accounts
from sql.accounts import AccountError
from sql.connection import reading, writing
from sql.store import Store
from tests.sql.accounts.standing import noted, person
from tests.sql.cases import NOON, count
from tests.sql.views import rows

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def test_a_session_holds_while_it_is_used_and_until_its_time_is_over(staffed: Store) -> None:
    who = person(staffed, "li.wei")
    with writing(staffed.engine) as connection:
        token = accounts.begin_session(connection, who.person_id, at=NOON, lasting=3 * HOUR)
        first = accounts.session_of(connection, token, at=NOON, idle=HOUR)
        assert first is not None
        assert first.person == who
        assert accounts.session_of(connection, token, at=NOON + 59 * MINUTE, idle=HOUR) == first
        assert accounts.session_of(connection, token, at=NOON + HOUR, idle=HOUR) is None
        for minutes in (50, 100, 150):
            accounts.see_session(connection, first, at=NOON + minutes * MINUTE)
        assert accounts.session_of(connection, token, at=NOON + 179 * MINUTE, idle=HOUR) is not None
        assert accounts.session_of(connection, token, at=NOON + 180 * MINUTE, idle=HOUR) is None
        assert accounts.session_of(connection, token + "x", at=NOON) is None


def test_a_session_is_not_written_on_every_page(staffed: Store) -> None:
    with writing(staffed.engine) as connection:
        token = accounts.begin_session(connection, 1, at=NOON)
        session = accounts.session_of(connection, token, at=NOON)
    assert session is not None
    assert [accounts.is_to_be_seen(session, NOON + minutes * MINUTE) for minutes in (1, 4, 5)] == [False, False, True]


def test_no_token_is_in_the_database_and_no_two_are_alike(staffed: Store) -> None:
    with writing(staffed.engine) as connection:
        tokens = [accounts.begin_session(connection, 1, at=NOON) for _ in range(3)]
    kept = rows(staffed.engine, "select token_sha256, csrf_token from sessions")
    secrets = [*tokens, *(row["csrf_token"] for row in kept), *(row["token_sha256"] for row in kept)]
    assert len(set(secrets)) == 9
    assert all(len(token) == 43 for token in tokens)


def test_sessions_end_one_by_one_all_together_and_all_but_one(staffed: Store) -> None:
    with writing(staffed.engine) as connection:
        tokens = [accounts.begin_session(connection, 2, at=NOON) for _ in range(4)]
        accounts.end_session(connection, tokens[0], at=NOON)
        accounts.end_session(connection, tokens[0], at=NOON)
        held = [accounts.session_of(connection, token, at=NOON) for token in tokens]
        assert [session is None for session in held] == [True, False, False, False]
        assert accounts.end_sessions(connection, 2, actor="li.wei", at=NOON, but=held[1]) == 2
        assert accounts.session_of(connection, tokens[1], at=NOON) is not None
        assert accounts.end_sessions(connection, 2, actor="zhao.lei", at=NOON) == 1
        assert accounts.end_sessions(connection, 2, actor="zhao.lei", at=NOON) == 0
    assert [event for event in noted(staffed) if event[1] in {"logged_out", "sessions_ended"}] == [
        ("li.wei", "logged_out", "li.wei"),
        ("li.wei", "sessions_ended", "li.wei"),
        ("zhao.lei", "sessions_ended", "li.wei"),
    ]


def test_a_changed_role_holds_in_sessions_that_are_open(staffed: Store) -> None:
    with writing(staffed.engine) as connection:
        token = accounts.begin_session(connection, 2, at=NOON)
        accounts.set_role(connection, 2, "auditor", actor="zhao.lei", at=NOON)
        session = accounts.session_of(connection, token, at=NOON)
    assert session is not None
    assert session.person == replace(person(staffed, "li.wei"), role="auditor")


def test_sessions_whose_time_is_over_are_cleared_away(staffed: Store) -> None:
    with writing(staffed.engine) as connection:
        accounts.begin_session(connection, 1, at=NOON)
        accounts.begin_session(connection, 2, at=NOON + 13 * HOUR)
    assert count(staffed, "sessions") == 1


def test_nobody_has_no_session(staffed: Store) -> None:
    with writing(staffed.engine) as connection, pytest.raises(AccountError, match="no such person"):
        accounts.begin_session(connection, 9, at=NOON)
    with reading(staffed.engine) as connection:
        assert accounts.session_of(connection, "", at=NOON) is None
