"""The log of accounts: who came, who was refused, and who changed which account."""

from datetime import datetime

from sqlalchemy import Connection, func, insert, select

from sql.account_tables import account_events
from sql.times import as_text


def note(connection: Connection, action: str, about: str, *, actor: str, at: datetime) -> None:
    """Append an event to ``account_events``, in a writing transaction.

    Parameters
    ----------
    connection
        In a writing transaction.
    action
        What was done, in the past tense.
    about
        The account or service it was done to, and what it became; never a secret, nor what a stranger typed.
    actor
        The account that did it; the one who logs in for its own.
    at
        When.
    """
    last = connection.execute(select(func.coalesce(func.max(account_events.c.event_id), 0))).scalar_one()
    connection.execute(
        insert(account_events).values(event_id=last + 1, at=as_text(at), actor=actor, action=action, about=about)
    )
