"""The people who work in the console: their names, roles and languages, and whether they may come in.

Every change works inside `sql.connection.writing`, so that of two admins who remove each other one is refused.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from sql.account_tables import invitations, people, sessions
from sql.accounts.log import note
from sql.rules import RuleError
from sql.times import as_text

ROLES = ("reviewer", "lead", "auditor", "admin")
WORKING_ROLES = ("reviewer", "lead")
"""Who works cases."""

LANGUAGES = ("zh", "en")
LONGEST_NAME = 100

_ACCOUNT = re.compile(r"[a-z0-9][a-z0-9._@+-]{0,63}")
# What a run does to a case has this for its actor; the other two would read like one.
_RESERVED = {"nightly", "mingcha", "nobody"}


class AccountError(RuleError):
    """Something about an account that the rules do not allow."""


@dataclass(frozen=True)
class Person:
    """Somebody who works in the console.

    Parameters
    ----------
    person_id
        Its key.
    account
        What the person logs in as, lower case; the actor of what the person does.
    name
        How the person is shown.
    role
        One of `ROLES`.
    language
        One of `LANGUAGES`, or None while the person has chosen none.
    active
        Whether the person may come in.
    has_password, has_subject
        By which ways.
    created_at
        When the account was made, as text.
    """

    person_id: int
    account: str
    name: str
    role: str
    language: str | None
    active: bool
    has_password: bool
    has_subject: bool
    created_at: str


def normal_account(account: str) -> str:
    """Return an account as it is kept: in lower case.

    Letters that look like others would let one person pass for two, so there are only those of ASCII.

    Raises
    ------
    AccountError
        It has other characters than letters, digits and ``._@+-``, or is one that Mingcha itself acts as.

    Examples
    --------
    >>> normal_account(" Li.Wei ")
    'li.wei'
    """
    normal = account.strip().lower()
    if not _ACCOUNT.fullmatch(normal):
        raise AccountError(
            "An account has 1 to 64 letters, digits or any of . _ @ + - and begins with a letter or digit.",
            remedy="Choose another.",
        )
    if normal in _RESERVED:
        raise AccountError("The account {account} is Mingcha's own.", remedy="Choose another.", account=normal)
    return normal


def create_person(
    connection: Connection,
    account: str,
    name: str,
    role: str,
    *,
    actor: str,
    at: datetime,
    language: str | None = None,
) -> Person:
    """Make an account, which nobody can log in to before a password or a subject is there.

    Raises
    ------
    AccountError
        There is one already, or account, name, role or language cannot be.
    """
    account, name = normal_account(account), _named(name)
    _one_of(role, ROLES)
    if language is not None:
        _one_of(language, LANGUAGES)
    if find_person(connection, account) is not None:
        raise AccountError("There is an account {account} already.", remedy="Choose another.", account=account)
    person_id = connection.execute(select(func.coalesce(func.max(people.c.person_id), 0))).scalar_one() + 1
    connection.execute(
        insert(people).values(
            person_id=person_id,
            account=account,
            name=name,
            role=role,
            language=language,
            active=1,
            created_at=as_text(at),
        )
    )
    note(connection, "created", f"{account}: {role}", actor=actor, at=at)
    return person_of_id(connection, person_id)


def all_people(connection: Connection) -> list[Person]:
    """Return everybody, active or not, by account."""
    return [person_of_row(row) for row in connection.execute(select(people).order_by(people.c.account))]


def assignable(connection: Connection) -> list[Person]:
    """Return whom a case can be assigned to: active reviewers and leads, by name."""
    return sorted(
        (person for person in all_people(connection) if person.active and person.role in WORKING_ROLES),
        key=lambda person: person.name,
    )


def has_people(connection: Connection) -> bool:
    """Return whether there is any account."""
    return connection.execute(select(people.c.person_id).limit(1)).first() is not None


def find_person(connection: Connection, account: str) -> Person | None:
    """Return who has an account, in any case of letters, or None."""
    row = connection.execute(select(people).where(people.c.account == account.strip().lower())).first()
    return None if row is None else person_of_row(row)


def person_of_id(connection: Connection, person_id: int) -> Person:
    """Return a person by key.

    Raises
    ------
    AccountError
        There is none.
    """
    row = connection.execute(select(people).where(people.c.person_id == person_id)).first()
    if row is None:
        raise AccountError("There is no such person.", remedy="The page of people lists them.")
    return person_of_row(row)


def set_role(connection: Connection, person_id: int, role: str, *, actor: str, at: datetime) -> None:
    """Give a person another role, which holds from the next page on.

    Raises
    ------
    AccountError
        There is no such person or role, or it is the last active admin's.
    """
    _one_of(role, ROLES)
    person = person_of_id(connection, person_id)
    if role == person.role:
        return
    if role != "admin":
        _keep_an_admin(connection, person)
    _set(connection, person_id, role=role)
    note(connection, "role_changed", f"{person.account}: {person.role} to {role}", actor=actor, at=at)


def deactivate(connection: Connection, person_id: int, *, actor: str, at: datetime) -> None:
    """Keep a person out: sessions end and invitations lapse. What the person did stays.

    Raises
    ------
    AccountError
        There is no such person, or it is the last active admin.
    """
    person = person_of_id(connection, person_id)
    _keep_an_admin(connection, person)
    _set(connection, person_id, active=0)
    connection.execute(delete(sessions).where(sessions.c.person_id == person_id))
    connection.execute(delete(invitations).where(invitations.c.person_id == person_id))
    if person.active:
        note(connection, "deactivated", person.account, actor=actor, at=at)


def reactivate(connection: Connection, person_id: int, *, actor: str, at: datetime) -> None:
    """Let a person in again, with the password and subject of before.

    Raises
    ------
    AccountError
        There is no such person.
    """
    person = person_of_id(connection, person_id)
    if not person.active:
        _set(connection, person_id, active=1)
        note(connection, "reactivated", person.account, actor=actor, at=at)


def rename(connection: Connection, person_id: int, name: str, *, actor: str, at: datetime) -> None:
    """Show a person under another name.

    Raises
    ------
    AccountError
        There is no such person, or the name is empty or too long.
    """
    person = person_of_id(connection, person_id)
    _set(connection, person_id, name=_named(name))
    note(connection, "renamed", person.account, actor=actor, at=at)


def set_language(connection: Connection, person_id: int, language: str) -> None:
    """Keep the language a person has chosen.

    Raises
    ------
    AccountError
        Mingcha does not speak it.
    """
    _one_of(language, LANGUAGES)
    _set(connection, person_id, language=language)


def person_of_row(row: Row[Any]) -> Person:
    """Return the person of a row of ``people``."""
    return Person(
        person_id=row.person_id,
        account=row.account,
        name=row.name,
        role=row.role,
        language=row.language,
        active=bool(row.active),
        has_password=row.password_hash is not None,
        has_subject=row.subject is not None,
        created_at=row.created_at,
    )


def _named(name: str) -> str:
    name = " ".join(name.split())
    if not 1 <= len(name) <= LONGEST_NAME:
        raise AccountError("A name has 1 to {most} characters.", remedy="Choose another.", most=LONGEST_NAME)
    return name


def _one_of(value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise AccountError(
            "{value!r} is not known.", remedy="Choose one of {known}.", value=value, known=", ".join(known)
        )


def _keep_an_admin(connection: Connection, person: Person) -> None:
    """Refuse to take away the last one who can manage people: nobody could bring one back."""
    if person.role != "admin" or not person.active:
        return
    others = select(people.c.person_id).where(
        people.c.role == "admin", people.c.active == 1, people.c.person_id != person.person_id
    )
    if connection.execute(others.limit(1)).first() is None:
        raise AccountError(
            "{account} is the last active admin.", remedy="Make somebody else an admin first.", account=person.account
        )


def _set(connection: Connection, person_id: int, **values: object) -> None:
    connection.execute(update(people).where(people.c.person_id == person_id).values(**values))
