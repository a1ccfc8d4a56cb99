"""Sessions: what a browser's cookie stands for. They end when unused for a while, and in any case after half a day."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select, update

from sql.account_tables import people, sessions
from sql.accounts.log import note
from sql.accounts.people import Person, person_of_id, person_of_row
from sql.accounts.tokens import digest, new_token
from sql.times import as_text

LASTING = timedelta(hours=12)
"""After so long a session ends, used or not."""

IDLE = timedelta(hours=2)
"""After so long without a page a session ends."""

SEEN_EVERY = timedelta(minutes=5)
"""How precisely it is kept when a session was last used: to write on every page would make readers wait for a night."""


@dataclass(frozen=True)
class Session:
    """A session that holds.

    Parameters
    ----------
    person
        Whose, as of now: a role that was changed holds at once.
    token_sha256
        Its key.
    csrf_token
        What every form of it carries.
    begun_at, seen_at, expires_at
        As text.
    """

    person: Person
    token_sha256: str
    csrf_token: str
    begun_at: str
    seen_at: str
    expires_at: str


def begin_session(connection: Connection, person_id: int, *, at: datetime, lasting: timedelta = LASTING) -> str:
    """Begin a session, and return its token, which is kept nowhere.

    Sessions whose time is over are cleared away.

    Raises
    ------
    AccountError
        There is no such person.
    """
    person = person_of_id(connection, person_id)
    connection.execute(delete(sessions).where(sessions.c.expires_at <= as_text(at)))
    token = new_token()
    connection.execute(
        insert(sessions).values(
            token_sha256=digest(token),
            person_id=person_id,
            csrf_token=new_token(),
            begun_at=as_text(at),
            seen_at=as_text(at),
            expires_at=as_text(at + lasting),
        )
    )
    note(connection, "logged_in", person.account, actor=person.account, at=at)
    return token


def session_of(connection: Connection, token: str, *, at: datetime, idle: timedelta = IDLE) -> Session | None:
    """Return the session of a token, or None if there is none, it is over, or its person may not come in.

    Only reads; call `see_session` if `is_to_be_seen`.
    """
    query = (
        select(sessions, people)
        .join(people, sessions.c.person_id == people.c.person_id)
        .where(
            sessions.c.token_sha256 == digest(token),
            sessions.c.expires_at > as_text(at),
            sessions.c.seen_at > as_text(at - idle),
            people.c.active == 1,
        )
    )
    row = connection.execute(query).first()
    if row is None:
        return None
    return Session(person_of_row(row), row.token_sha256, row.csrf_token, row.begun_at, row.seen_at, row.expires_at)


def is_to_be_seen(session: Session, at: datetime) -> bool:
    """Return whether it is time to write down that a session is in use."""
    return session.seen_at <= as_text(at - SEEN_EVERY)


def see_session(connection: Connection, session: Session, *, at: datetime) -> None:
    """Write down that a session is in use."""
    this = sessions.c.token_sha256 == session.token_sha256
    connection.execute(update(sessions).where(this).values(seen_at=as_text(at)))


def end_session(connection: Connection, token: str, *, at: datetime) -> None:
    """End the session of a token, if there is one."""
    this = sessions.c.token_sha256 == digest(token)
    account = connection.execute(
        select(people.c.account).join(sessions, sessions.c.person_id == people.c.person_id).where(this)
    ).scalar()
    if account is not None:
        connection.execute(delete(sessions).where(this))
        note(connection, "logged_out", account, actor=account, at=at)


def end_sessions(
    connection: Connection, person_id: int, *, actor: str, at: datetime, but: Session | None = None
) -> int:
    """End all of a person's sessions, but for one if it is given, and return how many these were."""
    person = person_of_id(connection, person_id)
    these = sessions.c.person_id == person_id
    if but is not None:
        these &= sessions.c.token_sha256 != but.token_sha256
    ended = connection.execute(delete(sessions).where(these)).rowcount
    if ended:
        note(connection, "sessions_ended", person.account, actor=actor, at=at)
    return ended
