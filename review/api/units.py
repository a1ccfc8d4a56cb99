"""Dealers, interviewers and survey agencies as JSON."""

from typing import Annotated

from fastapi import APIRouter, HTTPException, Request

from detectors.core.schemes import UnitKind
from review.api.description import ROWS_A_PAGE, Id, PageNumber, problems
from review.api.description import text as text_of
from review.api.models import (
    AgencyList,
    AgencySummary,
    IndexOfNight,
    NamedUnit,
    ScoreOfNight,
    UnitCaseSummary,
    UnitDetail,
    UnitList,
    UnitSummary,
)
from review.security.roles import Permission, requires
from sql import agencies as agencies_read
from sql import units
from sql.connection import reading
from sql.units import Listed

router = APIRouter(prefix="/api/v1", tags=["units"])

_READ = [requires(Permission.CASE_READ)]
_OF_UNIT = UnitDetail.model_fields.keys() - {"scores", "index", "cases"}
_OF_LISTED = ("scheme", "n", "bits", "probability", "case_id")


@router.get("/dealers", name="api_dealers", dependencies=_READ, responses=problems(422), summary="Dealers")
def dealers(
    request: Request,
    text: Annotated[str, text_of("part of the id or the name")] = "",
    region: Annotated[str, text_of("the maker's sales region")] = "",
    page: PageNumber = 1,
) -> UnitList:
    """List dealers, those whose id or name has the text or who are in the region."""
    return _listed(request, UnitKind.DEALER, text, region, page)


@router.get("/dealers/{dealer_id:path}", name="api_dealer", dependencies=_READ, responses=problems(404, 422))
def dealer(request: Request, dealer_id: Id) -> UnitDetail:
    """Return a dealer's evidence, reported and adjusted scores and cases."""
    return _unit(request, UnitKind.DEALER, dealer_id)


@router.get("/interviewers", name="api_interviewers", dependencies=_READ, responses=problems(422))
def interviewers(
    request: Request,
    text: Annotated[str, text_of("part of the id")] = "",
    vendor: Annotated[str, text_of("survey agency")] = "",
    page: PageNumber = 1,
) -> UnitList:
    """List interviewers, those whose id has the text or who call for the survey agency."""
    return _listed(request, UnitKind.INTERVIEWER, text, vendor, page)


@router.get(
    "/interviewers/{interviewer_id:path}", name="api_interviewer", dependencies=_READ, responses=problems(404, 422)
)
def interviewer(request: Request, interviewer_id: Id) -> UnitDetail:
    """Return an interviewer's evidence and cases."""
    return _unit(request, UnitKind.INTERVIEWER, interviewer_id)


@router.get("/agencies", name="api_agencies", dependencies=_READ, responses=problems())
def agencies(request: Request) -> AgencyList:
    """List the survey agencies, with what the newest night weighed of their interviewers."""
    with reading(request.app.state.engine) as connection:
        found = agencies_read.agencies(connection)
    return AgencyList(agencies=[AgencySummary.model_validate(each) for each in found])


def _listed(request: Request, kind: UnitKind, text: str, within: str, page: int) -> UnitList:
    start = (page - 1) * ROWS_A_PAGE
    with reading(request.app.state.engine) as connection:
        total = units.count(connection, kind, text=text, within=within)
        rows = units.search(connection, kind, text=text, within=within, limit=ROWS_A_PAGE, offset=start)
    pages = max(1, -(-total // ROWS_A_PAGE))
    return UnitList(units=[_summary(row) for row in rows], total=total, page=page, pages=pages)


def _summary(row: Listed) -> UnitSummary:
    named = {name: getattr(row.unit, name) for name in NamedUnit.model_fields}
    return UnitSummary(**named, **{name: getattr(row, name) for name in _OF_LISTED})


def _unit(request: Request, kind: UnitKind, unit_id: str) -> UnitDetail:
    with reading(request.app.state.engine) as connection:
        found = units.read(connection, kind, unit_id)
    if found is None:
        raise HTTPException(404)
    cases = [{**vars(case), "outcomes": dict(case.outcomes)} for case in found.cases]
    return UnitDetail(
        **{name: getattr(found.unit, name) for name in _OF_UNIT},
        scores=[ScoreOfNight.model_validate(score) for score in found.scores],
        index=[IndexOfNight.model_validate(said) for said in found.index],
        cases=[UnitCaseSummary.model_validate(case) for case in cases],
    )
