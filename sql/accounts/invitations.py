"""One-time links: to set up the first admin while there is nobody, and to choose a password."""

from datetime import datetime, timedelta

from argon2 import PasswordHasher
from sqlalchemy import Connection, delete, insert, select

from sql.account_tables import invitations, sessions
from sql.accounts.log import note
from sql.accounts.passwords import HASHER, check_password, set_password
from sql.accounts.people import AccountError, Person, create_person, has_people, normal_account, person_of_id
from sql.accounts.single_sign_on import link_subject
from sql.accounts.tokens import digest, new_token
from sql.times import as_text

LASTING = timedelta(days=3)
"""For how long a link can be used."""


def invite(connection: Connection, person_id: int, *, actor: str, at: datetime, lasting: timedelta = LASTING) -> str:
    """Return the token of a link by which a person chooses a password; links from before lapse.

    Raises
    ------
    AccountError
        There is no such person, or the person may not come in.
    """
    person = person_of_id(connection, person_id)
    if not person.active:
        raise AccountError("{account} is not active.", remedy="Let the person in again first.", account=person.account)
    connection.execute(delete(invitations).where(invitations.c.person_id == person_id))
    note(connection, "invited", person.account, actor=actor, at=at)
    return _issue(connection, person_id, at, lasting)


def invite_first_admin(connection: Connection, *, at: datetime, lasting: timedelta = LASTING) -> str:
    """Return the token of the link by which the first admin is set up; links from before lapse.

    Raises
    ------
    AccountError
        There are people already.
    """
    _nobody_yet(connection)
    connection.execute(delete(invitations).where(invitations.c.person_id.is_(None)))
    return _issue(connection, None, at, lasting)


def invited_person(connection: Connection, token: str, *, at: datetime) -> Person | None:
    """Return whom a link invites to choose a password; None if it is the one for the first admin.

    Raises
    ------
    AccountError
        It was used or has lapsed, or the person may not come in.
    """
    this = (invitations.c.token_sha256 == digest(token), invitations.c.expires_at > as_text(at))
    row = connection.execute(select(invitations).where(*this)).first()
    if row is None:
        raise AccountError("This link was used already, or its time is over.", remedy="Ask an admin for a new one.")
    if row.person_id is None:
        _nobody_yet(connection)
        return None
    person = person_of_id(connection, row.person_id)
    if not person.active:
        raise AccountError("This link was used already, or its time is over.", remedy="Ask an admin for a new one.")
    return person


def accept_invitation(
    connection: Connection, token: str, password: str, *, at: datetime, hasher: PasswordHasher = HASHER
) -> Person:
    """Set the password of whom a link invites, end that person's sessions, and use the link up.

    Raises
    ------
    AccountError
        The link was used, has lapsed or is the one for the first admin, or the password breaks the rule.
    """
    person = invited_person(connection, token, at=at)
    if person is None:
        raise AccountError("This link sets up the first admin.", remedy="Choose an account and a name too.")
    set_password(connection, person.person_id, password, actor=person.account, at=at, hasher=hasher)
    connection.execute(delete(invitations).where(invitations.c.person_id == person.person_id))
    connection.execute(delete(sessions).where(sessions.c.person_id == person.person_id))
    return person_of_id(connection, person.person_id)


def accept_invitation_by_subject(
    connection: Connection, token: str, issuer: str, subject: str, *, at: datetime
) -> Person:
    """Let whom a link invites come by single sign-on, and use the link up.

    Raises
    ------
    AccountError
        The link was used, has lapsed or is the one for the first admin, or the subject is another person's already.
    """
    person = invited_person(connection, token, at=at)
    if person is None:
        raise AccountError("This link sets up the first admin.", remedy="Choose an account and a name too.")
    link_subject(connection, person.person_id, issuer, subject, actor=person.account, at=at)
    connection.execute(delete(invitations).where(invitations.c.person_id == person.person_id))
    return person_of_id(connection, person.person_id)


def set_up_first_admin(
    connection: Connection,
    token: str,
    account: str,
    name: str,
    password: str,
    *,
    at: datetime,
    hasher: PasswordHasher = HASHER,
) -> Person:
    """Make the first admin, by the link for that, and use it up.

    Raises
    ------
    AccountError
        The link was used or has lapsed, there are people already, or account, name or password cannot be.
    """
    if invited_person(connection, token, at=at) is not None:
        raise AccountError("This link is for choosing a password.", remedy="Choose a password.")
    account = normal_account(account)
    check_password(account, password)
    person = create_person(connection, account, name, "admin", actor=account, at=at)
    set_password(connection, person.person_id, password, actor=account, at=at, hasher=hasher)
    connection.execute(delete(invitations).where(invitations.c.person_id.is_(None)))
    return person_of_id(connection, person.person_id)


def _issue(connection: Connection, person_id: int | None, at: datetime, lasting: timedelta) -> str:
    connection.execute(delete(invitations).where(invitations.c.expires_at <= as_text(at)))
    token = new_token()
    connection.execute(
        insert(invitations).values(token_sha256=digest(token), person_id=person_id, expires_at=as_text(at + lasting))
    )
    return token


def _nobody_yet(connection: Connection) -> None:
    if has_people(connection):
        raise AccountError("There are accounts already.", remedy="Log in, or ask an admin for a link.")
