"""Tokens by which other systems read the console's JSON, or work cases through it."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, select, update

from sql.account_tables import service_tokens
from sql.accounts.log import note
from sql.accounts.people import AccountError
from sql.accounts.tokens import digest, new_token
from sql.changes import SERVICE
from sql.times import as_text

SERVICE_ROLES = ("reviewer", "auditor")
PREFIX = "mingcha_"
"""By which whoever looks for lost secrets knows one."""

USED_EVERY = timedelta(hours=1)
"""How precisely it is kept when a token was last used."""

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


@dataclass(frozen=True)
class Service:
    """A system that has a token.

    Parameters
    ----------
    name
        Its name.
    role
        One of `SERVICE_ROLES`.
    created_by, created_at, used_at, revoked_at
        Who made the token, and when it was made, last used and revoked, as text.
    """

    name: str
    role: str
    created_by: str
    created_at: str
    used_at: str | None
    revoked_at: str | None

    @property
    def actor(self) -> str:
        """Who did what it does, in the event log; no account can be called so."""
        return SERVICE + self.name


def create_service_token(connection: Connection, name: str, role: str, *, actor: str, at: datetime) -> str:
    """Return a new token for a system, which is shown this once and kept nowhere.

    Raises
    ------
    AccountError
        There is or was one of that name, or name or role cannot be.
    """
    name = name.strip().lower()
    if not _NAME.fullmatch(name):
        raise AccountError(
            "A service's name has 1 to 64 letters, digits or any of . _ - and begins with a letter or digit.",
            remedy="Choose another.",
        )
    if role not in SERVICE_ROLES:
        raise AccountError(
            "{role!r} is no role of a service.",
            remedy="Choose one of {known}.",
            role=role,
            known=", ".join(SERVICE_ROLES),
        )
    if connection.execute(select(service_tokens.c.name).where(service_tokens.c.name == name)).first() is not None:
        raise AccountError("There is or was a service {name} already.", remedy="Choose another name.", name=name)
    token = PREFIX + new_token()
    connection.execute(
        insert(service_tokens).values(
            name=name, token_sha256=digest(token), role=role, created_by=actor, created_at=as_text(at)
        )
    )
    note(connection, "token_created", f"{name}: {role}", actor=actor, at=at)
    return token


def revoke_service_token(connection: Connection, name: str, *, actor: str, at: datetime) -> None:
    """Refuse a system's token from now on.

    Raises
    ------
    AccountError
        There is no such token, or it is revoked already.
    """
    this = (service_tokens.c.name == name, service_tokens.c.revoked_at.is_(None))
    if not connection.execute(update(service_tokens).where(*this).values(revoked_at=as_text(at))).rowcount:
        raise AccountError(
            "There is no service {name} with a valid token.", remedy="There is nothing to do.", name=name
        )
    note(connection, "token_revoked", name, actor=actor, at=at)


def all_services(connection: Connection) -> list[Service]:
    """Return every system that has or had a token, by name."""
    columns = [column for column in service_tokens.c if column.name != "token_sha256"]
    rows = connection.execute(select(*columns).order_by(service_tokens.c.name))
    return [Service(**row._mapping) for row in rows]


def service_of(connection: Connection, token: str) -> Service | None:
    """Return the system of a valid token, or None. Only reads; call `use_service` if `is_to_be_used`."""
    columns = [column for column in service_tokens.c if column.name != "token_sha256"]
    valid = (service_tokens.c.token_sha256 == digest(token), service_tokens.c.revoked_at.is_(None))
    row = connection.execute(select(*columns).where(*valid)).first()
    return None if row is None else Service(**row._mapping)


def is_to_be_used(service: Service, at: datetime) -> bool:
    """Return whether it is time to write down that a token is in use."""
    return service.used_at is None or service.used_at <= as_text(at - USED_EVERY)


def use_service(connection: Connection, name: str, *, at: datetime) -> None:
    """Write down that a token is in use."""
    connection.execute(update(service_tokens).where(service_tokens.c.name == name).values(used_at=as_text(at)))
