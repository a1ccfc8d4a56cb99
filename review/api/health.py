"""Whether the console can work: for whatever watches over it."""

from typing import Annotated

from fastapi import APIRouter, Request

from review.security.permissions import Permission, Person
from review.security.roles import requires
from review.standing import make_sure
from sql.connection import reading

router = APIRouter(prefix="/api/v1", tags=["health"])


@router.get("/health")
def health(request: Request, _person: Annotated[Person | None, requires(Permission.PUBLIC)]) -> dict[str, str]:
    """Answer ok if the database is there and of this release, else with a problem and 503."""
    with reading(request.app.state.engine) as connection:
        make_sure(request.app, connection)
    return {"status": "ok"}
