"""Signing in and out, and choosing the language."""

from fastapi import APIRouter, Request, Response

from review.rendering import render
from review.security.roles import Permission, requires

router = APIRouter(include_in_schema=False)


@router.get("/login", name="login", dependencies=[requires(Permission.PUBLIC)])
def ask(request: Request) -> Response:
    """Ask who is there."""
    return render(request, "login.html")
