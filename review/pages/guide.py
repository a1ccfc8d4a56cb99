"""What the words and figures of the console mean."""

from fastapi import APIRouter, Request, Response

from review.rendering import render
from review.security.roles import Permission, requires

router = APIRouter()


@router.get("/help", name="guide", dependencies=[requires(Permission.SIGNED_IN)])
def show(request: Request) -> Response:
    """Show the guide."""
    return render(request, "guide.html")
