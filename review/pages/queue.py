"""The queue: which case comes next, and many cases at once."""

from dataclasses import dataclass, replace
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import StreamingResponse
from sqlalchemy import Connection

from detectors.core.schemes import Scheme, UnitKind
from review.language import mark, words_of
from review.language.rules import told
from review.pages.forms import Text, day_of
from review.pages.queue_address import address, filter_of, filter_sent, of_person, query_of, today
from review.rendering import redirect, render
from review.security.roles import Permission, Person, requires
from sql import accounts, queue, work
from sql.connection import reading, writing
from sql.queue import QueueFilter

router = APIRouter()

Reader = Annotated[Person, requires(Permission.CASE_READ)]
Worker = Annotated[Person, requires(Permission.CASE_WORK)]

AGES = (7, 14, 30, 90)
"""Days to choose from."""

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
    return _page(request, person, filter_of(request.query_params, today(request)))


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
    wanted = of_person(filter_of(request.query_params, today(request)), person)
    with reading(request.app.state.engine) as connection:
        rows = queue.every(connection, wanted)
    name = f"mingcha-cases-{wanted.today.isoformat()}.{form}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(written(rows, form), media_type=MEDIA_TYPES[form], headers=headers)


@router.post("/cases/next", name="take_next")
def take_next(request: Request, person: Worker, query: Text = "") -> Response:
    """Take the first case of the queue that nobody has, with the filter that was set."""
    _ = words_of(request).gettext
    shown = filter_sent(request, query)
    wanted = replace(shown, assignee=queue.NOBODY, status="open")
    with writing(request.app.state.engine) as connection:
        at = request.app.state.clock()
        case_id = work.take_next(connection, queue.in_order(wanted), actor=person.account, at=at)
    if case_id is None:
        return redirect(request, f"{request.app.url_path_for('queue')}?{query_of(wanted)}", _("Nobody's case is left."))
    case = request.app.url_path_for("case", case_id=case_id)
    return redirect(request, address(case, shown), _("The case is yours."))


@router.post("/cases/views", name="save_view")
def save_view(request: Request, person: Reader, name: Text, query: Text = "") -> Response:
    """Save the filter that is set under a name, as one's own view."""
    _ = words_of(request).gettext
    wanted = replace(filter_sent(request, query), page=1)
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
    assignee: Text = "",
    query: Text = "",
) -> Response:
    """Snooze, assign or close many cases with one reason: all of them, or none.

    A chosen case is sent as its id and the version in which it was seen, ``12:3``.
    """
    from sql import together  # noqa: PLC0415

    words = words_of(request)
    _ = words.gettext
    wanted = filter_sent(request, query)
    chosen = _chosen(case or [])
    filled = {"reason": reason, "until": until, "assignee": assignee, "action": action, "chosen": set(chosen)}
    if not chosen:
        return _page(request, person, wanted, 422, problem=_("Choose cases first."), bulk=filled)
    at = request.app.state.clock()
    try:
        with writing(request.app.state.engine) as connection:
            if action == "snooze":
                together.snooze_cases(connection, chosen, day_of(until), actor=person.account, reason=reason, at=at)
            elif action == "assign":
                together.assign_cases(connection, chosen, assignee, actor=person.account, reason=reason, at=at)
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
