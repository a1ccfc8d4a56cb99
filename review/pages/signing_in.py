"""Signing in and out, and choosing the language."""

from typing import Annotated

from fastapi import APIRouter, Request, Response

from review.rendering import render
from review.security.roles import Permission, Person, requires

router = APIRouter(include_in_schema=False)


@router.get("/login", name="login")
def ask(request: Request, person: Annotated[Person | None, requires(Permission.PUBLIC)]) -> Response:
    """Ask who is there."""
    return render(request, "login.html")
