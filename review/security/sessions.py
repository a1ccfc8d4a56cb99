"""Who is asking: the session behind a cookie."""

import hashlib

from fastapi import Request
from sqlalchemy import select

from review.security.cookies import SESSION, read
from review.security.permissions import Permission, Person, Role
from sql.account_tables import people, sessions
from sql.connection import reading
from sql.times import as_text


class Anonymous(Exception):  # noqa: N818 - who is asking, not an error of ours
    """Nobody signed in, and the route asks for somebody."""


class NotAllowed(Exception):  # noqa: N818
    """Somebody signed in whose role does not grant what the route asks for."""

    def __init__(self, permission: Permission) -> None:
        super().__init__(permission)
        self.permission = permission


def identify(request: Request) -> Person | None:
    """Return who is asking, and remember it on the request."""
    token = read(request, SESSION)
    person = None
    if token:
        query = (
            select(people, sessions.c.csrf_token)
            .join(sessions, sessions.c.person_id == people.c.person_id)
            .where(
                sessions.c.token_sha256 == hashlib.sha256(token.encode()).hexdigest(),
                sessions.c.expires_at > as_text(request.app.state.clock()),
                people.c.active == 1,
            )
        )
        with reading(request.app.state.engine) as connection:
            row = connection.execute(query).first()
        if row is not None:
            person = Person(row.account, row.name, Role(row.role), row.language, row.person_id)
            request.state.csrf_token = row.csrf_token
    request.state.person = person
    return person
