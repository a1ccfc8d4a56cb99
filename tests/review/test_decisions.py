"""What people do on a case page: two persons, reasons, conflicts, and text that is never lost."""

import pytest

from review.security.permissions import Role
from sql.connection import reading
from tests.review.conftest import Console
from tests.review.filed import case_of, fill, send


@pytest.fixture
def filed(console: Console) -> Console:
    return fill(console)


def finding(console: Console, unit_id: str, scheme: str) -> tuple[object, ...]:
    query = f"select outcome, proposed_by, decided_by, confirmed_by from audit_findings where scheme = '{scheme}'"
    with reading(console.engine) as connection:
        row = connection.exec_driver_sql(f"{query} and case_id = {case_of(console, unit_id)}").one()
    return tuple(row)


def case(console: Console, unit_id: str) -> dict[str, object]:
    with reading(console.engine) as connection:
        row = connection.exec_driver_sql(f"select * from audit_cases where unit_id = '{unit_id}'").mappings().one()
    return dict(row)


def test_confirming_takes_two_persons_and_the_first_cannot_be_both(filed: Console) -> None:
    li, wang = filed.as_(Role.REVIEWER), filed.as_(Role.LEAD)
    case_id = case_of(filed, "D2")
    send(li, case_id, "take")
    send(li, case_id, "findings/coached/decide", outcome="confirmed", reason="ten recordings")
    assert finding(filed, "D2", "coached") == (None, "li.na", None, None)

    own = li.get(f"/cases/{case_id}").text
    assert "You proposed to confirm this. A second person has to confirm it" in own
    assert 'value="confirm"' not in own
    refused = send(li, case_id, "findings/coached/second", answer="confirm", reason="I am sure")
    assert refused.status_code == 422
    assert "cannot be the second person. Ask somebody else to confirm it." in refused.text
    assert ">I am sure</textarea>" in refused.text
    assert finding(filed, "D2", "coached") == (None, "li.na", None, None)

    send(wang, case_id, "findings/coached/second", answer="confirm", reason="heard them too")
    assert finding(filed, "D2", "coached") == ("confirmed", None, "li.na", "wang.fang")


def test_a_second_person_may_refuse_and_the_first_withdraw(filed: Console) -> None:
    li, wang = filed.as_(Role.REVIEWER), filed.as_(Role.LEAD)
    case_id = case_of(filed, "D2")
    for answerer, answer in ((wang, "refuse"), (li, "withdraw")):
        send(li, case_id, "findings/coached/decide", outcome="confirmed", reason="ten recordings")
        assert send(answerer, case_id, "findings/coached/second", answer=answer, reason="not so").status_code == 303
        assert finding(filed, "D2", "coached") == (None, None, None, None)


def test_two_people_on_one_case_never_overwrite_each_other(filed: Console) -> None:
    li, wang = filed.as_(Role.REVIEWER), filed.as_(Role.LEAD)
    case_id = case_of(filed, "D2")
    seen = li.get(f"/cases/{case_id}").text
    send(wang, case_id, "findings/coached/decide", outcome="inconclusive", reason="no recordings are left")
    late = send(
        li, case_id, "findings/coached/decide", seen=seen, outcome="refuted", reason="an <i>honest</i> promotion"
    )

    assert late.status_code == 409
    assert "Somebody was faster" in late.text
    assert "<strong>王芳</strong> decided: Coached customers is inconclusive" in late.text
    assert "no recordings are left" in late.text
    assert ">an &lt;i&gt;honest&lt;/i&gt; promotion</textarea>" in late.text
    assert 'name="outcome" value="refuted"' in late.text
    assert finding(filed, "D2", "coached")[0] == "inconclusive"

    # The page of the conflict has the version that was read there.
    again = send(li, case_id, "findings/coached/decide", seen=late.text, outcome="refuted", reason="a promotion")
    assert again.status_code == 303
    assert finding(filed, "D2", "coached")[0] == "refuted"


def test_a_conflict_is_told_in_the_visitors_language(filed: Console) -> None:
    li, wang = filed.as_(Role.REVIEWER, "zh"), filed.as_(Role.LEAD)
    case_id = case_of(filed, "D2")
    seen = li.get(f"/cases/{case_id}").text
    send(wang, case_id, "take")
    late = send(li, case_id, "take", seen=seen)

    assert late.status_code == 409
    assert "<strong>王芳</strong> 领取了案件" in late.text


def test_a_decision_without_a_reason_is_refused_in_words(filed: Console) -> None:
    answer = send(
        filed.as_(Role.REVIEWER), case_of(filed, "D2"), "findings/coached/decide", outcome="refuted", reason=" "
    )

    assert answer.status_code == 422
    assert "Say why, for whoever reads the case later." in answer.text


def test_a_case_is_taken_waits_sleeps_wakes_and_is_given_back(filed: Console) -> None:
    li = filed.as_(Role.REVIEWER)
    case_id = case_of(filed, "D1")
    told = []
    for action, fields in (
        ("take", {}),
        ("wait", {"reason": "recordings"}),
        ("resume", {}),
        ("snooze", {"until": "2026-11-09", "reason": "audit on Monday"}),
        ("wake", {}),
        ("release", {}),
    ):
        answer = send(li, case_id, action, **fields)
        assert (action, answer.status_code, answer.headers.get("location")) == (action, 303, f"/cases/{case_id}")
        held = case(filed, "D1")
        told.append((held["status"], held["assignee"], held["snoozed_until"]))
    assert told == [
        ("investigating", "li.na", None),
        ("waiting", "li.na", None),
        ("investigating", "li.na", None),
        ("investigating", "li.na", "2026-11-09"),
        ("investigating", "li.na", None),
        ("new", None, None),
    ]


def test_a_snoozed_case_comes_back_to_the_queue_on_its_day(filed: Console) -> None:
    li = filed.as_(Role.REVIEWER)
    send(li, case_of(filed, "D1"), "snooze", until="2026-11-09", reason="audit on Monday")

    assert "明达汽车" not in li.get("/cases").text
    filed.clock.forward(days=7)
    assert "明达汽车" in filed.as_(Role.REVIEWER).get("/cases").text


@pytest.mark.parametrize(("until", "words"), [("", "A day is missing."), ("2027-11-09", "A case cannot sleep until")])
def test_a_snooze_needs_a_day_that_can_be(filed: Console, until: str, words: str) -> None:
    answer = send(filed.as_(Role.REVIEWER), case_of(filed, "D1"), "snooze", until=until, reason="audit on Monday")

    assert answer.status_code == 422
    assert words in answer.text
    assert ">audit on Monday</textarea>" in answer.text


def test_a_lead_assigns_and_a_reviewer_does_not(filed: Console) -> None:
    case_id = case_of(filed, "D1")
    assert send(filed.as_(Role.LEAD), case_id, "assign", assignee="li.na").status_code == 303
    assert case(filed, "D1")["assignee"] == "li.na"
    assert send(filed.as_(Role.REVIEWER), case_id, "assign", assignee="wang.fang").status_code == 403


def test_cases_are_linked_merged_and_parted_again(filed: Console) -> None:
    wang = filed.as_(Role.LEAD)
    first, second = case_of(filed, "D1"), case_of(filed, "D2")
    send(wang, first, "link", other=f"#{second}", reason="one owner")
    assert "Linked cases" in wang.get(f"/cases/{second}").text
    send(wang, first, "unlink", other=str(second), reason="another owner after all")
    assert "Linked cases" not in wang.get(f"/cases/{second}").text

    assert send(wang, second, "merge", into=str(first), reason="one owner").status_code == 303
    assert "Cases worked with this one" in wang.get(f"/cases/{first}").text
    merged = wang.get(f"/cases/{second}").text
    assert "This case is worked with case" in merged
    assert "/take" not in merged
    send(wang, second, "unmerge", reason="two owners")
    assert case(filed, "D2")["merged_into"] is None
    assert "number of the other case is missing" in send(wang, first, "link", other="D2", reason="one owner").text


def test_a_case_closes_once_all_is_decided_and_another_person_reopens_it(filed: Console) -> None:
    li, wang = filed.as_(Role.REVIEWER), filed.as_(Role.LEAD)
    case_id = case_of(filed, "D1")
    early = send(li, case_id, "close", reason="done")
    assert "cannot be closed: Coached customers, Contacts who are not the customer undecided" in early.text
    for scheme in ("coached", "fake_contacts"):
        send(li, case_id, f"findings/{scheme}/decide", outcome="refuted", reason="a fleet")
    assert send(li, case_id, "close", reason="done").status_code == 303
    assert "You closed this case. Somebody else has to reopen it." in li.get(f"/cases/{case_id}").text
    assert send(li, case_id, "reopen", reason="second thoughts").status_code == 422
    assert send(wang, case_id, "reopen", reason="recordings turned up").status_code == 303
    assert case(filed, "D1")["status"] == "investigating"


def test_whoever_only_reads_changes_nothing(filed: Console) -> None:
    case_id = case_of(filed, "D1")
    seen = filed.as_(Role.REVIEWER).get(f"/cases/{case_id}").text
    for role in (Role.AUDITOR, Role.ADMIN):
        browser = filed.as_(role)
        for action in ("take", "comment", "close", "findings/coached/decide"):
            assert send(browser, case_id, action, seen=seen, reason="x", text="x", outcome="refuted").status_code == 403
    assert case(filed, "D1")["status"] == "new"
