"""The overview: the network at a glance, how findings held so far, and the last runs."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Request, Response
from sqlalchemy import Connection

from review.charts.precision import precision
from review.charts.regions import regions
from review.language import Words, words_of
from review.language.figures import number, percent, points
from review.language.names import SCHEMES, named
from review.rendering import render
from review.security.inline import policy_for
from review.security.roles import Permission, Person, requires
from sql import events, network, nights
from sql.connection import reading
from sql.network import CaseCount, RegionCases, RegionIndex, SchemeOutcomes
from sql.nights import Run

router = APIRouter()

_RUNS_SHOWN = 8
_STATUSES = ("new", "investigating", "waiting", "closed")
_SEVERITIES = ("high", "medium", "low")
_RUN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")


@router.get("/", name="overview")
def show(request: Request, person: Annotated[Person, requires(Permission.CASE_READ)]) -> Response:
    """Show the network at a glance."""
    today = request.app.state.clock().date().isoformat()
    with reading(request.app.state.engine) as connection:
        night = nights.newest(connection)
        last = nights.runs(connection, limit=_RUNS_SHOWN)
        index = _index(request, connection, last)
        region_cases, counts, outcomes = _counted(request, connection, last)
        overdue = network.overdue(connection, today)
    words = words_of(request)
    return render(
        request,
        "overview.html",
        night=night,
        last_run=last[0] if last else None,
        surveys=_by_survey(words, index),
        region_cases=region_cases,
        matrix=_matrix(counts),
        statuses=_STATUSES,
        severities=_SEVERITIES,
        open_cases=sum(count.cases for count in counts if count.status != "closed"),
        waiting_for_a_person=sum(count.cases for count in counts if count.status == "new"),
        grave=sum(count.cases for count in counts if count.status != "closed" and count.severity == "high"),
        overdue=overdue,
        precision=_precision(words, outcomes),
        runs=last,
        reports=reported(request.app.state.settings.home, last),
        sees_audit=person.may(Permission.AUDIT_READ),
    )


@router.get("/reports/{run_id}", name="report", dependencies=[requires(Permission.CASE_READ)])
def report(request: Request, run_id: str) -> Response:
    """Show the validation report that a run left in the home, under a policy that lets its own style through."""
    path = report_of(request.app.state.settings.home, run_id)
    if path is None:
        raise HTTPException(404)
    page = path.read_bytes()
    headers = {"Content-Security-Policy": policy_for(page.decode("utf-8", "replace"))}
    return Response(page, media_type="text/html; charset=utf-8", headers=headers)


def report_of(home: Path, run_id: str) -> Path | None:
    """Return the validation report of a run, or None if there is none; a run's id cannot lead out of the folder."""
    if _RUN_ID.fullmatch(run_id) is None:
        return None
    path = home / "reports" / f"{run_id}.html"
    return path if path.is_file() and not path.is_symlink() else None


def reported(home: Path, runs: Sequence[Run]) -> set[str]:
    """Return the ids of those runs whose validation report is there."""
    return {run.run_id for run in runs if report_of(home, run.run_id) is not None}


def _index(request: Request, connection: Connection, last: Sequence[Run]) -> list[RegionIndex]:
    """Return the index by region, reckoned once for each run: nothing else changes it."""
    if not last:
        return []
    state, newest = request.app.state, last[0].run_key
    if getattr(state, "index", (None, []))[0] != newest:
        state.index = (newest, network.regions(connection))
    index: list[RegionIndex] = state.index[1]
    return index


def _counted(
    request: Request, connection: Connection, last: Sequence[Run]
) -> tuple[list[RegionCases], list[CaseCount], list[SchemeOutcomes]]:
    """Return what is counted of cases and findings, anew only when a run or an event changed any of them."""
    state, key = request.app.state, (last[0].run_key if last else 0, events.head(connection))
    if getattr(state, "counted", (None, None))[0] != key:
        counts = (network.region_cases(connection), network.case_counts(connection), network.outcomes(connection))
        state.counted = (key, counts)
    counted: tuple[list[RegionCases], list[CaseCount], list[SchemeOutcomes]] = state.counted[1]
    return counted


def _by_survey(words: Words, index: Sequence[RegionIndex]) -> list[dict[str, Any]]:
    _ = words.gettext
    surveys: dict[str, list[RegionIndex]] = {}
    for row in index:
        surveys.setdefault(row.survey, []).append(row)
    headings = [_("Region"), _("reported"), _("adjusted"), _("difference"), _("dealers"), _("interviews")]
    return [
        {
            "survey": survey,
            "spec": regions(words.language, rows),
            "table": {"headings": headings, "rows": [_region_cells(words, row) for row in rows]},
        }
        for survey, rows in surveys.items()
    ]


def _region_cells(words: Words, row: RegionIndex) -> list[str]:
    known = row.reported_score is not None and row.adjusted_score is not None
    gap = (row.adjusted_score or 0.0) - (row.reported_score or 0.0) if known else None
    name = row.region or words.gettext("region unknown")
    scores = [points(row.reported_score), points(row.adjusted_score), points(gap)]
    return [name, *scores, number(row.dealers), number(row.interviews)]


def _matrix(counts: Sequence[CaseCount]) -> dict[str, dict[str, int]]:
    """Return how many cases there are by status, then severity."""
    held = {(count.status, count.severity): count.cases for count in counts}
    return {status: {each: held.get((status, each), 0) for each in _SEVERITIES} for status in _STATUSES}


def _precision(words: Words, outcomes: Sequence[SchemeOutcomes]) -> dict[str, Any]:
    _ = words.gettext
    rows = [
        [
            named(words, SCHEMES, row.scheme),
            number(row.confirmed),
            number(row.refuted),
            number(row.inconclusive),
            number(row.undecided),
            _("too few yet") if row.precision is None else percent(row.precision),
            "–" if row.interval is None else f"{percent(row.interval[0])} – {percent(row.interval[1])}",
            percent(row.said),
        ]
        for row in outcomes
    ]
    headings = [
        *(_("Scheme"), _("confirmed"), _("refuted"), _("inconclusive"), _("undecided")),
        *(_("share confirmed"), _("95-percent interval"), _("probability said")),
    ]
    known = any(row.precision is not None for row in outcomes)
    return {
        "spec": precision(words.language, outcomes) if known else None,
        "table": {"headings": headings, "rows": rows},
        "enough": network.ENOUGH_OUTCOMES,
    }
