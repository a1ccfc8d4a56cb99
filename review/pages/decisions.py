"""What a person does with a case: each form of the case page is one of these, and each is one change in the log.

A change that the rules do not allow, or that somebody else overtook, changes nothing and gives the person's text back.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Request, Response
from sqlalchemy import Connection

from detectors.core.schemes import Scheme
from review.language import words_of
from review.language.happened import tell_change
from review.language.rules import told
from review.pages.case import CaseId, head_or_404
from review.pages.forms import Text, Version, case_number, day_of
from review.rendering import redirect, render
from review.security.roles import Permission, Person, requires
from sql import accounts, decisions, merging, work
from sql.connection import reading, writing

router = APIRouter(prefix="/cases/{case_id:int}")

Worker = Annotated[Person, requires(Permission.CASE_WORK)]
Merger = Annotated[Person, requires(Permission.CASE_MERGE)]

Act = Callable[[Connection, datetime], None]

_LONGEST_KEPT = 10_000
"""Characters of a text that are given back; the rules take fewer."""


@router.post("/take", name="take")
def take(request: Request, case_id: CaseId, *, person: Worker, version: Version) -> Response:
    """Take the case."""

    def act(connection: Connection, at: datetime) -> None:
        work.take(connection, case_id, version=version, actor=person.account, at=at)

    return _do(request, case_id, act, {}, words_of(request).gettext("The case is yours."))


@router.post("/release", name="release")
def release(request: Request, case_id: CaseId, *, person: Worker, version: Version, reason: Text = "") -> Response:
    """Give the case back to the queue."""

    def act(connection: Connection, at: datetime) -> None:
        work.release(connection, case_id, version=version, actor=person.account, reason=reason or None, at=at)

    _ = words_of(request).gettext
    return _do(request, case_id, act, {"reason": reason}, _("The case is back in the queue."))


@router.post("/assign", name="assign")
def assign(
    request: Request,
    case_id: CaseId,
    *,
    person: Annotated[Person, requires(Permission.CASE_ASSIGN_OTHERS)],
    version: Version,
    assignee: Text,
) -> Response:
    """Give the case to somebody."""

    def act(connection: Connection, at: datetime) -> None:
        work.assign(connection, case_id, assignee, version=version, actor=person.account, at=at)

    _ = words_of(request).gettext
    return _do(request, case_id, act, {"assignee": assignee}, _("The case is assigned."))


@router.post("/wait", name="wait")
def wait(request: Request, case_id: CaseId, *, person: Worker, version: Version, reason: Text = "") -> Response:
    """Set the case to waiting."""

    def act(connection: Connection, at: datetime) -> None:
        work.wait(connection, case_id, version=version, actor=person.account, reason=reason, at=at)

    return _do(request, case_id, act, {"reason": reason}, words_of(request).gettext("The case waits."))


@router.post("/resume", name="resume")
def resume(request: Request, case_id: CaseId, *, person: Worker, version: Version) -> Response:
    """Go on with the case."""

    def act(connection: Connection, at: datetime) -> None:
        work.resume(connection, case_id, version=version, actor=person.account, at=at)

    return _do(request, case_id, act, {}, words_of(request).gettext("The case is being worked on again."))


@router.post("/snooze", name="snooze")
def snooze(
    request: Request, case_id: CaseId, *, person: Worker, version: Version, until: Text = "", reason: Text = ""
) -> Response:
    """Let the case sleep until a day."""

    def act(connection: Connection, at: datetime) -> None:
        work.snooze(connection, case_id, day_of(until), version=version, actor=person.account, reason=reason, at=at)

    _ = words_of(request).gettext
    return _do(request, case_id, act, {"until": until, "reason": reason}, _("The case sleeps and comes back."))


@router.post("/wake", name="wake")
def wake(request: Request, case_id: CaseId, *, person: Worker, version: Version) -> Response:
    """Wake the case."""

    def act(connection: Connection, at: datetime) -> None:
        work.wake(connection, case_id, version=version, actor=person.account, at=at)

    return _do(request, case_id, act, {}, words_of(request).gettext("The case is awake."))


@router.post("/comment", name="comment")
def comment(request: Request, case_id: CaseId, *, person: Worker, version: Version, text: Text = "") -> Response:
    """Say something of the case."""

    def act(connection: Connection, at: datetime) -> None:
        work.comment(connection, case_id, text, version=version, actor=person.account, at=at)

    return _do(request, case_id, act, {"text": text}, words_of(request).gettext("The comment is added."))


@router.post("/link", name="link")
def link(
    request: Request, case_id: CaseId, *, person: Worker, version: Version, other: Text = "", reason: Text = ""
) -> Response:
    """Link the case to another."""

    def act(connection: Connection, at: datetime) -> None:
        merging.link(
            connection, case_id, case_number(other), version=version, actor=person.account, reason=reason, at=at
        )

    _ = words_of(request).gettext
    return _do(request, case_id, act, {"other": other, "reason": reason}, _("The cases are linked."))


@router.post("/unlink", name="unlink")
def unlink(
    request: Request, case_id: CaseId, *, person: Worker, version: Version, other: Text = "", reason: Text = ""
) -> Response:
    """Take the link to another case away."""

    def act(connection: Connection, at: datetime) -> None:
        merging.unlink(
            connection, case_id, case_number(other), version=version, actor=person.account, reason=reason, at=at
        )

    _ = words_of(request).gettext
    return _do(request, case_id, act, {"other": other, "reason": reason}, _("The link is taken away."))


@router.post("/merge", name="merge")
def merge(
    request: Request, case_id: CaseId, *, person: Merger, version: Version, into: Text = "", reason: Text = ""
) -> Response:
    """Merge the case into another."""

    def act(connection: Connection, at: datetime) -> None:
        merging.merge(
            connection, case_id, case_number(into), version=version, actor=person.account, reason=reason, at=at
        )

    _ = words_of(request).gettext
    return _do(request, case_id, act, {"into": into, "reason": reason}, _("The case is merged."))


@router.post("/unmerge", name="unmerge")
def unmerge(request: Request, case_id: CaseId, *, person: Merger, version: Version, reason: Text = "") -> Response:
    """Make a merged case one of its own again."""

    def act(connection: Connection, at: datetime) -> None:
        merging.unmerge(connection, case_id, version=version, actor=person.account, reason=reason, at=at)

    _ = words_of(request).gettext
    return _do(request, case_id, act, {"reason": reason}, _("The case stands on its own again."))


@router.post("/close", name="close")
def close(request: Request, case_id: CaseId, *, person: Worker, version: Version, reason: Text = "") -> Response:
    """Close the case."""

    def act(connection: Connection, at: datetime) -> None:
        decisions.close(connection, case_id, version=version, actor=person.account, reason=reason, at=at)

    return _do(request, case_id, act, {"reason": reason}, words_of(request).gettext("The case is closed."))


@router.post("/reopen", name="reopen")
def reopen(request: Request, case_id: CaseId, *, person: Worker, version: Version, reason: Text = "") -> Response:
    """Reopen the case."""

    def act(connection: Connection, at: datetime) -> None:
        decisions.reopen(connection, case_id, version=version, actor=person.account, reason=reason, at=at)

    return _do(request, case_id, act, {"reason": reason}, words_of(request).gettext("The case is open again."))


@router.post("/findings/{scheme}/decide", name="decide")
def decide(
    request: Request,
    case_id: CaseId,
    scheme: Scheme,
    *,
    person: Worker,
    version: Version,
    outcome: Text = "",
    reason: Text = "",
) -> Response:
    """Decide a finding; confirming is a proposal until a second person seconds it."""
    _ = words_of(request).gettext

    def act(connection: Connection, at: datetime) -> None:
        if not outcome:
            raise work.DecisionError("An outcome is missing.", remedy="Choose one.")
        decisions.decide(
            connection, case_id, scheme, outcome, version=version, actor=person.account, reason=reason, at=at
        )

    done = _("Proposed: a second person confirms it.") if outcome == "confirmed" else _("The finding is decided.")
    return _do(request, case_id, act, {"outcome": outcome, "reason": reason}, done)


@router.post("/findings/{scheme}/second", name="second")
def second(
    request: Request,
    case_id: CaseId,
    scheme: Scheme,
    *,
    person: Worker,
    version: Version,
    answer: Text = "",
    reason: Text = "",
) -> Response:
    """Answer a proposal to confirm: confirm or refuse it as the second person, or withdraw one's own."""
    _ = words_of(request).gettext
    answers = {"confirm": decisions.confirm, "refuse": decisions.refuse, "withdraw": decisions.withdraw}

    def act(connection: Connection, at: datetime) -> None:
        if answer not in answers:
            raise work.DecisionError("An answer is missing.", remedy="Choose one.")
        answers[answer](connection, case_id, scheme, version=version, actor=person.account, reason=reason, at=at)

    done = {
        "confirm": _("The finding is confirmed."),
        "refuse": _("The proposal is refused; the finding is undecided."),
        "withdraw": _("The proposal is withdrawn."),
    }
    return _do(request, case_id, act, {"answer": answer, "reason": reason}, done.get(answer, ""))


def _do(request: Request, case_id: int, act: Act, sent: Mapping[str, str], done: str) -> Response:
    """Do it and go back to the case, or show why not with what was sent."""
    try:
        with writing(request.app.state.engine) as connection:
            act(connection, request.app.state.clock())
    except work.DecisionError as error:
        return _refused(request, case_id, error, sent)
    return redirect(request, request.app.url_path_for("case", case_id=case_id), done)


def _refused(request: Request, case_id: int, error: work.DecisionError, sent: Mapping[str, str]) -> Response:
    words = words_of(request)
    with reading(request.app.state.engine) as connection:
        head = head_or_404(connection, case_id)
        people = {each.account: each.name for each in accounts.all_people(connection)}
    is_conflict = isinstance(error, work.Conflict)
    return render(
        request,
        "refused.html",
        409 if is_conflict else 422,
        head=head,
        detail=told(words, error),
        changes=[tell_change(words, change, people) for change in error.changes]
        if isinstance(error, work.Conflict)
        else [],
        is_conflict=is_conflict,
        text_name=next((name for name in ("reason", "text") if name in sent), None),
        sent={name: value[:_LONGEST_KEPT] for name, value in sent.items()},
        action=request.url.path,
    )
