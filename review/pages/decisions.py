"""What a person does with a case: each form of the case page is one of these, and each is one change in the log.

A change that the rules do not allow, or that somebody else overtook, changes nothing and gives the person's text back.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Annotated, Protocol

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy import Connection

from detectors.core.schemes import Scheme
from review.language import mark, words_of
from review.language.happened import tell_change
from review.language.rules import told
from review.pages.case import CaseId, head_or_404
from review.pages.forms import Text, Version, case_number, day_of
from review.pages.queue_address import address, filter_sent, query_of
from review.rendering import redirect, render
from review.security.roles import Permission, Person, requires
from sql import accounts, decisions, merging, work
from sql.connection import reading, writing

router = APIRouter(prefix="/cases/{case_id:int}")

Worker = Annotated[Person, requires(Permission.CASE_WORK)]
Merger = Annotated[Person, requires(Permission.CASE_MERGE)]
Assigner = Annotated[Person, requires(Permission.CASE_ASSIGN_OTHERS)]

_LONGEST_KEPT = 10_000
"""Characters of a text that are given back; the rules take fewer."""


class Act(Protocol):
    """A change of a case: of `sql.work`, `sql.merging` or `sql.decisions`, with what it needs of its own."""

    def __call__(
        self, connection: Connection, case_id: int, /, *, version: int | None, actor: str, at: datetime
    ) -> None:
        """Change the case."""


@dataclass(frozen=True)
class Form:
    """What every form of the case page says: which case, its version that the person saw, and out of which queue."""

    request: Request
    case_id: CaseId
    version: Version
    query: Text = ""

    def do(self, act: Act, person: Person, done: str, **sent: str) -> Response:
        """Do it and go back to the case, or show why not with what was sent."""
        state = self.request.app.state
        try:
            with writing(state.engine) as connection:
                act(connection, self.case_id, version=self.version, actor=person.account, at=state.clock())
        except work.DecisionError as error:
            return _refused(self, error, sent)
        case = self.request.app.url_path_for("case", case_id=self.case_id)
        back = address(case, filter_sent(self.request, self.query))
        return redirect(self.request, back, words_of(self.request).gettext(done))


Sent = Annotated[Form, Depends()]


@router.post("/take", name="take")
def take(form: Sent, person: Worker) -> Response:
    """Take the case."""
    return form.do(work.take, person, mark("The case is yours."))


@router.post("/release", name="release")
def release(form: Sent, person: Worker, reason: Text = "") -> Response:
    """Give the case back to the queue."""
    act = partial(work.release, reason=reason or None)
    return form.do(act, person, mark("The case is back in the queue."), reason=reason)


@router.post("/assign", name="assign")
def assign(form: Sent, person: Assigner, assignee: Text) -> Response:
    """Give the case to somebody."""
    act = partial(work.assign, assignee=assignee)
    return form.do(act, person, mark("The case is assigned."), assignee=assignee)


@router.post("/wait", name="wait")
def wait(form: Sent, person: Worker, reason: Text = "") -> Response:
    """Set the case to waiting."""
    return form.do(partial(work.wait, reason=reason), person, mark("The case waits."), reason=reason)


@router.post("/resume", name="resume")
def resume(form: Sent, person: Worker) -> Response:
    """Go on with the case."""
    return form.do(work.resume, person, mark("The case is being worked on again."))


@router.post("/snooze", name="snooze")
def snooze(form: Sent, person: Worker, until: Text = "", reason: Text = "") -> Response:
    """Let the case sleep until a day."""

    def act(connection: Connection, case_id: int, /, *, version: int | None, actor: str, at: datetime) -> None:
        work.snooze(connection, case_id, day_of(until), version=version, actor=actor, reason=reason, at=at)

    return form.do(act, person, mark("The case sleeps and comes back."), until=until, reason=reason)


@router.post("/wake", name="wake")
def wake(form: Sent, person: Worker) -> Response:
    """Wake the case."""
    return form.do(work.wake, person, mark("The case is awake."))


@router.post("/comment", name="comment")
def comment(form: Sent, person: Worker, text: Text = "") -> Response:
    """Say something of the case."""
    return form.do(partial(work.comment, text=text), person, mark("The comment is added."), text=text)


@router.post("/link", name="link")
def link(form: Sent, person: Worker, other: Text = "", reason: Text = "") -> Response:
    """Link the case to another."""
    act = _with_other(merging.link, other, reason)
    return form.do(act, person, mark("The cases are linked."), other=other, reason=reason)


@router.post("/unlink", name="unlink")
def unlink(form: Sent, person: Worker, other: Text = "", reason: Text = "") -> Response:
    """Take the link to another case away."""
    act = _with_other(merging.unlink, other, reason)
    return form.do(act, person, mark("The link is taken away."), other=other, reason=reason)


@router.post("/merge", name="merge")
def merge(form: Sent, person: Merger, into: Text = "", reason: Text = "") -> Response:
    """Merge the case into another."""
    act = _with_other(merging.merge, into, reason)
    return form.do(act, person, mark("The case is merged."), into=into, reason=reason)


@router.post("/unmerge", name="unmerge")
def unmerge(form: Sent, person: Merger, reason: Text = "") -> Response:
    """Make a merged case one of its own again."""
    act = partial(merging.unmerge, reason=reason)
    return form.do(act, person, mark("The case stands on its own again."), reason=reason)


@router.post("/close", name="close")
def close(form: Sent, person: Worker, reason: Text = "") -> Response:
    """Close the case."""
    return form.do(partial(decisions.close, reason=reason), person, mark("The case is closed."), reason=reason)


@router.post("/reopen", name="reopen")
def reopen(form: Sent, person: Worker, reason: Text = "") -> Response:
    """Reopen the case."""
    return form.do(partial(decisions.reopen, reason=reason), person, mark("The case is open again."), reason=reason)


@router.post("/findings/{scheme}/decide", name="decide")
def decide(form: Sent, scheme: Scheme, person: Worker, outcome: Text = "", reason: Text = "") -> Response:
    """Decide a finding; confirming is a proposal until a second person seconds it."""

    def act(connection: Connection, case_id: int, /, *, version: int | None, actor: str, at: datetime) -> None:
        if not outcome:
            raise work.DecisionError("An outcome is missing.", remedy="Choose one.")
        decisions.decide(connection, case_id, scheme, outcome, version=version, actor=actor, reason=reason, at=at)

    proposed, decided = mark("Proposed: a second person confirms it."), mark("The finding is decided.")
    return form.do(act, person, proposed if outcome == "confirmed" else decided, outcome=outcome, reason=reason)


_ANSWERS = {
    "confirm": (decisions.confirm, mark("The finding is confirmed.")),
    "refuse": (decisions.refuse, mark("The proposal is refused; the finding is undecided.")),
    "withdraw": (decisions.withdraw, mark("The proposal is withdrawn.")),
}
"""What may be answered to a proposal, and what is said when it is done."""


@router.post("/findings/{scheme}/second", name="second")
def second(form: Sent, scheme: Scheme, person: Worker, answer: Text = "", reason: Text = "") -> Response:
    """Answer a proposal to confirm: confirm or refuse it as the second person, or withdraw one's own."""
    doing, done = _ANSWERS.get(answer, (_no_answer, ""))
    return form.do(partial(doing, scheme=scheme, reason=reason), person, done, answer=answer, reason=reason)


def _no_answer(*_of_case: object, **_said: object) -> None:
    raise work.DecisionError("An answer is missing.", remedy="Choose one.")


def _with_other(doing: Callable[..., None], other: str, reason: str) -> Act:
    """Return what is done with another case, whose number is read then: a wrong one is a change that is not allowed."""

    def act(connection: Connection, case_id: int, /, *, version: int | None, actor: str, at: datetime) -> None:
        doing(connection, case_id, case_number(other), version=version, actor=actor, reason=reason, at=at)

    return act


def _refused(form: Form, error: work.DecisionError, sent: Mapping[str, str]) -> Response:
    request = form.request
    words = words_of(request)
    with reading(request.app.state.engine) as connection:
        head = head_or_404(connection, form.case_id)
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
        query=query_of(filter_sent(request, form.query)),
    )
