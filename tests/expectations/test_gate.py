import logging
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.core.sources import SOURCES
from expectations.context import Context, Rows
from expectations.gate import halts, judge
from expectations.library import ExpectColumnValuesToBeBetween
from expectations.running import run
from expectations.verdict import RuleBroken
from tests.expectations.deliveries import CONTEXT, TODAY, VALID, broken, judged, rows, unread


def test_the_accepted_rows_keep_columns_types_and_order_and_the_frame_is_left_alone() -> None:
    delivered = rows("surveys", {}, {"overall": 11}, {}, {"survey": "PDI"}, {})
    before = delivered.copy(deep=True)
    verdict = judge("surveys", delivered, unread(), CONTEXT)
    expected = delivered.iloc[[0, 2, 4]].reset_index(drop=True)
    pd.testing.assert_frame_equal(verdict.accepted, expected)
    assert isinstance(verdict.accepted.index, pd.RangeIndex)
    pd.testing.assert_frame_equal(delivered, before)
    assert (verdict.rows_read, verdict.rows_quarantined, verdict.share_quarantined) == (5, 2, 0.4)


def test_a_row_that_breaks_several_rules_is_listed_with_each_and_counted_once() -> None:
    verdict = judged("surveys", {"overall": 0, "q_attitude": 12, "q_price": 99}, {})
    assert broken(verdict) == [
        (2, "overall.range", "overall", "0"),
        (2, "q_*.range", "q_attitude", "12"),
        (2, "q_*.range", "q_price", "99"),
    ]
    assert verdict.rows_quarantined == 1


def test_the_quarantine_says_where_what_and_why() -> None:
    verdict = judged("audits", {}, {"score": 880})
    assert verdict.quarantine.astype(object).to_dict("records") == [
        {
            "source": "audits",
            "file_name": "audits.csv",
            "row_number": 3,
            "rule": "score.range",
            "column_name": "score",
            "value_masked": "880",
            "reason": "score must be between 0 and 100. Audits are scored in percent; another scale would make every "
            "dealer fail or pass.",
        }
    ]


@pytest.mark.parametrize(
    ("survey", "overall", "accepted"),
    [("SSI", 10, True), ("SSI", 1, True), ("SSI", 0, False), ("SSI", 8.5, False), ("CSI", 5, True), ("CSI", 6, False)],
)
def test_an_answer_is_held_against_its_own_questionnaire_s_scale(survey: str, overall: float, accepted: bool) -> None:
    items = dict.fromkeys(["q_attitude", "q_waiting", "q_facility"], 3)
    verdict = judged("surveys", {"survey": survey, "overall": overall, **items})
    assert (len(verdict.accepted) == 1) == accepted


@pytest.mark.parametrize("wave", ["2026-09", "2026-10", "2026-11"])
def test_fieldwork_may_be_a_month_early_or_late(wave: str) -> None:
    assert broken(judged("surveys", {"wave": wave})) == []


def test_the_last_second_of_the_day_is_not_the_future() -> None:
    assert broken(judged("surveys", {"called_at": "2026-10-31 23:59:59"})) == []


def test_an_identical_repeat_in_a_file_is_set_aside_and_the_first_is_kept() -> None:
    verdict = judged("staff", {"staff_id": "S1"}, {"staff_id": "S2"}, {"staff_id": "S1"}, {"staff_id": "S1"})
    assert broken(verdict) == [(4, "staff_id.unique", "staff_id", "S1"), (5, "staff_id.unique", "staff_id", "S1")]


def test_of_contradictory_rows_with_one_id_in_a_file_none_is_kept() -> None:
    same = {"response_id": "R7"}
    verdict = judged("surveys", same | {"overall": 9}, {}, same | {"overall": 4}, same | {"overall": 9})
    assert broken(verdict) == [(row, "response_id.consistent", "response_id", "R7") for row in (2, 4, 5)]
    assert "contradictory" in str(verdict.quarantine["reason"].iloc[0])


def test_the_same_id_in_a_newer_file_is_a_correction() -> None:
    delivered = rows(
        "surveys", {"response_id": "R1"}, {"response_id": "R1", "overall": 2}, file_names=["a.csv", "b.csv"]
    )
    verdict = judge("surveys", delivered, unread(), CONTEXT)
    assert (len(verdict.accepted), len(verdict.quarantine)) == (2, 0)


def test_a_cell_that_could_not_be_read_is_told_once_and_not_as_missing_too() -> None:
    cells = unread((1, "called_at", "昨天", "is not a time such as 2026-03-05 14:02"))
    verdict = judged("surveys", {}, {"called_at": None}, cells=cells)
    assert broken(verdict) == [(3, "called_at.type", "called_at", "昨天")]
    assert str(verdict.quarantine["reason"].iloc[0]).startswith("called_at is not a time such as 2026-03-05 14:02. ")
    failed = {result.rule: result.rows_failed for result in verdict.results if result.rows_failed}
    assert failed == {"called_at.type": 1}


def test_a_row_that_could_not_be_read_is_told_once_and_not_by_every_rule() -> None:
    nothing = dict.fromkeys(VALID["surveys"])
    cells = unread((1, "", None, "the row has 19 fields where the headings have 18"))
    verdict = judged("surveys", {}, nothing, cells=cells)
    assert broken(verdict) == [(3, "row.readable", "", "")]
    assert "the row has 19 fields where the headings have 18" in str(verdict.quarantine["reason"].iloc[0])
    assert verdict.notes == ()


@pytest.mark.parametrize("source", SOURCES)
def test_a_file_of_no_rows_is_judged_and_quarantines_nothing(source: str) -> None:
    verdict = judge(source, rows(source, {}).iloc[:0].reset_index(drop=True), unread(), CONTEXT)
    assert (verdict.rows_read, len(verdict.accepted), verdict.share_quarantined) == (0, 0, 0.0)
    assert halts([verdict], 0.0) is None


def test_a_rule_whose_column_or_source_was_not_delivered_is_not_asked_and_says_so() -> None:
    delivered = rows("contacts", {"customer_id": "nobody"}).drop(columns=["attempted_at", "phone"])
    verdict = judge("contacts", delivered, unread(), Context(TODAY))
    excuses = {result.rule: result.not_checked_because for result in verdict.results if result.not_checked_because}
    assert excuses == {
        "wave.matches_attempted_at": "attempted_at was not delivered",
        "dealer_id.known": "no dealer list was delivered",
        "customer_id.in_transactions": "no transactions were delivered",
        "attempted_at.not_in_future": "attempted_at was not delivered",
        "attempted_at.plausible": "attempted_at was not delivered",
        "phone.valid": "phone was not delivered",
    }
    assert (len(verdict.accepted), verdict.notes) == (1, ())


def test_another_dealer_s_customer_is_not_this_dealer_s() -> None:
    verdict = judged("contacts", {"dealer_id": "D2", "customer_id": "C1"})
    assert [note.rule for note in verdict.notes] == ["customer_id.in_transactions"]


def test_rows_are_counted_by_the_file_they_came_in() -> None:
    delivered = rows("audits", {}, {"score": 880}, {}, file_names=["audits_b.csv", "audits_b.csv", "audits_a.csv"])
    delivered["file_name"] = pd.Categorical(
        delivered["file_name"].astype("str"), ["audits_b.csv", "audits_a.csv", "empty.csv"]
    )
    files = judge("audits", delivered, unread(), CONTEXT).files
    assert [tuple(row) for row in files.itertuples(index=False)] == [
        ("audits_b.csv", 2, 1, 1),
        ("audits_a.csv", 1, 1, 0),
        ("empty.csv", 0, 0, 0),
    ]


def test_the_gate_closes_above_the_threshold_and_names_source_share_rules_and_report() -> None:
    bad = judged("surveys", {}, {"overall": 11}, {"overall": 12}, {"survey": "PDI"})
    fine = judged("audits", {})
    assert halts([bad, fine], 0.75) is None
    closed = halts([fine, bad], 0.5, Path("reports/validation.html"))
    assert closed is not None
    assert closed.sources == ("surveys",)
    assert str(closed) == (
        "3 of 4 rows of surveys (75.00%) were quarantined, most by overall.range (2), survey.vocabulary (1); at most "
        "50.00% of a source may be. Read reports/validation.html, have the delivery mended and run again, or raise "
        "quarantine_threshold if the rest is to be weighed all the same."
    )


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda frame: frame.drop(columns="called_at"), "no column called_at"),
        (lambda frame: frame.assign(overall="9"), "overall as str, not float32"),
        (lambda frame: frame.assign(called_at=frame["called_at"].astype("datetime64[ns]")), "called_at as datetime64"),
        (lambda frame: frame.assign(file_name="a.csv"), "file_name not as a category"),
        (lambda frame: frame.set_index(pd.Index([7])), "no RangeIndex"),
    ],
)
def test_a_frame_unlike_the_contract_is_a_fault_of_the_program(change: object, named: str) -> None:
    assert callable(change)
    with pytest.raises(RuleBroken, match=named):
        judge("surveys", change(rows("surveys", {})), unread(), CONTEXT)


def test_an_expectation_that_cannot_be_evaluated_is_an_error_and_not_a_failed_row() -> None:
    for sheet in (pd.DataFrame({"other": [1.0]}), pd.DataFrame({"score.range": ["much"]})):
        with pytest.raises(RuleBroken, match=r"score\.range could not be asked of audits"):
            run("audits", sheet, {"score.range": ExpectColumnValuesToBeBetween(column="score.range", max_value=100)})


def test_judging_prints_nothing_logs_nothing_and_warns_of_nothing(
    capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        judged("surveys", {}, {"overall": 11, "phone": "1"})
    assert capfd.readouterr() == ("", "")
    assert caplog.records == []


def test_the_gate_and_the_report_load_no_great_expectations_until_rows_are_judged() -> None:
    code = "import sys, expectations.gate, expectations.report; print('great_expectations' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout == "False\n"


ROW = st.tuples(st.sampled_from("ab"), st.sampled_from(["R1", "R2", "R3", None]), st.sampled_from([8, 9]))


@given(st.lists(ROW, max_size=12))
def test_repeats_and_contradictions_are_what_counting_by_hand_says(given_rows: list[tuple[str, str, int]]) -> None:
    deliveries = sorted(given_rows, key=lambda row: row[0])
    changes = [{"response_id": key, "overall": overall} for _, key, overall in deliveries]
    delivered = rows("surveys", *changes, file_names=[file for file, _, _ in deliveries])
    repeated, contradicted = Rows(SOURCES["surveys"], delivered, unread(), CONTEXT).repeats

    for place, (file, key, overall) in enumerate(deliveries):
        answers = {other for its_file, its_key, other in deliveries if (its_file, its_key) == (file, key)}
        is_repeat = (file, key, overall) in deliveries[:place]
        assert contradicted[place] == (key is not None and len(answers) > 1)
        assert repeated[place] == (key is not None and len(answers) == 1 and is_repeat)


def test_the_day_of_the_run_is_what_the_context_says() -> None:
    tomorrow = {"called_at": "2026-11-01 08:00", "wave": "2026-11"}
    assert len(judged("surveys", tomorrow).quarantine) == 1
    assert broken(judged("surveys", tomorrow, context=replace(CONTEXT, today=date(2026, 11, 1)))) == []
