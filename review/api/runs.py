"""Runs as JSON, for whoever audits."""

import json
from typing import Annotated, Literal

from fastapi import APIRouter, HTTPException, Query, Request

from review.api.description import ROWS_A_PAGE, Id, problems
from review.api.models import BrokenRuleOfRun, InputOfRun, RunDetail, RunList, RunSummary
from review.security.roles import Permission, requires
from sql import nights
from sql.connection import reading

router = APIRouter(prefix="/api/v1", tags=["runs"])

_READ = [requires(Permission.AUDIT_READ)]


@router.get("/runs", name="api_runs", dependencies=_READ, responses=problems(422), summary="Runs")
def runs(
    request: Request,
    before: Annotated[
        int | None, Query(ge=1, le=2_147_483_647, description="from the page before: only older runs")
    ] = None,
    status: Annotated[Literal["done", "halted", "failed"] | None, Query(description="how it ended")] = None,
) -> RunList:
    """List runs, newest first."""
    with reading(request.app.state.engine) as connection:
        found = nights.runs(connection, limit=ROWS_A_PAGE + 1, before=before, status=status)
    shown = found[:ROWS_A_PAGE]
    return RunList(
        runs=[RunSummary.model_validate(run) for run in shown],
        before=shown[-1].run_key if len(found) > ROWS_A_PAGE else None,
    )


@router.get("/runs/{run_id}", name="api_run", dependencies=_READ, responses=problems(404, 422), summary="A run")
def run(request: Request, run_id: Id) -> RunDetail:
    """Return a run with its inputs and their hashes, its settings, and the rules that kept rows back."""
    with reading(request.app.state.engine) as connection:
        found = nights.run(connection, run_id)
        if found is None:
            raise HTTPException(404)
        inputs = nights.inputs(connection, found.run_key)
        broken = nights.broken_rules(connection, found.run_key)
        settings = nights.settings_of(connection, found.run_key)
    return RunDetail(
        **RunSummary.model_validate(found).model_dump(),
        settings=json.loads(settings),
        inputs=[InputOfRun.model_validate(each) for each in inputs],
        quarantined=[BrokenRuleOfRun.model_validate(each) for each in broken],
    )
