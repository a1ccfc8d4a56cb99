"""What the words and figures of the console mean."""

from typing import Annotated

from fastapi import APIRouter, Request, Response

from review.rendering import render
from review.security.roles import Permission, Person, requires

router = APIRouter()


@router.get("/help", name="guide")
def show(request: Request, person: Annotated[Person, requires(Permission.SIGNED_IN)]) -> Response:
    """Show the guide."""
    return render(request, "guide.html")
