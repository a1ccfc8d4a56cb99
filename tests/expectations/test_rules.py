"""Every rule of every source, each with the one value that breaks it and what is shown of that value."""

import inspect
from functools import cache
from typing import Any

import pytest

import expectations.suites
from detectors.core.sources import SOURCES
from expectations.reference import render
from expectations.rule import Severity
from expectations.suites import SUITES
from expectations.verdict import Note, Verdict
from tests.expectations.deliveries import VALID, broken, judged

QUARANTINED: list[tuple[str, str, dict[str, Any], str, str]] = [
    # source, rule, what is wrong with the row, the column that is named, what is shown
    ("surveys", "survey.present", {"survey": None}, "survey", ""),
    ("surveys", "survey.vocabulary", {"survey": "PDI"}, "survey", "PDI"),
    ("surveys", "wave.present", {"wave": None}, "wave", ""),
    ("surveys", "wave.matches_called_at", {"wave": "2026-08"}, "wave", "2026-08"),
    ("surveys", "dealer_id.present", {"dealer_id": None}, "dealer_id", ""),
    ("surveys", "called_at.present", {"called_at": None}, "called_at", ""),
    (
        "surveys",
        "called_at.not_in_future",
        {"called_at": "2026-11-01 00:00", "wave": "2026-11"},
        "called_at",
        "2026-11-01 00:00:00",
    ),
    (
        "surveys",
        "called_at.plausible",
        {"called_at": "1999-12-31 23:59", "wave": "1999-12"},
        "called_at",
        "1999-12-31 23:59:00",
    ),
    ("surveys", "duration_s.range", {"duration_s": 310_000}, "duration_s", "310000"),
    ("surveys", "overall.present", {"overall": None}, "overall", ""),
    ("surveys", "overall.range", {"overall": 11}, "overall", "11"),
    ("surveys", "q_*.range", {"q_waiting": 99}, "q_waiting", "99"),
    ("surveys", "fact_*.vocabulary", {"fact_walk_round": 2}, "fact_walk_round", "2"),
    ("contacts", "survey.vocabulary", {"survey": "PDI"}, "survey", "PDI"),
    ("contacts", "dealer_id.present", {"dealer_id": None}, "dealer_id", ""),
    (
        "contacts",
        "attempted_at.not_in_future",
        {"attempted_at": "2026-11-01 00:00"},
        "attempted_at",
        "2026-11-01 00:00:00",
    ),
    (
        "contacts",
        "attempted_at.plausible",
        {"attempted_at": "1900-01-01", "wave": None},
        "attempted_at",
        "1900-01-01 00:00:00",
    ),
    ("contacts", "disposition.present", {"disposition": None}, "disposition", ""),
    ("contacts", "disposition.vocabulary", {"disposition": "接通"}, "disposition", "接通"),
    ("transactions", "dealer_id.present", {"dealer_id": None}, "dealer_id", ""),
    ("transactions", "kind.present", {"kind": None}, "kind", ""),
    ("transactions", "kind.vocabulary", {"kind": "rental"}, "kind", "rental"),
    ("transactions", "happened_on.present", {"happened_on": None}, "happened_on", ""),
    ("transactions", "happened_on.not_in_future", {"happened_on": "2026-11-01"}, "happened_on", "2026-11-01"),
    ("transactions", "happened_on.plausible", {"happened_on": "1970-01-01"}, "happened_on", "1970-01-01"),
    ("reviews", "dealer_id.present", {"dealer_id": None}, "dealer_id", ""),
    ("reviews", "posted_at.present", {"posted_at": None}, "posted_at", ""),
    ("reviews", "posted_at.not_in_future", {"posted_at": "2026-11-01 00:00"}, "posted_at", "2026-11-01 00:00:00"),
    (
        "reviews",
        "posted_at.plausible",
        {"posted_at": "1970-01-01", "author_joined_on": None},
        "posted_at",
        "1970-01-01 00:00:00",
    ),
    ("reviews", "rating.present", {"rating": None}, "rating", ""),
    ("reviews", "rating.range", {"rating": 9.5}, "rating", "9.5"),
    ("reviews", "author_reviews.range", {"author_reviews": -1}, "author_reviews", "-1"),
    (
        "reviews",
        "author_joined_on.not_in_future",
        {"author_joined_on": "2030-01-01"},
        "author_joined_on",
        "2030-01-01",
    ),
    ("staff", "dealer_id.present", {"dealer_id": None}, "dealer_id", ""),
    ("complaints", "dealer_id.present", {"dealer_id": None}, "dealer_id", ""),
    ("complaints", "filed_on.present", {"filed_on": None}, "filed_on", ""),
    ("complaints", "filed_on.not_in_future", {"filed_on": "2026-11-01"}, "filed_on", "2026-11-01"),
    ("complaints", "filed_on.plausible", {"filed_on": "1900-01-01"}, "filed_on", "1900-01-01"),
    ("audits", "dealer_id.present", {"dealer_id": None}, "dealer_id", ""),
    ("audits", "kind.present", {"kind": None}, "kind", ""),
    ("audits", "kind.vocabulary", {"kind": "self_check"}, "kind", "self_check"),
    ("audits", "audited_on.present", {"audited_on": None}, "audited_on", ""),
    ("audits", "audited_on.not_in_future", {"audited_on": "2026-12-24"}, "audited_on", "2026-12-24"),
    ("audits", "audited_on.plausible", {"audited_on": "1970-01-01"}, "audited_on", "1970-01-01"),
    ("audits", "score.present", {"score": None}, "score", ""),
    ("audits", "score.range", {"score": 100.5}, "score", "100.5"),
    *((name, f"{source.key}.present", {source.key: None}, source.key, "") for name, source in SOURCES.items()),
]

KNOWN_DEALER = "dealer_id must be in the dealer list. Named there: D9 (1)."
VALID_PHONE = "phone must be a Chinese mobile or landline number."

NOTED: list[tuple[str, str, dict[str, Any], str]] = [
    # source, rule, what is odd about the row, how the note ends
    *(
        (source, "dealer_id.known", {"dealer_id": "D9", "customer_id": None}, KNOWN_DEALER)
        for source in ("surveys", "contacts", "transactions", "reviews", "staff", "complaints", "audits")
    ),
    *(
        (source, "phone.valid", {"phone": "12345678901"}, VALID_PHONE)
        for source in ("surveys", "contacts", "transactions", "staff", "complaints")
    ),
    (
        "surveys",
        "q_*.answered",
        {"q_attitude": None, "q_waiting": None},
        "q_* must have at least 3 answers in an interview.",
    ),
    (
        "contacts",
        "wave.matches_attempted_at",
        {"wave": "2026-01"},
        "wave must be the month of attempted_at, the one before or the one after.",
    ),
    (
        "contacts",
        "customer_id.in_transactions",
        {"customer_id": "C2"},
        "customer_id must be a customer of that dealer's transactions.",
    ),
    ("transactions", "amount.range", {"amount": -500}, "amount must be at least 0."),
    (
        "reviews",
        "author_joined_on.before_posted_at",
        {"author_joined_on": "2026-10-13"},
        "author_joined_on must not be after posted_at.",
    ),
    (
        "dealers",
        "opened_on.not_in_future",
        {"opened_on": "2027-03-01"},
        "opened_on must not be after the day of the run.",
    ),
    (
        "dealers",
        "target_score.range",
        {"target_score": 92},
        "target_score must be on the scale of a questionnaire.",
    ),
]


@pytest.mark.parametrize("source", VALID)
def test_a_valid_row_breaks_no_rule(source: str) -> None:
    verdict = judged(source, {})
    assert (broken(verdict), verdict.notes, verdict.share_quarantined) == ([], (), 0.0)
    assert [result.rule for result in verdict.results] == [rule.name for rule in SUITES[source]]
    assert all(result.rows_failed == 0 for result in verdict.results)


@cache
def verdict_of(source: str) -> Verdict:
    """Judge every bad and odd row of a source at once, after a valid one: a rule looks at no row's company."""
    return judged(source, {}, *changes_of(source))


def changes_of(source: str) -> list[dict[str, Any]]:
    cases = [(case[0], case[2]) for case in QUARANTINED] + [(case[0], case[2]) for case in NOTED]
    return [change for its_source, change in cases if its_source == source]


@pytest.mark.parametrize(("source", "rule", "change", "column", "shown"), QUARANTINED)
def test_a_broken_rule_quarantines_its_row(
    source: str, rule: str, change: dict[str, Any], column: str, shown: str
) -> None:
    row_number = changes_of(source).index(change) + 3
    verdict = verdict_of(source)
    assert [cell for cell in broken(verdict) if cell[0] == row_number] == [(row_number, rule, column, shown)]
    assert row_number not in verdict.accepted["row_number"].tolist()


@pytest.mark.parametrize(("source", "rule", "change", "says"), NOTED)
def test_an_odd_row_is_kept_and_spoken_of(source: str, rule: str, change: dict[str, Any], says: str) -> None:
    verdict = verdict_of(source)
    assert changes_of(source).index(change) + 3 in verdict.accepted["row_number"].tolist()
    assert [note for note in verdict.notes if note.rule == rule] == [Note(rule, 1, f"1 row is kept although {says}")]


def test_every_rule_has_a_row_here_or_in_the_test_of_the_gate_that_breaks_it() -> None:
    of_the_gate = {"row.readable", "*.type"}
    of_the_gate |= {f"{source.key}.{what}" for source in SOURCES.values() for what in ("unique", "consistent")}
    tried = {(source, rule) for source, rule, *_ in [*QUARANTINED, *NOTED]}
    asked = {(source, rule.name) for source, suite in SUITES.items() for rule in suite}
    assert {(source, rule) for source, rule in asked - tried if rule not in of_the_gate} == set()
    assert tried - asked == set()


def test_the_suites_ask_for_what_the_sources_promise() -> None:
    assert list(SUITES) == list(SOURCES)
    for name, source in SOURCES.items():
        names = [rule.name for rule in SUITES[name]]
        assert len(names) == len(set(names))
        promised = {f"{column}.present" for column in source.required}
        promised |= {f"{column.name}.vocabulary" for column in source.columns if column.choices}
        promised |= {f"{column.name}.valid" for column in source.columns if column.name == "phone"}
        promised |= {f"{source.key}.unique", f"{source.key}.consistent", "*.type", "row.readable"}
        promised |= {f"{source.when}.not_in_future"} if source.when else set()
        assert promised <= set(names), name


def test_every_rule_says_why_in_a_sentence() -> None:
    for suite in SUITES.values():
        for rule in suite:
            assert rule.must.startswith("must "), rule.name
            assert rule.reason.endswith("."), rule.name
            assert len(rule.reason) > 40, rule.name
            assert rule.severity in Severity, rule.name


def test_the_page_of_rules_is_what_the_rules_say(pytestconfig: pytest.Config) -> None:
    page = pytestconfig.rootpath / "docs" / "validation.md"
    assert page.read_text(encoding="utf-8") == render(), "python -m expectations.reference > docs/validation.md"


def test_a_source_s_rules_are_in_its_own_file() -> None:
    for name in SOURCES:
        module = getattr(expectations.suites, name)
        assert SUITES[name] is module.RULES
        assert f"of {name}" in (inspect.getdoc(module) or "")
