"""The audit: runs with their inputs and settings, the event chain and its verification, and every view."""

import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from threading import Lock
from typing import IO, Annotated, Any, BinaryIO, cast
from urllib.parse import quote

from fastapi import APIRouter, HTTPException, Path, Query, Request, Response
from fastapi.responses import StreamingResponse

from review import selecting
from review.casefile_document import document
from review.faults import answer
from review.language import words_of
from review.language.views import MEANINGS
from review.pages.overview import reported
from review.rendering import render
from review.security.inline import policy_for
from review.security.roles import Permission, requires
from review.selecting import OPERATORS, Selection
from sql import browse, casefile, contradictions, events, nights
from sql.audit import VIEWS
from sql.browse import BrowseError, Sort
from sql.connection import reading
from sql.errors import StoreError

router = APIRouter()

_RUNS_A_PAGE = 50
_NEWEST_RUNS = 60
_MOST_VERIFIED = 1_000_000
"""Events that are verified while somebody waits, in some seconds; more are verified at the command line."""
_ANCHORS_SHOWN = 5
_SPOOLED_BYTES = 8 << 20
_BYTES_AT_ONCE = 1 << 16
_MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
}
_verifying = Lock()

AUDITED = [requires(Permission.AUDIT_READ)]


@router.get("/audit", name="audit", dependencies=AUDITED)
def show(request: Request) -> Response:
    """Show what there is to audit."""
    with reading(request.app.state.engine) as connection:
        last = nights.runs(connection, limit=5)
    reports = reported(request.app.state.settings.home, last)
    return render(request, "audit.html", runs=last, reports=reports, views=list(VIEWS.values()), chinese=MEANINGS)


@router.get("/audit/runs", name="runs", dependencies=AUDITED)
def runs(
    request: Request,
    before: Annotated[int | None, Query(ge=1, le=2_147_483_647)] = None,
    status: Annotated[str, Query(pattern="^(done|halted|failed)?$")] = "",
) -> Response:
    """List the runs, newest first."""
    with reading(request.app.state.engine) as connection:
        found = nights.runs(connection, limit=_RUNS_A_PAGE + 1, before=before, status=status or None)
    shown = found[:_RUNS_A_PAGE]
    return render(
        request,
        "runs.html",
        runs=shown,
        reports=reported(request.app.state.settings.home, shown),
        chosen=status,
        older=shown[-1].run_key if len(found) > _RUNS_A_PAGE else None,
        is_first=before is None,
    )


@router.get("/audit/runs/{run_id}", name="run", dependencies=AUDITED)
def run(request: Request, run_id: Annotated[str, Path(max_length=200, pattern=r"^[^\x00]+$")]) -> Response:
    """Show a run: what it read, what it kept back, with which settings."""
    with reading(request.app.state.engine) as connection:
        found = nights.run(connection, run_id)
        if found is None:
            raise HTTPException(404)
        before = nights.run_before(connection, found.run_key)
        settings = _settings(nights.settings_of(connection, found.run_key))
        earlier = _settings(nights.settings_of(connection, before.run_key)) if before else {}
        inputs = nights.inputs(connection, found.run_key)
        broken = nights.broken_rules(connection, found.run_key)
    return render(
        request,
        "run.html",
        run=found,
        before=before,
        inputs=inputs,
        broken=broken,
        settings=json.dumps(settings, indent=2, ensure_ascii=False, sort_keys=True),
        differences=_differences(earlier, settings) if before else [],
        has_report=bool(reported(request.app.state.settings.home, [found])),
    )


@router.get("/audit/verification", name="verification", dependencies=AUDITED)
def verification(request: Request, now: bool = False) -> Response:
    """Show the head of the event chain, and verify all of it when asked."""
    anchors = request.app.state.settings.home / "anchors.tsv"
    problems: list[str] | None = None
    is_busy = False
    with reading(request.app.state.engine) as connection:
        count, head = events.head(connection)
        is_too_long = count > _MOST_VERIFIED
        if now and not is_too_long:
            is_busy = not _verifying.acquire(blocking=False)
            if not is_busy:
                try:
                    problems = events.problems(connection, anchors) + contradictions.contradictions(connection)
                finally:
                    _verifying.release()
    return render(
        request,
        "verification.html",
        count=count,
        head=head,
        problems=problems,
        is_busy=is_busy,
        is_too_long=is_too_long,
        anchors=_last_anchors(anchors),
    )


@router.get("/audit/views/{view}", name="view", dependencies=AUDITED)
def view_page(request: Request, view: str, page: Annotated[int, Query(ge=1, le=100_000)] = 1) -> Response:
    """Browse a view."""
    described = VIEWS.get(view)
    if described is None:
        raise HTTPException(404)
    problem = ""
    shown = browse.Page((), 1, 0)
    selection = Selection(view)
    with reading(request.app.state.engine) as connection:
        newest = nights.newest(connection)
        recent = nights.runs(connection, limit=_NEWEST_RUNS)
        try:
            selection = selecting.read(view, request.query_params, newest.run_id if newest else None)
            shown = browse.browse(connection, view, selection.filters, selection.sort, page)
            sql = selection.sql()
        except BrowseError as error:
            problem, sql = selecting.told(error), ""
    here = request.url.path
    return render(
        request,
        "view.html",
        400 if problem else 200,
        view=described,
        chinese=MEANINGS,
        selection=selection,
        sentence="" if problem else selection.sentence(words_of(request)),
        sql=sql,
        problem=problem,
        operators=OPERATORS,
        columns=[
            (column, _next_sort(selection.sort, column.name), _direction(selection.sort, column.name))
            for column in described.columns
        ],
        rows=[dict(zip((column.name for column in described.columns), row, strict=True)) for row in shown.rows],
        shown=shown,
        deepest=browse.DEEPEST,
        recent=recent,
        query=selection.query(),
        paging={
            "number": shown.number,
            "pages": shown.last,
            "total": shown.count,
            "link": lambda number: f"{quote(here)}?{selection.query(page=number)}",
        },
    )


@router.get("/audit/views/{view}/export", name="view_export", dependencies=AUDITED)
def view_export(
    request: Request, view: str, form: Annotated[str, Query(alias="format", pattern="^(csv|xlsx|parquet)$")] = "csv"
) -> Response:
    """Write the rows of a selection, all of them, as a file in which no text becomes a formula."""
    if view not in VIEWS:
        raise HTTPException(404)
    engine = request.app.state.engine
    with reading(engine) as connection:
        newest = nights.newest(connection)
    try:
        selection = selecting.read(view, request.query_params, newest.run_id if newest else None)
        query = browse.selection(view, selection.filters, selection.sort)
    except BrowseError as error:
        return _refused(request, selecting.told(error))
    file = tempfile.SpooledTemporaryFile(_SPOOLED_BYTES)  # noqa: SIM115 - closed when it has been sent
    try:
        browse.export(query, engine, view, cast("BinaryIO", file), form)
    except StoreError as error:
        file.close()
        if "sheet" in error.what:
            return _refused(request, selecting.told(error))
        raise
    headers = {"Content-Disposition": f'attachment; filename="{view}.{form}"'}
    return StreamingResponse(_sent(file), media_type=_MEDIA_TYPES[form], headers=headers)


@router.get("/cases/{case_id:int}/file", name="case_file", dependencies=[requires(Permission.CASE_READ)])
def case_file(request: Request, case_id: int) -> Response:
    """Write all of a case as one page for a hearing, which needs nothing beside it."""
    if not 0 < case_id < 2**31:
        raise HTTPException(404)
    try:
        page = document(request, case_id)
    except casefile.UnknownCaseError:
        raise HTTPException(404) from None
    headers = {
        "Content-Disposition": f'attachment; filename="case-{case_id}.html"',
        "Content-Security-Policy": policy_for(page),
    }
    return Response(page, media_type="text/html; charset=utf-8", headers=headers)


def _refused(request: Request, why: str) -> Response:
    _ = words_of(request).gettext
    return answer(request, 400, _("This selection cannot be exported"), why)


def _sent(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        file.seek(0)
        while part := file.read(_BYTES_AT_ONCE):
            yield part


def _next_sort(sort: Sort | None, column: str) -> Sort:
    """Return the order that a column's heading leads to: the smallest first, then the largest."""
    return Sort(column, descending=sort is not None and sort.column == column and not sort.descending)


def _direction(sort: Sort | None, column: str) -> str:
    if sort is None or sort.column != column:
        return ""
    return "descending" if sort.descending else "ascending"


def _settings(kept: str) -> Mapping[str, Any]:
    try:
        settings = json.loads(kept)
    except ValueError:
        return {"": kept}
    return settings if isinstance(settings, dict) else {"": settings}


def _differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Return the settings that are not the same: their name, and both values as JSON."""
    was, now = _flat(before), _flat(after)
    return [
        (name, was.get(name, ""), now.get(name, ""))
        for name in sorted(was.keys() | now.keys())
        if was.get(name) != now.get(name)
    ]


def _flat(settings: Mapping[str, Any], above: str = "") -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in settings.items():
        path = f"{above}.{name}" if above else name
        if isinstance(value, dict) and value:
            found |= _flat(value, path)
        else:
            found[path] = json.dumps(value, ensure_ascii=False)
    return found


def _last_anchors(path: Any) -> Sequence[Sequence[str]]:
    """Return the newest lines of the anchors, newest first: run, number of events, hash, time."""
    try:
        with path.open("rb") as file:
            file.seek(0, 2)
            file.seek(max(0, file.tell() - 4096))
            lines = file.read().decode("utf-8", "replace").splitlines()
    except OSError:
        return []
    return [parts for line in reversed(lines) if len(parts := line.split("\t")) == 4][:_ANCHORS_SHOWN]
