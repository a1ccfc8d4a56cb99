"""What happened to a case, as the timeline says it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from review.language import Words, mark, names
from review.language.figures import bits, day
from sql.casefile import Happened
from sql.changes import NIGHTLY, Change

ACTIONS = {
    "opened": mark("opened the case"),
    "found": mark("found: {scheme} ({bits} bits)"),
    "dated": mark("made the case more severe: due on {due_on}"),
    "taken": mark("took the case"),
    "assigned": mark("assigned the case to {assignee}"),
    "released": mark("gave the case back to the queue"),
    "paused": mark("set the case to waiting"),
    "resumed": mark("went on with the case"),
    "snoozed": mark("snoozed the case until {snoozed_until}"),
    "woken": mark("woke the case"),
    "commented": mark("commented"),
    "linked": mark("linked case {case_id}"),
    "unlinked": mark("took away the link to case {case_id}"),
    "merged": mark("merged this case into case {merged_into}"),
    "joined": mark("merged case {case_id} into this one"),
    "unmerged": mark("unmerged this case"),
    "left": mark("unmerged case {case_id} from this one"),
    "proposed": mark("proposed to confirm: {scheme}"),
    "confirmed": mark("confirmed, as the second person: {scheme}"),
    "refused": mark("refused to confirm: {scheme}"),
    "withdrawn": mark("withdrew the proposal to confirm: {scheme}"),
    "decided": mark("decided: {scheme} is {outcome}"),
    "closed": mark("closed the case"),
    "reopened": mark("reopened the case"),
}
"""What each action of the event log is called; one that is not here is shown as it is."""


@dataclass(frozen=True)
class Told:
    """An event in the visitor's language.

    Parameters
    ----------
    actor
        Who; the name of a person whose account is known.
    sentence
        What was done.
    text
        The reason or the comment that the person gave, or nothing.
    """

    event_id: int
    at: str
    actor: str
    sentence: str
    text: str
    action: str
    is_night: bool


def tell(words: Words, event: Happened, people: Mapping[str, str]) -> Told:
    """Return an event as the timeline shows it.

    Examples
    --------
    >>> from review.language import words
    >>> taken = Happened(3, "2026-11-02T09:30:00+08:00", "li.na", "taken", {}, {"assignee": "li.na"})
    >>> told = tell(words("en"), taken, {"li.na": "李娜"})
    >>> told.actor, told.sentence
    ('李娜', 'took the case')
    """
    text = event.after.get("comment") or event.after.get("reason") or ""
    is_night = event.actor == NIGHTLY
    actor = words.gettext(mark("the night")) if is_night else people.get(event.actor, event.actor)
    sentence = _sentence(words, event.action, event.after, people)
    return Told(event.event_id, event.at, actor, sentence, str(text), event.action, is_night)


def tell_change(words: Words, change: Change, people: Mapping[str, str]) -> Told:
    """Return a change that came in between, as the page about a conflict shows it."""
    return tell(words, Happened(0, change.at, change.actor, change.action, {}, change.after), people)


def _sentence(words: Words, action: str, after: Mapping[str, Any], people: Mapping[str, str]) -> str:
    if action not in ACTIONS:
        return action
    values = {
        name: _value(words, name, after.get(name), people)
        for name in ("scheme", "outcome", "bits", "assignee", "snoozed_until", "due_on", "case_id", "merged_into")
    }
    return words.gettext(ACTIONS[action]).format(**values)


def _value(words: Words, name: str, value: Any, people: Mapping[str, str]) -> str:
    match name:
        case "scheme":
            return names.named(words, names.SCHEMES, value)
        case "outcome":
            return names.named(words, names.OUTCOMES, value)
        case "bits":
            return bits(value)
        case "assignee":
            return people.get(value, value or "")
        case "snoozed_until" | "due_on":
            return day(value)
        case _:
            return "" if value is None else str(value)
