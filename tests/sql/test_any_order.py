"""Whatever people and nights do, in any order: the log explains it, and no rule is got round."""

import json
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any

from sql import decisions, merging, together, work
from sql.actions import ACTIONS
from sql.changes import NIGHTLY, DecisionError
from sql.connection import writing
from sql.store import Store, open_store
from tests.sql.cases import NOON, with_cases, with_people
from tests.sql.nights import Score, night
from tests.sql.views import rows

STEPS = 1000
WHY = "heard the recordings"
Doing = Callable[..., None]
WORKING: list[Doing] = [work.take, work.take, work.release, work.wait, work.resume, work.snooze, work.wake]
PROPOSING: list[Doing] = [decisions.decide, decisions.confirm, decisions.confirm, decisions.refuse, decisions.withdraw]
ENDING: list[Doing] = [decisions.close, decisions.reopen, decisions.reopen, merging.unmerge]
JOINING: list[Doing] = [merging.merge, merging.merge, merging.link, merging.unlink]


def doing(random: Random, newest: int) -> Callable[..., object]:
    """Return something that somebody might do to one of the newest cases, allowed or not."""
    case, other = (random.randint(max(1, newest - 4), newest) for _ in range(2))
    by: dict[str, Any] = {"version": None, "actor": random.choice(["li.wei", "zhang.min"])}
    why = {"reason": WHY}
    what = random.choice(random.choice([WORKING, PROPOSING, PROPOSING, ENDING, ENDING, JOINING]))
    match what:
        case work.take | work.resume | work.wake:
            return lambda c, at: what(c, case, **by, at=at)
        case work.snooze:
            return lambda c, at: what(c, case, at.date() + timedelta(days=3), **by, **why, at=at)
        case decisions.decide:
            outcome = random.choice(["confirmed", "confirmed", "refuted", "inconclusive"])
            return lambda c, at: what(c, case, "coached", outcome, **by, **why, at=at)
        case decisions.confirm | decisions.refuse | decisions.withdraw:
            return lambda c, at: what(c, case, "coached", **by, **why, at=at)
        case decisions.close if random.random() < 0.3:
            chosen = dict.fromkeys({case, other})
            return lambda c, at: together.close_cases(c, chosen, "inconclusive", actor=by["actor"], **why, at=at)
        case merging.merge | merging.link | merging.unlink:
            return lambda c, at: what(c, case, other, **by, **why, at=at)
        case _:
            return lambda c, at: what(c, case, **by, **why, at=at)


def merged_cases_follow(store: Store) -> None:
    held = {row["case_id"]: row for row in rows(store.engine, "select * from cases")}
    for row in held.values():
        if row["merged_into"] is not None:
            leading = held[row["merged_into"]]
            followed = ("status", "assignee", "snoozed_until", "closed_by")
            assert leading["merged_into"] is None
            assert [row[name] for name in followed] == [leading[name] for name in followed]
            assert row["status"] == "closed" or str(leading["due_on"]) <= str(row["due_on"])


def closed_cases_are_decided(store: Store) -> None:
    open_findings = """
        select findings.case_id from findings inner join cases on findings.case_id = cases.case_id
        where cases.status = 'closed' and (findings.outcome is null or findings.proposed_by is not null)
    """
    assert rows(store.engine, open_findings) == []


def what_needs_two_people_had_two(store: Store) -> None:
    proposed: dict[object, object] = {}
    closed: dict[object, object] = {}
    versions: Counter[object] = Counter()
    for event in rows(store.engine, "select * from audit_events order by event_id"):
        case, actor, after = event["case_id"], event["actor"], json.loads(str(event["after"]))
        versions[case] += actor != NIGHTLY
        match event["action"]:
            case "proposed":
                proposed[case] = actor
            case "confirmed":
                assert actor != proposed[case] == after["proposed_by"]
            case "closed":
                closed[case] = actor
            case "reopened":
                assert actor != closed[case]
    assert {row["case_id"]: row["version"] for row in rows(store.engine, "select * from cases")} == versions


def test_in_any_order_the_log_explains_every_case_and_no_rule_is_got_round() -> None:
    random, at, nights = Random(1), NOON, 1  # noqa: S311
    with with_people(with_cases(open_store("sqlite://"), 4)) as store:
        for step in range(STEPS):
            at += timedelta(hours=1)
            if step % 30 == 0:
                nights, at = nights + 1, at + timedelta(days=1)
                share, scheme = random.choice([0.1, 0.4, 0.9]), random.choice(["coached", "coached", "withheld"])
                score: Score = (f"D{random.randint(1, 4)}", scheme, 12.0, 1, 0.8, share)
                store.write_run(night(f"run-{nights}", [score], at.date().isoformat()))
            newest = len(rows(store.engine, "select case_id from cases"))
            happened, do = store.head(), doing(random, newest)
            try:
                with writing(store.engine) as connection:
                    do(connection, at)
            except DecisionError:
                assert store.head() == happened
            merged_cases_follow(store)
            closed_cases_are_decided(store)
            if step % 50 == 0:
                assert store.verify() == []
        what_needs_two_people_had_two(store)
        assert store.verify() == []
        played = {str(row["action"]) for row in rows(store.engine, "select distinct action from audit_events")}
    assert played >= set(ACTIONS) - {"assigned", "resumed", "commented"}
