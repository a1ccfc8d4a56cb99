"""A case file: the waterfall from prior to probability, what moved in a night, and what belongs to the case."""

import math

import pytest

from sql import casefile, merging, peers
from sql.connection import reading, writing
from sql.store import Store
from sql.times import now
from tests.sql.cases import refute_and_close
from tests.sql.filed import filed_night, two_nights


@pytest.fixture
def filed(store: Store) -> Store:
    two_nights(store)
    return store


def case_of(store: Store, unit_id: str) -> int:
    with reading(store.engine) as connection:
        found = connection.exec_driver_sql(f"select case_id from audit_cases where unit_id = '{unit_id}'").scalar_one()
    return int(found)


def read(store: Store, unit_id: str) -> casefile.CaseFile:
    with reading(store.engine) as connection:
        return casefile.read(connection, case_of(store, unit_id))


def test_the_waterfall_leads_from_the_prior_to_the_probability(filed: Store) -> None:
    lead = read(filed, "D1").lead

    assert lead.scheme == "fake_contacts"
    assert [(family.name, family.bits) for family in lead.families] == [
        ("contacts", 12.5), ("reviews", 0.0), ("crosschecks", -0.5),
    ]  # fmt: skip
    assert lead.prior_bits is not None
    ended = lead.prior_bits + sum(family.bits for family in lead.families)
    assert ended == pytest.approx(math.log2(0.99 / 0.01))
    assert [said.detector for said in lead.families[0].evidence] == ["staff", "recycled"]


def test_the_strongest_reason_is_said_in_both_languages(filed: Store) -> None:
    strongest = read(filed, "D1").lead.strongest

    assert strongest is not None
    assert strongest.reason == "23 of 200 numbers are of dealers' staff."
    assert strongest.reason_zh == "200 个号码中有 23 个属于经销商员工。"


def test_what_looked_and_found_nothing_is_told_from_what_could_not_tell(filed: Store) -> None:
    lead = read(filed, "D1").lead

    assert [family.name for family in lead.speaking] == ["contacts"]
    assert [family.name for family in lead.silent] == ["crosschecks"]
    assert [said.reason for said in lead.abstained] == ["3 reviews are too few."]


def test_a_detector_is_quoted_as_it_spoke_of_itself_in_the_night_of_the_case(filed: Store) -> None:
    said = read(filed, "D1").lead.families[0].evidence

    assert (said[0].title, said[0].honest, said[0].honest_zh) == (
        "Numbers of staff", ("Families share a phone.",), ("一家人共用一部电话。",),
    )  # fmt: skip
    assert (said[1].title, said[1].honest) == ("recycled", ())


def test_what_moved_since_the_night_before_is_named_with_both_weights(filed: Store) -> None:
    file = read(filed, "D1")

    assert [(change.detector, change.bits_before, change.bits) for change in file.changes] == [("staff", 11.0, 13.0)]
    assert [night.run_id for night in file.lead.nights] == ["run-2", "run-1"]


def test_a_night_of_an_earlier_day_is_no_news(filed: Store) -> None:
    filed.write_run(filed_night("run-3", "2026-10-15", shift_bits=-9.0))
    file = read(filed, "D1")

    assert [night.run_id for night in file.lead.nights] == ["run-2", "run-1", "run-3"]
    assert [(change.bits_before, change.bits) for change in file.changes] == [(11.0, 13.0)]


def test_what_another_scheme_explains_too_is_a_bar_of_its_own(filed: Store) -> None:
    case_id = case_of(filed, "D1")
    before = read(filed, "D1").lead
    with writing(filed.engine) as connection:
        connection.exec_driver_sql(f"update findings set probability = 0.5 where case_id = {case_id}")
    after = read(filed, "D1").lead

    assert (before.explained_bits, before.prior_bits) == (0.0, after.prior_bits)
    assert after.prior_bits is not None
    assert after.prior_bits + after.bits + after.explained_bits == pytest.approx(0.0)


def test_a_case_knows_what_is_merged_into_it_and_linked_to_it(filed: Store) -> None:
    first, second, third = (case_of(filed, unit) for unit in ("D1", "D2", "B7"))
    with writing(filed.engine) as connection:
        merging.merge(connection, second, first, version=None, actor="li.na", reason="one owner", at=now())
        merging.link(connection, third, first, version=None, actor="li.na", reason="his calls", at=now())
    leading, merged = read(filed, "D1"), read(filed, "D2")

    assert [other.unit_id for other in leading.merged] == ["D2"]
    assert [other.unit_id for other in leading.linked] == ["B7"]
    assert leading.linked[0].outcomes == {"fabricated": None}
    assert merged.leading is not None
    assert merged.leading.case_id == first
    assert [event.action for event in leading.events][-2:] == ["joined", "linked"]


def test_earlier_cases_of_the_unit_are_listed_with_their_outcomes(filed: Store) -> None:
    case_id = case_of(filed, "D2")
    refute_and_close(filed, case_id)
    filed.write_run(filed_night("run-3", "2026-11-30"))
    with reading(filed.engine) as connection:
        newest = connection.exec_driver_sql("select max(case_id) from audit_cases where unit_id = 'D2'").scalar_one()
        file = casefile.read(connection, newest)

    assert [(other.case_id, other.status, other.outcomes) for other in file.earlier] == [
        (case_id, "closed", {"coached": "refuted"})
    ]


def test_an_interviewers_case_names_the_survey_agency_and_no_dealer(filed: Store) -> None:
    file = read(filed, "B7")

    assert (file.head.unit_kind, file.head.vendor, file.head.name) == ("interviewer", "Agency B", None)
    assert file.dossier is None


def test_there_is_no_file_of_a_case_that_is_not_there(filed: Store) -> None:
    with reading(filed.engine) as connection, pytest.raises(casefile.UnknownCaseError, match="no case 99"):
        casefile.read(connection, 99)


def test_everybody_a_detector_spoke_of_that_night_is_a_dot_of_the_funnel(filed: Store) -> None:
    file = read(filed, "D1")
    strongest = file.lead.strongest
    assert strongest is not None
    with reading(filed.engine) as connection:
        found = peers.peers(connection, file.head.last_run_key, "fake_contacts", strongest.detector_key, "dealer")

    assert [(peer.unit_id, peer.n, peer.observed) for peer in found if peer.observed] == [("D1", 200, 23.0)]
    assert {peer.unit_id for peer in found} == {"D1", "D3", "D4", "D5", "D6", "D7", "D8", "D9"}
    assert all(peer.fair_high == 1.0 for peer in found)
