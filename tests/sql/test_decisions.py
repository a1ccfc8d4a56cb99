"""What people decide, who may, and what is learnt from it."""

from typing import Any

import pandas as pd
import pytest
from sqlalchemy import text

from sql.changes import Conflict
from sql.connection import writing
from sql.decisions import DecisionError, close, confirm, decide, refuse, reopen, withdraw
from sql.store import Store
from tests.sql.cases import LI, NOON, ZHANG, refute
from tests.sql.nights import COACHED, STAFF_NUMBERS, night
from tests.sql.views import rows


@pytest.fixture
def with_case(store: Store) -> Store:
    """A store with one case of two findings."""
    store.write_run(night("run-1", [COACHED, STAFF_NUMBERS]))
    return store


def test_confirming_takes_two_people(with_case: Store) -> None:
    with writing(with_case.engine) as connection:
        decide(connection, 1, "coached", "confirmed", **LI)
    assert rows(with_case.engine, "select outcome, proposed_by from audit_findings where scheme = 'coached'") == [
        {"outcome": None, "proposed_by": "li.wei"}
    ]
    with writing(with_case.engine) as connection:
        with pytest.raises(DecisionError, match="cannot be the second person"):
            confirm(connection, 1, "coached", **LI)
        confirm(connection, 1, "coached", **ZHANG)
    seen = (
        "select outcome, decided_by, confirmed_by, decided_at, proposed_by from audit_findings where scheme = 'coached'"
    )
    assert [tuple(row.values()) for row in rows(with_case.engine, seen)] == [
        ("confirmed", "li.wei", "zhang.min", "2026-11-02T12:00:00+08:00", None)
    ]


def test_a_proposal_is_withdrawn_by_its_author_and_refused_by_another(with_case: Store) -> None:
    with writing(with_case.engine) as connection:
        say: dict[str, Any] = {"version": None, "reason": "ten recordings", "at": NOON}
        decide(connection, 1, "coached", "inconclusive", actor="zhang.min", **say)
        decide(connection, 1, "coached", "confirmed", actor="li.wei", **say)
        for doing, actor, message in (
            (withdraw, "zhang.min", "only that person can withdraw"),
            (refuse, "li.wei", "Withdraw the proposal instead"),
        ):
            with pytest.raises(DecisionError, match=message):
                doing(connection, 1, "coached", actor=actor, **say)
        for outcome, actor, message in (
            ("confirmed", "zhang.min", "li.wei proposes to confirm"),
            ("refuted", "zhang.min", "Confirm or refuse that first"),
            ("confirmed", "li.wei", "has proposed to confirm coached in case 1 already"),
        ):
            with pytest.raises(DecisionError, match=message):
                decide(connection, 1, "coached", outcome, actor=actor, **say)
        withdraw(connection, 1, "coached", actor="li.wei", **say)
        decide(connection, 1, "coached", "confirmed", actor="li.wei", **say)
        refuse(connection, 1, "coached", actor="zhang.min", **say)
        for doing in (withdraw, refuse, confirm):
            with pytest.raises(DecisionError, match="Nobody has proposed"):
                doing(connection, 1, "coached", actor="zhang.min", **say)
    seen = "select outcome, decided_by, proposed_by from audit_findings where scheme = 'coached'"
    assert [tuple(row.values()) for row in rows(with_case.engine, seen)] == [("inconclusive", "zhang.min", None)]
    assert with_case.verify() == []


def test_a_case_with_an_open_proposal_does_not_close(with_case: Store) -> None:
    with writing(with_case.engine) as connection:
        for scheme, outcome in (("coached", "refuted"), ("fake_contacts", "refuted"), ("coached", "confirmed")):
            decide(connection, 1, scheme, outcome, **LI)
        with pytest.raises(DecisionError, match="coached undecided"):
            close(connection, 1, **LI)


def test_a_system_is_nobodys_second_person(with_case: Store) -> None:
    system = LI | {"actor": "service:warranty"}
    with writing(with_case.engine) as connection:
        decide(connection, 1, "coached", "confirmed", **LI)
        with pytest.raises(DecisionError, match="A system cannot be the second person"):
            confirm(connection, 1, "coached", **system)
        with pytest.raises(DecisionError, match="A system cannot be the second person"):
            reopen(connection, 1, **system)


def test_a_decision_on_what_has_changed_meanwhile_is_refused(with_case: Store) -> None:
    stale = ZHANG | {"version": 0}
    with writing(with_case.engine) as connection:
        decide(connection, 1, "coached", "confirmed", **LI)
        for doing in (confirm, refuse, withdraw):
            with pytest.raises(Conflict, match=r"li\.wei: proposed"):
                doing(connection, 1, "coached", **stale)
        for doing_all in (close, reopen):
            with pytest.raises(Conflict, match=r"li\.wei: proposed"):
                doing_all(connection, 1, **stale)
        confirm(connection, 1, "coached", **stale | {"version": 1})


def test_a_case_closes_once_every_finding_is_decided_and_reopens_by_another_hand(with_case: Store) -> None:
    with writing(with_case.engine) as connection:
        decide(connection, 1, "coached", "inconclusive", **LI)
        with pytest.raises(DecisionError, match="fake_contacts undecided"):
            close(connection, 1, **LI)
        decide(connection, 1, "fake_contacts", "refuted", **LI)
        close(connection, 1, **LI)
        with pytest.raises(DecisionError, match="Reopen it first"):
            decide(connection, 1, "coached", "refuted", **LI)
        with pytest.raises(DecisionError, match="cannot be the one to reopen"):
            reopen(connection, 1, **LI)
        reopen(connection, 1, **ZHANG)
    assert rows(with_case.engine, "select status from audit_cases") == [{"status": "investigating"}]
    actions = [row["action"] for row in rows(with_case.engine, "select action from audit_events order by event_id")]
    assert actions == ["opened", "found", "found", "decided", "decided", "closed", "reopened"]
    assert with_case.verify() == []


def test_a_case_is_not_reopened_beside_another_open_one(with_case: Store) -> None:
    with writing(with_case.engine) as connection:
        for scheme in ("coached", "fake_contacts"):
            decide(connection, 1, scheme, "refuted", **LI)
        close(connection, 1, **LI)
    with_case.write_run(night("run-2", [COACHED], "2026-11-02"))
    head = with_case.head()
    with writing(with_case.engine) as connection, pytest.raises(DecisionError, match="another open case"):
        reopen(connection, 1, **ZHANG)
    assert with_case.head() == head


@pytest.mark.parametrize(
    ("decision", "message"),
    [
        ((9, "coached", "refuted", "li.wei", "x"), "There is no case 9"),
        ((1, "withheld", "refuted", "li.wei", "x"), "It has coached, fake_contacts"),
        ((1, "coached", "guilty", "li.wei", "x"), "Choose one of confirmed, refuted, inconclusive"),
        ((1, "coached", "refuted", " ", "x"), "Say who decides"),
        ((1, "coached", "refuted", "li.wei", ""), "Say why"),
    ],
)
def test_a_decision_that_makes_no_sense_changes_nothing(
    with_case: Store, decision: tuple[int, str, str, str, str], message: str
) -> None:
    case_id, scheme, outcome, actor, reason = decision
    with writing(with_case.engine) as connection, pytest.raises(DecisionError, match=message):
        decide(connection, case_id, scheme, outcome, version=None, actor=actor, reason=reason, at=NOON)
    assert with_case.head()[0] == 3


def test_what_is_decided_and_learnt_comes_from_closed_cases_and_the_newest_word(store: Store) -> None:
    assert list(store.decided().columns) == ["unit_kind", "unit_id", "scheme", "outcome", "decided_at"]
    assert store.outcomes().empty
    store.write_run(night("run-1", [COACHED]))
    with writing(store.engine) as connection:
        refute(connection, 1)
    assert store.decided().empty
    with writing(store.engine) as connection:
        close(connection, 1, **LI)
    later = {"at": NOON.replace(month=12)}
    store.write_run(night("run-2", [("D1", "coached", 20.0, 1, 0.95, 0.5)], "2026-11-30"))
    with writing(store.engine) as connection:
        decide(connection, 2, "coached", "confirmed", **LI | later)
        confirm(connection, 2, "coached", **ZHANG | later)
        close(connection, 2, **LI | later)
    store.write_run(night("run-3", [("D1", "coached", 1.0, 0, 0.01, 0.0)], "2026-12-03"))
    expected = pd.DataFrame(
        [("dealer", "D1", "coached", "confirmed", pd.Timestamp("2026-12-02 12:00"))],
        columns=["unit_kind", "unit_id", "scheme", "outcome", "decided_at"],
    ).astype({"decided_at": "datetime64[us]"})
    pd.testing.assert_frame_equal(store.decided(), expected)
    learnt = pd.DataFrame(
        [("coached", 1, 1, 0, 0.8 + 0.95)],
        columns=["scheme", "confirmed", "refuted", "inconclusive", "expected_confirmed"],
    )
    pd.testing.assert_frame_equal(store.outcomes(), learnt)


@pytest.mark.parametrize(
    ("tampering", "problem"),
    [
        (
            "update findings set outcome = 'inconclusive' where scheme_key = 1",
            "The finding coached of case 1 is inconclusive, but the log says refuted.",
        ),
        (
            "update findings set outcome = null where scheme_key = 1",
            "The finding coached of case 1 is undecided, but the log says refuted.",
        ),
        ("update cases set status = 'closed'", "Case 1 is closed, but the log says new."),
        ("update cases set assignee = 'li.wei'", "assignee of case 1 is li.wei, but the log says empty."),
        ("update cases set merged_into = 1", "merged_into of case 1 is 1, but the log says empty."),
        ("update cases set due_on = null", "due_on of case 1 is empty, but the log says 2026-11-07."),
        (
            "update findings set proposed_by = 'zhang.min' where proposed_by is not null",
            "The finding fake_contacts of case 1 is proposed by zhang.min, but the log says li.wei.",
        ),
    ],
)
def test_a_decision_changed_in_its_table_behind_the_log_is_found(
    with_case: Store, tampering: str, problem: str
) -> None:
    with writing(with_case.engine) as connection:
        refute(connection, 1)
        decide(connection, 1, "fake_contacts", "confirmed", **LI)
    assert with_case.verify() == []
    with with_case.engine.begin() as connection:
        connection.execute(text(tampering))
    assert with_case.verify() == [problem]
