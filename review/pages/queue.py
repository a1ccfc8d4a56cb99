"""The queue: which case comes next, and many cases at once."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import StreamingResponse
from sqlalchemy import Connection
from starlette.datastructures import QueryParams

from detectors.core.schemes import Scheme, UnitKind
from review.language import mark, words_of
from review.language.rules import told
from review.pages.forms import Text, day_of
from review.rendering import redirect, render
from review.security.roles import Permission, Person, requires
from sql import accounts, queue, work
from sql.connection import reading, writing
from sql.queue import QueueFilter

router = APIRouter()

Reader = Annotated[Person, requires(Permission.CASE_READ)]
Worker = Annotated[Person, requires(Permission.CASE_WORK)]

ME = "me"
"""The assignee in the address that is whoever looks."""

_KEYS = {
    "status": "status",
    "scheme": "scheme",
    "region": "region",
    "brand": "brand",
    "group": "dealer_group",
    "vendor": "vendor",
    "assignee": "assignee",
    "unit": "unit_kind",
    "severity": "severity",
    "age": "age_days",
    "due": "due",
    "q": "text",
    "order": "order",
    "page": "page",
}
"""What each field of a filter is called in the address."""

_CLOSED: Mapping[str, tuple[str, ...]] = {
    "status": queue.STATUSES,
    "scheme": tuple(Scheme),
    "unit_kind": tuple(UnitKind),
    "severity": tuple(queue.SEVERITY_WEIGHT),
    "due": queue.DUES,
    "order": queue.ORDERS,
}
"""Fields that take only some values; another in the address counts as none."""

AGES = (7, 14, 30, 90)
"""Days to choose from."""

LONGEST_TEXT = 100

TABS = {
    "open": mark("Open"),
    "new": mark("New"),
    "investigating": mark("Investigating"),
    "waiting": mark("Waiting"),
    "snoozed": mark("Snoozed"),
    "closed": mark("Closed"),
    "all": mark("All"),
}
DUE_NAMES = {"overdue": mark("overdue"), "today": mark("until today"), "week": mark("within seven days")}
ORDER_NAMES = {
    "urgency": mark("urgency"),
    "due": mark("due date"),
    "oldest": mark("oldest first"),
    "newest": mark("newest first"),
    "probability": mark("probability"),
    "affected": mark("rows affected"),
}


@dataclass(frozen=True)
class Turning:
    """Which page of the queue is shown, and where the others are."""

    number: int
    pages: int
    total: int
    wanted: QueueFilter
    path: str

    def link(self, number: int) -> str:
        """Return the address of a page with the same filter."""
        return f"{self.path}?{query_of(replace(self.wanted, page=number))}"


def filter_of(params: QueryParams, today: date) -> QueueFilter:
    """Return the filter that an address says; whatever it says that is not understood counts as not said.

    Examples
    --------
    >>> said = QueryParams("status=closed&scheme=coached&q=+D12+&page=x&due=never")
    >>> wanted = filter_of(said, date(2026, 11, 2))
    >>> wanted.status, wanted.scheme, wanted.text, wanted.page, wanted.due
    ('closed', 'coached', 'D12', 1, '')
    """
    values: dict[str, Any] = {}
    for key, name in _KEYS.items():
        value = params.get(key, "").strip()[:LONGEST_TEXT]
        if name in {"age_days", "page"}:
            values[name] = min(int(value), 9999) if value.isdecimal() and value.isascii() and value != "0" else None
        elif value and ("\0" not in value) and (name not in _CLOSED or value in _CLOSED[name]):
            values[name] = value
    return QueueFilter(today, **{name: value for name, value in values.items() if value is not None})


def query_of(wanted: QueueFilter) -> str:
    """Return what stands behind the question mark of a filter's address; what is as usual is not said.

    Examples
    --------
    >>> query_of(QueueFilter(date(2026, 11, 2), status="closed", text="明达", page=3))
    'status=closed&q=%E6%98%8E%E8%BE%BE&page=3'
    """
    usual, said = vars(QueueFilter(wanted.today)), vars(wanted)
    return urlencode({key: said[name] for key, name in _KEYS.items() if said[name] != usual[name]})


def of_person(wanted: QueueFilter, person: Person) -> QueueFilter:
    """Return the filter with ``me`` as the account that it stands for."""
    return replace(wanted, assignee=person.account) if wanted.assignee == ME else wanted


def _today(request: Request) -> date:
    today: date = request.app.state.clock().date()
    return today


def _choices(request: Request, connection: Connection) -> queue.Choices:
    """Return what the filters can be set to, read once a run."""
    run_key = queue.newest_run(connection)
    held = getattr(request.app.state, "queue_choices", None)
    if held is None or held[0] != run_key:
        held = request.app.state.queue_choices = (run_key, queue.choices(connection))
    choices: queue.Choices = held[1]
    return choices


@router.get("/cases", name="queue")
def show(request: Request, person: Reader) -> Response:
    """Show a page of the queue."""
    return _page(request, person, filter_of(request.query_params, _today(request)))


def _page(request: Request, person: Person, wanted: QueueFilter, status: int = 200, **context: Any) -> Response:
    """Return the page of a filter; `context` is what else it says."""
    with reading(request.app.state.engine) as connection:
        found = queue.search(connection, of_person(wanted, person))
        choices = _choices(request, connection)
        people = accounts.assignable(connection)
        views = {} if person.person_id is None else accounts.views_of(connection, person.person_id)
    path = request.app.url_path_for("queue")
    plain = replace(wanted, page=1)
    return render(
        request,
        "queue.html",
        status,
        found=found,
        wanted=wanted,
        is_filtered=query_of(replace(plain, status="open", order="urgency")) != "",
        tabs=[
            (TABS[name], f"{path}?{query_of(replace(plain, status=name))}", found.counts[name], name == wanted.status)
            for name in queue.STATUSES
        ],
        turning=Turning(found.page, found.pages, found.total, wanted, path),
        query=query_of(plain),
        choices=choices,
        people=people,
        account_names={each.account: each.name for each in people},
        views=[(name, f"{path}?{query}", query == query_of(plain)) for name, query in views.items()],
        schemes=list(Scheme),
        unit_kinds=list(UnitKind),
        severities=list(reversed(queue.SEVERITY_WEIGHT)),
        ages=AGES,
        dues=DUE_NAMES,
        orders=ORDER_NAMES,
        **{"bulk": {}, "problem": None, "refused": [], **context},
    )


@router.get("/cases/export.{form}", name="queue_export")
def export(request: Request, person: Reader, form: str) -> Response:
    """Write every case that the queue shows, on whatever page, as csv or xlsx."""
    from review.pages.queue_export import MEDIA_TYPES, written  # noqa: PLC0415 - pyarrow and xlsxwriter

    if form not in MEDIA_TYPES:
        return Response(status_code=404)
    wanted = of_person(filter_of(request.query_params, _today(request)), person)
    with reading(request.app.state.engine) as connection:
        rows = queue.every(connection, wanted)
    name = f"mingcha-cases-{wanted.today.isoformat()}.{form}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(written(rows, form), media_type=MEDIA_TYPES[form], headers=headers)


@router.post("/cases/next", name="take_next")
def take_next(request: Request, person: Worker, query: Text = "") -> Response:
    """Take the first case of the queue that nobody has, with the filter that was set."""
    _ = words_of(request).gettext
    wanted = filter_of(QueryParams(query[:2000]), _today(request))
    wanted = replace(wanted, assignee=queue.NOBODY, status="open")
    with writing(request.app.state.engine) as connection:
        at = request.app.state.clock()
        case_id = work.take_next(connection, queue.in_order(wanted), actor=person.account, at=at)
    if case_id is None:
        return redirect(request, f"{request.app.url_path_for('queue')}?{query_of(wanted)}", _("Nobody's case is left."))
    return redirect(request, request.app.url_path_for("case", case_id=case_id), _("The case is yours."))


@router.post("/cases/views", name="save_view")
def save_view(request: Request, person: Reader, name: Text, query: Text = "") -> Response:
    """Save the filter that is set under a name, as one's own view."""
    _ = words_of(request).gettext
    wanted = replace(filter_of(QueryParams(query[:2000]), _today(request)), page=1)
    if person.person_id is None:
        return Response(status_code=404)
    try:
        with writing(request.app.state.engine) as connection:
            accounts.save_view(connection, person.person_id, name, query_of(wanted))
    except accounts.AccountError as error:
        return _page(request, person, wanted, 422, problem=told(words_of(request), error))
    return redirect(request, f"{request.app.url_path_for('queue')}?{query_of(wanted)}", _("The view is saved."))


@router.post("/cases/views/delete", name="delete_view")
def delete_view(request: Request, person: Reader, name: Text) -> Response:
    """Delete one of one's own views."""
    _ = words_of(request).gettext
    if person.person_id is not None:
        with writing(request.app.state.engine) as connection:
            accounts.delete_view(connection, person.person_id, name)
    return redirect(request, request.app.url_path_for("queue"), _("The view is deleted."))


@router.post("/cases/bulk", name="bulk")
def bulk(
    request: Request,
    *,
    person: Annotated[Person, requires(Permission.CASE_BULK)],
    action: Text,
    case: Annotated[list[str] | None, Form()] = None,
    reason: Text = "",
    until: Text = "",
    query: Text = "",
) -> Response:
    """Snooze or close many cases with one reason: all of them, or none.

    A chosen case is sent as its id and the version in which it was seen, ``12:3``.
    """
    from sql import together  # noqa: PLC0415

    words = words_of(request)
    _ = words.gettext
    wanted = filter_of(QueryParams(query[:2000]), _today(request))
    chosen = _chosen(case or [])
    filled = {"reason": reason, "until": until, "action": action, "chosen": set(chosen)}
    if not chosen:
        return _page(request, person, wanted, 422, problem=_("Choose cases first."), bulk=filled)
    at = request.app.state.clock()
    try:
        with writing(request.app.state.engine) as connection:
            if action == "snooze":
                together.snooze_cases(connection, chosen, day_of(until), actor=person.account, reason=reason, at=at)
            else:
                together.close_cases(connection, chosen, action, actor=person.account, reason=reason, at=at)
    except work.DecisionError as error:
        refused = error.refused if isinstance(error, together.BulkDecisionError) else {}
        reasons = [(case_id, told(words, why)) for case_id, why in refused.items()]
        return _page(request, person, wanted, 422, problem=told(words, error), refused=reasons, bulk=filled)
    done = words.ngettext("%(num)s case is done.", "%(num)s cases are done.", len(chosen)) % {"num": len(chosen)}
    return redirect(request, f"{request.app.url_path_for('queue')}?{query_of(wanted)}", done)


def _chosen(sent: list[str]) -> dict[int, int | None]:
    """Return the version of each chosen case by its id."""
    chosen: dict[int, int | None] = {}
    for each in sent[: queue.PAGE_ROWS]:
        case_id, _, version = each.partition(":")
        if case_id.isdecimal() and version.isdecimal() and len(each) < 20:
            chosen[int(case_id)] = int(version)
    return chosen
