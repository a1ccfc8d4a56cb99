"""What people decide, who may, and what is learnt from it."""

from datetime import datetime

import pandas as pd
import pytest
from sqlalchemy import text

from sql.decisions import DecisionError
from sql.store import Store
from tests.sql.nights import COACHED, STAFF_NUMBERS, night
from tests.sql.views import rows

NOON = datetime(2026, 11, 1, 12, 0)  # noqa: DTZ001 - no offset means Shanghai


@pytest.fixture
def with_case(store: Store) -> Store:
    """A store with one case of two findings."""
    store.write_run(night("run-1", [COACHED, STAFF_NUMBERS]))
    return store


def test_confirming_takes_two_people(with_case: Store) -> None:
    with_case.decide(1, "coached", "confirmed", actor="li.wei", reason="ten recordings", at=NOON)
    assert rows(with_case.engine, "select outcome, proposed_by from audit_findings where scheme = 'coached'") == [
        {"outcome": None, "proposed_by": "li.wei"}
    ]
    with pytest.raises(DecisionError, match="cannot be the second person"):
        with_case.confirm(1, "coached", actor="li.wei", reason="sure", at=NOON)
    with_case.confirm(1, "coached", actor="zhang.min", reason="heard them too", at=NOON)
    seen = (
        "select outcome, decided_by, confirmed_by, decided_at, proposed_by from audit_findings where scheme = 'coached'"
    )
    assert [tuple(row.values()) for row in rows(with_case.engine, seen)] == [
        ("confirmed", "li.wei", "zhang.min", "2026-11-01T12:00:00+08:00", None)
    ]


def test_a_case_closes_once_every_finding_is_decided_and_reopens_by_another_hand(with_case: Store) -> None:
    with_case.decide(1, "coached", "inconclusive", actor="li.wei", reason="no recordings", at=NOON)
    with pytest.raises(DecisionError, match="fake_contacts undecided"):
        with_case.close_case(1, actor="li.wei", reason="done", at=NOON)
    with_case.decide(1, "fake_contacts", "refuted", actor="li.wei", reason="a fleet", at=NOON)
    with_case.close_case(1, actor="li.wei", reason="done", at=NOON)
    with pytest.raises(DecisionError, match="Reopen it first"):
        with_case.decide(1, "coached", "refuted", actor="li.wei", reason="why not", at=NOON)
    with pytest.raises(DecisionError, match="cannot be the one to reopen"):
        with_case.reopen_case(1, actor="li.wei", reason="second thoughts", at=NOON)
    with_case.reopen_case(1, actor="zhang.min", reason="recordings turned up", at=NOON)
    assert rows(with_case.engine, "select status from audit_cases") == [{"status": "investigating"}]
    actions = [row["action"] for row in rows(with_case.engine, "select action from audit_events order by event_id")]
    assert actions == ["opened", "found", "found", "decided", "decided", "closed", "reopened"]
    assert with_case.verify() == []


def test_a_case_is_not_reopened_beside_another_open_one(with_case: Store) -> None:
    for scheme in ("coached", "fake_contacts"):
        with_case.decide(1, scheme, "refuted", actor="li.wei", reason="a fleet", at=NOON)
    with_case.close_case(1, actor="li.wei", reason="done", at=NOON)
    with_case.write_run(night("run-2", [COACHED], "2026-11-02"))
    head = with_case.head()
    with pytest.raises(DecisionError, match="another open case"):
        with_case.reopen_case(1, actor="zhang.min", reason="more", at=NOON)
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
    with pytest.raises(DecisionError, match=message):
        with_case.decide(case_id, scheme, outcome, actor=actor, reason=reason, at=NOON)
    assert with_case.head()[0] == 3


def test_what_is_decided_and_learnt_comes_from_closed_cases_and_the_newest_word(store: Store) -> None:
    assert list(store.decided().columns) == ["unit_kind", "unit_id", "scheme", "outcome", "decided_at"]
    assert store.outcomes().empty
    store.write_run(night("run-1", [COACHED]))
    store.decide(1, "coached", "refuted", actor="li.wei", reason="a promotion", at=NOON)
    assert store.decided().empty
    store.close_case(1, actor="li.wei", reason="done", at=NOON)
    later = NOON.replace(month=12)
    store.write_run(night("run-2", [("D1", "coached", 20.0, 1, 0.95, 0.5)], "2026-11-30"))
    store.decide(2, "coached", "confirmed", actor="li.wei", reason="recordings", at=later)
    store.confirm(2, "coached", actor="zhang.min", reason="heard them", at=later)
    store.close_case(2, actor="li.wei", reason="done", at=later)
    store.write_run(night("run-3", [("D1", "coached", 1.0, 0, 0.01, 0.0)], "2026-12-02"))
    expected = pd.DataFrame(
        [("dealer", "D1", "coached", "confirmed", pd.Timestamp("2026-12-01 12:00"))],
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
    ],
)
def test_a_decision_changed_in_its_table_behind_the_log_is_found(
    with_case: Store, tampering: str, problem: str
) -> None:
    with_case.decide(1, "coached", "refuted", actor="li.wei", reason="a promotion", at=NOON)
    with_case.decide(1, "fake_contacts", "confirmed", actor="li.wei", reason="numbers of staff", at=NOON)
    assert with_case.verify() == []
    with with_case.engine.begin() as connection:
        connection.execute(text(tampering))
    assert with_case.verify() == [problem]
