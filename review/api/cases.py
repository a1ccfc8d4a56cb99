"""Cases as JSON. Reading alone: a decision needs a person who answers for it."""

from typing import Annotated, Literal

from fastapi import APIRouter, HTTPException, Path, Query, Request

from detectors.core.schemes import Scheme, UnitKind
from review.api.description import PageNumber, problems
from review.api.description import text as text_of
from review.api.models import CaseDetail, CaseEvent, CaseList, FindingDetail, RecordToHear, RelatedCase
from review.security.roles import Permission, requires
from sql import casefile
from sql.connection import reading
from sql.queue import QueueFilter, search

router = APIRouter(prefix="/api/v1", tags=["cases"])

_OF_HEAD = CaseDetail.model_fields.keys() - {"findings", "events", "earlier", "linked", "merged", "records"}


@router.get(
    "/cases",
    name="api_cases",
    dependencies=[requires(Permission.CASE_READ)],
    responses=problems(422),
    summary="The queue",
)
def cases(
    request: Request,
    status: Annotated[
        Literal["open", "new", "investigating", "waiting", "snoozed", "closed", "all"],
        Query(description="a snoozed case is in none of open, new, investigating and waiting"),
    ] = "open",
    scheme: Annotated[Scheme | None, Query(description="cases with a finding of this scheme")] = None,
    severity: Annotated[Literal["low", "medium", "high"] | None, Query(description="how severe")] = None,
    unit_kind: Annotated[UnitKind | None, Query(description="about whom")] = None,
    region: Annotated[str, text_of("of the dealer; an interviewer has none")] = "",
    brand: Annotated[str, text_of("of the dealer")] = "",
    dealer_group: Annotated[str, text_of("of the dealer")] = "",
    vendor: Annotated[str, text_of("survey agency of the interviewer")] = "",
    assignee: Annotated[str, text_of("an account, or nobody")] = "",
    text: Annotated[str, text_of("part of the unit's id or the dealer's name")] = "",
    due: Annotated[
        Literal["overdue", "today", "week"] | None, Query(description="before today, until today, within seven days")
    ] = None,
    age_days: Annotated[int, Query(ge=0, le=36_500, description="opened at least so many days ago")] = 0,
    order: Annotated[
        Literal["urgency", "due", "oldest", "newest", "probability", "affected"], Query(description="what comes first")
    ] = "urgency",
    page: PageNumber = 1,
) -> CaseList:
    """List cases as the queue does: of those merged, the leading one."""
    wanted = QueueFilter(
        today=request.app.state.clock().date(),
        status=status,
        scheme=scheme or "",
        region=region,
        brand=brand,
        dealer_group=dealer_group,
        vendor=vendor,
        assignee=assignee,
        unit_kind=unit_kind or "",
        severity=severity or "",
        age_days=age_days,
        due=due or "",
        text=text,
        order=order,
        page=page,
    )
    with reading(request.app.state.engine) as connection:
        return CaseList.model_validate(search(connection, wanted))


@router.get(
    "/cases/{case_id}",
    name="api_case",
    dependencies=[requires(Permission.CASE_READ)],
    responses=problems(404, 422),
    summary="A case",
)
def case(request: Request, case_id: Annotated[int, Path(ge=1, le=2_147_483_647)]) -> CaseDetail:
    """Return all of a case: its findings with their evidence, what happened to it, and the records to listen to."""
    try:
        with reading(request.app.state.engine) as connection:
            file = casefile.read(connection, case_id)
    except casefile.UnknownCaseError:
        raise HTTPException(404) from None
    records = (file.dossier or {}).get("records", ())
    return CaseDetail(
        **{name: getattr(file.head, name) for name in _OF_HEAD},
        findings=[FindingDetail.model_validate(finding) for finding in file.findings],
        events=[CaseEvent.model_validate(event) for event in file.events],
        earlier=[RelatedCase.model_validate(other) for other in file.earlier],
        linked=[RelatedCase.model_validate(other) for other in file.linked],
        merged=[RelatedCase.model_validate(other) for other in file.merged],
        records=[RecordToHear.model_validate(record) for record in records],
    )
