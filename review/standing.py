"""Whether the database is of this release: a console that was started before an update must not misread it."""

import time

from fastapi import FastAPI
from sqlalchemy import Connection

from sql.errors import StoreError
from sql.schema import Standing, standing

_EVERY_S = 10.0


class SchemaDiffersError(StoreError):
    """The database has the tables of another release, or none; ``standing`` says which."""

    def __init__(self, standing: str) -> None:
        super().__init__(
            f"The tables of the database are not this release's: {standing}.",
            remedy="Start the console anew, of the newest release that used the database.",
        )
        self.standing = standing


def make_sure(app: FastAPI, connection: Connection) -> None:
    """Look now and then whether the database has the tables of this release.

    Raises
    ------
    SchemaDiffersError
        It has not.
    """
    if time.monotonic() < getattr(app.state, "standing_known_until", 0.0):
        return
    found = standing(connection)
    if found is not Standing.CURRENT:
        raise SchemaDiffersError(found)
    app.state.standing_known_until = time.monotonic() + _EVERY_S
