"""Which permission a route asks for: everything is refused unless a route says otherwise."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute

from review.security.csrf import refuse_forgery, sent_token
from review.security.permissions import Permission, Person, Role
from review.security.sessions import Anonymous, NotAllowed, identify

__all__ = ["Permission", "Person", "Role", "permissions_of", "requires", "undeclared"]


@dataclass(frozen=True)
class Requirement:
    """What a route asks of who calls it; FastAPI calls it before the route."""

    permission: Permission
    whoever: bool = False

    def __call__(self, request: Request, sent: Annotated[str | None, Depends(sent_token)]) -> Person | None:
        """Return who is asking.

        Raises
        ------
        Anonymous
            Nobody signed in.
        NotAllowed
            The role does not grant the permission.
        Forged
            A form did not come from a page of ours.
        """
        if self.whoever:
            return None
        person = identify(request)
        if self.permission is not Permission.PUBLIC:
            if person is None:
                raise Anonymous
            if not person.may(self.permission):
                raise NotAllowed(self.permission)
        refuse_forgery(request, sent)
        return person


def requires(permission: Permission, *, whoever: bool = False) -> Any:
    """Return the dependency that lets only those through who have the permission.

    Parameters
    ----------
    permission
        What is asked for.
    whoever
        For what is public, changes nothing and is the same for everybody: nobody is looked up, so that it is there even
        when the database is not.

    Examples
    --------
    >>> from typing import Annotated
    >>> def show(person: Annotated[Person, requires(Permission.CASE_READ)]) -> str:
    ...     return person.name
    """
    if whoever and permission is not Permission.PUBLIC:
        raise ValueError(f"who asks for {permission} does matter")
    return Depends(Requirement(permission, whoever))


def permissions_of(route: APIRoute) -> list[Permission]:
    """Return the permissions that a route declares, which should be one."""
    return [call.permission for call in _calls(route.dependant) if isinstance(call, Requirement)]


def undeclared(routes: list[BaseRoute]) -> list[str]:
    """Return the routes that do not declare exactly one permission."""
    return [
        getattr(route, "path", repr(route))
        for route in routes
        if not isinstance(route, APIRoute) or len(permissions_of(route)) != 1
    ]


def _calls(dependant: Dependant) -> Iterator[object]:
    for below in dependant.dependencies:
        yield below.call
        yield from _calls(below)
