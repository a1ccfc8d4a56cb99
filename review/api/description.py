"""The description of the API: OpenAPI 3.1, and a page for people that needs nothing of elsewhere."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute

from review.api.models import Problem
from review.rendering import render
from review.security.roles import Permission, permissions_of, requires

router = APIRouter(prefix="/api/v1", include_in_schema=False)

PREFIX = "/api/v1"
ROWS_A_PAGE = 50

Id = Annotated[str, Path(max_length=200, pattern=r"^[^\x00]+$")]
PageNumber = Annotated[int, Query(ge=1, le=100_000, description="from 1")]

_ABOUT = """
Cases, units and runs as JSON, for other systems: the case queue can be fed to a ticket system, scores to a warehouse.

A service sends its token as `Authorization: Bearer TOKEN`; an administrator makes and revokes tokens under People. A
token of role *auditor* reads everything, one of role *reviewer* everything but the runs.

The API reads and never decides. A decision needs a person who has listened to the records and answers for it with a
name, and confirming one needs a second such person; a service is neither, whatever its role.

Faults are problems (RFC 9457). Times are ISO 8601 with Shanghai's offset. Nothing here holds a phone number, a VIN or a
customer's name.
"""
_MEANINGS = {
    401: "no token was sent, or it is unknown or revoked",
    403: "the token's role does not include this",
    404: "there is no such thing",
    422: "a parameter is missing or has another form than described",
    503: "the database cannot be used now; try again later",
}


def text(meaning: str) -> Any:
    """Return how a parameter that is any text is described."""
    return Query(max_length=100, pattern=r"^[^\x00]*$", description=meaning)


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return how a route describes that it may answer with a problem of these statuses."""
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        status: {"description": _MEANINGS[status], "content": {"application/problem+json": {"schema": schema}}}
        for status in (401, 403, *statuses, 503)
    }


def described(routes: Sequence[Any], version: str) -> dict[str, Any]:
    """Return the OpenAPI description of those routes that are part of the API."""
    ours = [route for route in routes if isinstance(route, APIRoute) and route.path.startswith(PREFIX)]
    found = get_openapi(
        title="Mingcha",
        version=version,
        openapi_version="3.1.0",
        description=_ABOUT.strip(),
        routes=[route for route in ours if route.include_in_schema],
    )
    components = found.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    schemas["Problem"] = Problem.model_json_schema()
    components["securitySchemes"] = {
        "service_token": {"type": "http", "scheme": "bearer", "description": "a service's token"}
    }
    found["security"] = [{"service_token": []}]
    for route in ours:
        for operation in found["paths"].get(route.path_format, {}).values():
            permission = permissions_of(route)[0]
            operation["x-permission"] = permission.value
            if permission is Permission.PUBLIC:
                operation["security"] = []
    return found


@router.get("/openapi.json", name="openapi", dependencies=[requires(Permission.SIGNED_IN)])
def openapi(request: Request) -> JSONResponse:
    """Return the description."""
    return JSONResponse(_description(request))


@router.get("/docs", name="api_docs", dependencies=[requires(Permission.SIGNED_IN)])
def docs(request: Request) -> Response:
    """Show the description to a person."""
    api = _description(request)
    calls = [
        {"method": method.upper(), "path": path, "takes": [_takes(api, each) for each in told.get("parameters", ())]}
        | {name: told.get(name, "") for name in ("operationId", "description", "x-permission")}
        for path, operations in api["paths"].items()
        for method, told in operations.items()
    ]
    return render(request, "api.html", api=api, calls=calls, about=_ABOUT.strip().split("\n\n"))


def _takes(api: dict[str, Any], parameter: dict[str, Any]) -> dict[str, Any]:
    """Return a parameter as a person reads it: name, place, what it may be, and what it means."""
    schema = parameter["schema"]
    kinds = [kind for kind in schema.get("anyOf", [schema]) if kind.get("type") != "null"]
    named = [api["components"]["schemas"][kind["$ref"].rsplit("/", 1)[1]] if "$ref" in kind else kind for kind in kinds]
    values = [str(value) for kind in named for value in kind.get("enum", ())]
    return {
        "name": parameter["name"],
        "where": parameter["in"],
        "values": values or [kind.get("type", "") for kind in named],
        "default": schema.get("default"),
        "meaning": parameter.get("description", ""),
    }


def _description(request: Request) -> dict[str, Any]:
    state = request.app.state
    if not hasattr(state, "openapi"):
        state.openapi = described(state.routes, request.app.version)
    found: dict[str, Any] = state.openapi
    return found
