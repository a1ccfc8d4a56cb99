"""Guessing passwords gets slower and slower, by account and by address."""

from datetime import timedelta

from sql import accounts
from sql.connection import reading, writing
from sql.store import Store
from tests.sql.accounts.standing import noted
from tests.sql.cases import NOON, at_once, count
from tests.sql.views import rows

SECOND = timedelta(seconds=1)
NONE = timedelta(0)


def test_the_delay_doubles_after_five_failures_and_a_success_forgets_them(store: Store) -> None:
    with writing(store.engine) as connection:
        waits, at = [], NOON
        for _ in range(9):
            at += accounts.throttled(connection, "li.wei", "192.0.2.7", at=at)
            waits.append(accounts.count_attempt(connection, "Li.Wei ", "192.0.2.7", at=at))
        assert waits == [NONE] * 9
        assert at - NOON == (1 + 2 + 4 + 8) * SECOND
        assert accounts.count_attempt(connection, "li.wei", "192.0.2.7", at=at) == 16 * SECOND
        assert accounts.count_attempt(connection, "li.wei", "192.0.2.7", at=at + 15 * SECOND) == SECOND
        accounts.forget_failures(connection, "li.wei", "192.0.2.7")
        assert accounts.throttled(connection, "li.wei", "192.0.2.7", at=at) == NONE


def test_an_account_is_slowed_down_from_every_address_and_an_address_for_every_account(store: Store) -> None:
    with writing(store.engine) as connection:
        for _ in range(5):
            accounts.count_attempt(connection, "li.wei", "192.0.2.7", at=NOON)
        assert accounts.throttled(connection, "li.wei", "198.51.100.1", at=NOON) == SECOND
        assert accounts.throttled(connection, "zhang.min", "192.0.2.7", at=NOON) == SECOND
        assert accounts.throttled(connection, "zhang.min", "198.51.100.1", at=NOON) == NONE


def test_the_longest_delay_is_a_quarter_of_an_hour(store: Store) -> None:
    at = NOON
    with writing(store.engine) as connection:
        for _ in range(30):
            at += accounts.throttled(connection, "li.wei", "192.0.2.7", at=at)
            accounts.count_attempt(connection, "li.wei", "192.0.2.7", at=at)
        assert accounts.throttled(connection, "li.wei", "192.0.2.7", at=at) == timedelta(minutes=15)


def test_twenty_guesses_at_once_are_no_way_round_it(store: Store) -> None:
    waits = at_once(store, [lambda c: accounts.count_attempt(c, "li.wei", "192.0.2.7", at=NOON)] * 20)
    assert (waits.count(NONE), waits.count(SECOND)) == (5, 15)


def test_failures_are_forgotten_after_a_day_and_name_nobody(store: Store) -> None:
    with writing(store.engine) as connection:
        accounts.count_attempt(connection, "li.wei", "192.0.2.7", at=NOON)
    kept = {str(row["subject"]) for row in rows(store.engine, "select subject from login_failures")}
    assert all(len(subject) == 64 and int(subject, 16) for subject in kept)
    with writing(store.engine) as connection:
        accounts.count_attempt(connection, "zhang.min", "198.51.100.1", at=NOON + timedelta(days=1))
    assert count(store, "login_failures") == 2


def test_a_refused_login_is_noted_without_what_a_stranger_typed(staffed: Store) -> None:
    with writing(staffed.engine) as connection:
        accounts.note_refused(connection, "LI.wei", at=NOON)
        accounts.note_refused(connection, "correct horse battery", at=NOON)
    assert noted(staffed)[-2:] == [("li.wei", "refused", "li.wei"), ("unknown", "refused", "an unknown account")]


def test_whoever_waits_is_told_how_long_without_being_counted(store: Store) -> None:
    with writing(store.engine) as connection:
        for _ in range(8):
            accounts.count_attempt(connection, "li.wei", "192.0.2.7", at=NOON)
    with reading(store.engine) as connection:
        assert accounts.throttled(connection, "li.wei", "192.0.2.7", at=NOON) == SECOND
