"""Slowing down whoever guesses passwords: by account and by address, longer with every failure.

An attempt is counted before the password is looked at, so that a hundred at once are a hundred failures, and forgotten
when it turns out right. Neither accounts nor addresses are kept, only their SHA-256: what is typed may be anything.
"""

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select, update

from sql.account_tables import login_failures, people
from sql.accounts.log import note
from sql.times import as_text

FREE_FAILURES = 5
"""Failures in a row before there is any delay."""

LONGEST_DELAY = timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(days=1)


def delay_after(failures: int) -> timedelta:
    """Return how long to wait after so many failures in a row: a second, then twice as long each time.

    Examples
    --------
    >>> [delay_after(failures).total_seconds() for failures in (4, 5, 6, 9, 100)]
    [0.0, 1.0, 2.0, 16.0, 900.0]
    """
    if failures < FREE_FAILURES:
        return timedelta(0)
    return min(timedelta(seconds=2 ** min(failures - FREE_FAILURES, 20)), LONGEST_DELAY)


def throttled(connection: Connection, account: str, address: str, *, at: datetime) -> timedelta:
    """Return how long this account at this address has to wait before the next attempt; zero if it may try."""
    query = select(login_failures).where(login_failures.c.subject.in_(_subjects(account, address)))
    waits = [
        datetime.fromisoformat(row.last_at) + delay_after(row.failures) - datetime.fromisoformat(as_text(at))
        for row in connection.execute(query)
    ]
    return max([timedelta(0), *waits])


def count_attempt(connection: Connection, account: str, address: str, *, at: datetime) -> timedelta:
    """Count an attempt as failed until `forget_failures`, unless it comes too early.

    Returns
    -------
    datetime.timedelta
        Zero: go on and verify the password. Else it was not counted, and this is how long to wait.
    """
    wait = throttled(connection, account, address, at=at)
    if wait:
        return wait
    forgotten = login_failures.c.last_at <= as_text(at - FORGOTTEN_AFTER)
    connection.execute(delete(login_failures).where(forgotten))
    for subject in _subjects(account, address):
        this = login_failures.c.subject == subject
        counted = update(login_failures).where(this)
        one_more = {"failures": login_failures.c.failures + 1, "last_at": as_text(at)}
        if not connection.execute(counted.values(one_more)).rowcount:
            connection.execute(insert(login_failures).values(subject=subject, failures=1, last_at=as_text(at)))
    return timedelta(0)


def forget_failures(connection: Connection, account: str, address: str) -> None:
    """Forget the failures of an account and an address after a success."""
    subjects = _subjects(account, address)
    connection.execute(delete(login_failures).where(login_failures.c.subject.in_(subjects)))


def note_refused(connection: Connection, account: str, *, at: datetime) -> None:
    """Note a refused login; what was typed is kept only if it is an account, since it may have been the password."""
    typed = select(people.c.account).where(people.c.account == account.strip().lower())
    known = connection.execute(typed).scalar()
    note(connection, "refused", known or "an unknown account", actor=known or "unknown", at=at)


def _subjects(account: str, address: str) -> list[str]:
    named = (f"account {account.strip().lower()}", f"address {address}")
    return [hashlib.sha256(subject.encode("utf-8", "surrogatepass")).hexdigest() for subject in named]
