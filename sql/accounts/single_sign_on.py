"""People who come by single sign-on: the issuer's subject of each."""

from datetime import datetime

from sqlalchemy import Connection, select, update

from sql.account_tables import people
from sql.accounts.log import note
from sql.accounts.people import AccountError, Person, create_person, find_person, person_of_id, person_of_row


def find_by_subject(connection: Connection, issuer: str, subject: str) -> Person | None:
    """Return who this is at the provider, active or not, or None."""
    row = connection.execute(select(people).where(people.c.subject == _kept(issuer, subject))).first()
    return None if row is None else person_of_row(row)


def link_subject(
    connection: Connection, person_id: int, issuer: str, subject: str, *, actor: str, at: datetime
) -> None:
    """Let a person come by single sign-on too.

    Raises
    ------
    AccountError
        There is no such person, or this is somebody else at the provider already.
    """
    person = person_of_id(connection, person_id)
    other = find_by_subject(connection, issuer, subject)
    if other is not None and other.person_id != person_id:
        raise AccountError(
            "This single sign-on is {account}'s already.",
            remedy="Log in as that one, or have it unlinked.",
            account=other.account,
        )
    _set(connection, person_id, _kept(issuer, subject))
    note(connection, "subject_linked", person.account, actor=actor, at=at)


def unlink_subject(connection: Connection, person_id: int, *, actor: str, at: datetime) -> None:
    """No longer let a person come by single sign-on.

    Raises
    ------
    AccountError
        There is no such person.
    """
    person = person_of_id(connection, person_id)
    _set(connection, person_id, None)
    note(connection, "subject_unlinked", person.account, actor=actor, at=at)


def person_of_subject(
    connection: Connection,
    issuer: str,
    subject: str,
    *,
    account: str,
    name: str,
    default_role: str | None,
    at: datetime,
) -> Person | None:
    """Return who this is at the provider, making an account if that is wanted.

    An account of that name that is there already is not linked: whoever can choose a name at the provider would else
    choose an admin's.

    Parameters
    ----------
    connection
        In a writing transaction.
    issuer, subject
        From the provider's identity token.
    account, name
        What a new account has.
    default_role
        Its role; None to make none.
    at
        When.

    Returns
    -------
    Person or None
        The person if active; None if not, or if there is none and none is to be made.

    Raises
    ------
    AccountError
        There is an account of that name already, or it cannot be one.
    """
    found = find_by_subject(connection, issuer, subject)
    if found is not None:
        return found if found.active else None
    if default_role is None:
        return None
    if find_person(connection, account) is not None:
        raise AccountError(
            "There is an account of this name already, with another way to log in.",
            remedy="Ask an admin to link it to your single sign-on.",
        )
    person = create_person(connection, account, name, default_role, actor="single sign-on", at=at)
    link_subject(connection, person.person_id, issuer, subject, actor="single sign-on", at=at)
    return person_of_id(connection, person.person_id)


def _kept(issuer: str, subject: str) -> str:
    return f"{issuer} {subject}"


def _set(connection: Connection, person_id: int, subject: str | None) -> None:
    connection.execute(update(people).where(people.c.person_id == person_id).values(subject=subject))
