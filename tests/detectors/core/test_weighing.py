"""A night is weighed as DESIGN says: two families for a case, nobody blamed twice, decided matters laid to rest."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

import numpy as np
import pandas as pd
import pytest

from detectors.core.adjusted import adjusted_scores
from detectors.core.carried import Carried, join_records
from detectors.core.detector import Detector, NotEnough
from detectors.core.evidence import RECORD_COLUMNS, Weighed, answer, records
from detectors.core.findings import UNIT, FindingSettings, join_families, learnt_priors, score
from detectors.core.observations import Observations
from detectors.core.schemes import Scheme, UnitKind
from detectors.core.sentences import Said
from detectors.core.weighing import weigh
from simulation import WorldSettings, simulate


@dataclass(frozen=True)
class TopShare(Detector):
    """A detector for these tests alone: a bit for each full mark, every full mark a record."""

    schemes: ClassVar[tuple[Scheme, ...]] = (Scheme.COACHED,)
    needs: ClassVar[Mapping[str, tuple[str, ...]]] = {"surveys": ("overall",)}
    decisive: ClassVar[bool] = True
    at_least: int = 1

    def _learn(self, network: Observations) -> Any:
        if len(network["surveys"]) < self.at_least:
            raise NotEnough(
                f"Fewer than {self.at_least} interviews were delivered.", f"送达的访问不足 {self.at_least} 份。"
            )
        return "learnt"

    def _weigh(self, observations: Observations, learned: Any) -> Weighed:
        assert learned == "learnt"
        surveys = observations["surveys"]
        top = surveys[surveys["overall"] == 10]
        unit = f"{self.unit_kind}_id"
        counts = surveys.groupby(unit).size()
        hits = top.groupby(unit).size().reindex(counts.index).fillna(0)
        named = top.rename(columns={unit: "unit_id", "response_id": "record_id"})
        return Weighed(
            answer(
                counts.index,
                n=counts,
                observed=hits,
                expected=0,
                bits=hits,
                reason=[
                    Said(f"{int(k)} of {n} gave ten.", f"{n} 位中有 {int(k)} 位给了十分。")
                    for k, n in zip(hits, counts, strict=True)
                ],
            ),
            records(
                "surveys", named[["record_id", "unit_id"]].assign(probability=0.9), Said("It is a ten.", "这是十分。")
            ),
        )


@dataclass(frozen=True)
class InterviewerTopShare(TopShare):
    """The same about interviewers."""

    schemes: ClassVar[tuple[Scheme, ...]] = (Scheme.FABRICATED,)


def interviews(*rows: tuple[str, str, float], start: str = "2026-09-01") -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["dealer_id", "interviewer_id", "overall"]).astype(
        {"dealer_id": "str", "interviewer_id": "str", "overall": "float32"}
    )
    return frame.assign(
        response_id=pd.Series([f"R{place:03}" for place in range(len(frame))], dtype="str"),
        survey=pd.Series(["SSI"] * len(frame), dtype="str"),
        called_at=pd.date_range(start, periods=len(frame), freq="h").as_unit("us"),
    )


def observe(surveys: pd.DataFrame) -> Observations:
    return Observations(date(2026, 10, 31), {"surveys": surveys})


def scored(weighing_scores: pd.DataFrame, unit: str, scheme: Scheme) -> pd.Series:
    rows = weighing_scores[(weighing_scores["unit_id"] == unit) & (weighing_scores["scheme"] == str(scheme))]
    assert len(rows) == 1
    row: pd.Series = rows.iloc[0]
    return row


def evidence(*rows: tuple[str, str, float, bool]) -> pd.DataFrame:
    return pd.DataFrame(
        [("dealer", unit, "coached", family, 50, bits, False, decisive, True) for unit, family, bits, decisive in rows],
        columns=[*UNIT, "family", "n", "bits", "abstained", "decisive", "independent"],
    )


def test_one_family_never_opens_a_case_however_many_bits_it_has() -> None:
    joined = join_families(evidence(("D1", "ratings", 40.0, False)), FindingSettings())
    assert score(joined, FindingSettings())["flagged"].eq(0).all()


def test_two_families_or_one_decisive_detector_open_a_case() -> None:
    joined = join_families(
        evidence(("D1", "ratings", 6.0, False), ("D1", "wording", 6.0, False), ("D2", "contacts", 14.0, True)),
        FindingSettings(),
    )
    assert score(joined, FindingSettings())["flagged"].tolist() == [1, 1]


def test_a_family_counts_for_no_more_than_its_cap() -> None:
    joined = join_families(evidence(("D1", "ratings", 300.0, False)), FindingSettings(family_cap_bits=12.0))
    assert joined.units["bits"].tolist() == [12.0]


def test_a_second_look_at_the_same_things_adds_but_is_no_second_family() -> None:
    first = evidence(("D1", "ratings", 9.0, False), ("D2", "ratings", 9.0, False), ("D3", "ratings", 0.0, False))
    again = evidence(("D1", "profile", 11.0, False), ("D2", "profile", -1.0, False), ("D3", "profile", 11.0, False))
    joined = join_families(pd.concat([first, again.assign(independent=False)]), FindingSettings()).units.set_index(
        "unit_id"
    )
    assert not joined["enough"].any()
    assert joined["bits"].to_numpy() == pytest.approx([9.38, 8.85, 7.68], abs=0.01)


def test_what_the_families_add_is_what_the_unit_has() -> None:
    first = evidence(
        ("D1", "ratings", 9.0, False), ("D1", "ratings", 7.0, False), ("D1", "wording", 20.0, False),
        ("D2", "ratings", -2.0, False), ("D3", "ratings", 3.0, False),
    )  # fmt: skip
    again = evidence(("D1", "profile", 11.0, False), ("D2", "profile", 6.0, False)).assign(independent=False)
    joined = join_families(pd.concat([first, again]), FindingSettings())
    bits = joined.families.set_index(["unit_id", "family"])["family_bits"]
    assert bits["D1", "wording"] == 12.0
    assert bits["D1", "ratings"] == pytest.approx(np.log2((2**9 + 2**7) / 2))
    assert bits["D2", "profile"] > 0 > bits["D1", "profile"]
    sums = bits.groupby("unit_id").sum()
    assert sums.to_numpy() == pytest.approx(joined.units["bits"].to_numpy())


def test_of_every_unit_of_a_world_the_families_bits_sum_to_its_schemes() -> None:
    weighing = weigh(simulate(WorldSettings(seed=5, dealers=120, end="2026-10", scheme_share=0.1)).observations())
    said = weighing.evidence
    assert not said["family_bits"].isna().any()
    families = said.drop_duplicates([*UNIT, "family", "family_bits"])
    assert not families.duplicated([*UNIT, "family"]).any()
    bars = families.groupby(UNIT)["family_bits"].sum()
    assert len(bars) == len(weighing.scores)
    assert bars[pd.MultiIndex.from_frame(weighing.scores[UNIT])].to_numpy() == pytest.approx(
        weighing.scores["bits"].to_numpy(), abs=1e-9
    )


def test_what_is_said_of_one_record_is_joined_in_both_languages_each_sentence_once() -> None:
    def named(*reasons: tuple[str, str]) -> Carried:
        rows = [("surveys", record, "D1", 0.5, *said) for record in ("R1", "R2") for said in reasons]
        columns = list(RECORD_COLUMNS)
        return Carried(pd.DataFrame(rows, columns=columns), UnitKind.DEALER, (Scheme.COACHED,))

    scores = pd.DataFrame([("dealer", "D1", "coached", 1.0)], columns=[*UNIT, "probability"])
    script, ten = ("It repeats a script.", "重复了话术。"), ("It is a ten.", "这是十分。")
    joined = join_records([named(script), named(ten, script)], scores)
    assert joined["reasons"].tolist() == ["It repeats a script. It is a ten."] * 2
    assert joined["reasons_zh"].tolist() == ["重复了话术。这是十分。"] * 2


def test_abstentions_neither_help_nor_hurt() -> None:
    told = evidence(("D1", "ratings", 5.0, False))
    silent = evidence(("D1", "ratings", 0.0, False), ("D2", "ratings", 0.0, False)).assign(abstained=True)
    joined = join_families(pd.concat([told, silent]), FindingSettings()).units.set_index("unit_id")
    assert joined.loc["D1", "bits"] == pytest.approx(5.0)
    assert (joined.loc["D2", "bits"], joined.loc["D2", "n"]) == (0.0, 0)


def test_every_unit_is_scored_once_a_scheme_flagged_or_not() -> None:
    surveys = interviews(*[("D1", "I1", 10.0)] * 30, *[("D2", "I2", 8.0)] * 30)
    weighing = weigh(observe(surveys), detectors=[TopShare()])
    assert weighing.scores["unit_id"].tolist() == ["D1", "D2"]
    assert weighing.scores["flagged"].tolist() == [1, 0]
    assert weighing.evidence["reason"].tolist() == ["30 of 30 gave ten.", "0 of 30 gave ten."]
    assert weighing.evidence["reason_zh"].tolist() == ["30 位中有 30 位给了十分。", "30 位中有 0 位给了十分。"]


def test_interviews_that_an_interviewer_invented_are_not_held_against_the_dealer() -> None:
    surveys = interviews(*[("D1", "I1", 10.0)] * 30, *[("D1", "I2", 8.0)] * 30)
    both = weigh(observe(surveys), detectors=[TopShare(), InterviewerTopShare()])
    assert scored(both.scores, "I1", Scheme.FABRICATED)["flagged"] == 1
    assert scored(both.scores, "D1", Scheme.COACHED)["bits"] == 0
    alone = weigh(observe(surveys), detectors=[TopShare()])
    assert scored(alone.scores, "D1", Scheme.COACHED)["flagged"] == 1


def test_what_was_decided_no_longer_counts_and_what_happens_later_does() -> None:
    surveys = interviews(*[("D1", "I1", 10.0)] * 30, *[("D2", "I1", 10.0)] * 30)
    decided = pd.DataFrame(
        {
            "unit_kind": ["dealer"],
            "unit_id": ["D1"],
            "scheme": ["coached"],
            "decided_at": [surveys["called_at"].iloc[19]],
        }
    )
    weighing = weigh(observe(surveys), detectors=[TopShare()], decided=decided)
    assert scored(weighing.scores, "D1", Scheme.COACHED)["bits"] == 10
    assert scored(weighing.scores, "D2", Scheme.COACHED)["bits"] == 20
    listed = set(weighing.records.loc[weighing.records["dealer_id"] == "D1", "record_id"])
    assert listed == set(surveys["response_id"].iloc[20:30])


def test_a_unit_with_nothing_new_since_its_decision_stays_in_the_scores() -> None:
    surveys = interviews(*[("D1", "I1", 10.0)] * 30, *[("D2", "I1", 9.0)] * 30)
    decided = pd.DataFrame(
        {"unit_kind": ["dealer"], "unit_id": ["D1"], "scheme": ["coached"], "decided_at": [pd.Timestamp("2026-10-31")]}
    )
    weighing = weigh(observe(surveys), detectors=[TopShare()], decided=decided)
    row = scored(weighing.scores, "D1", Scheme.COACHED)
    assert (row["bits"], row["flagged"], row["n"]) == (0, 0, 0)
    assert "decision" in weighing.evidence.loc[weighing.evidence["unit_id"] == "D1", "reason"].iloc[0]


def test_a_detector_that_cannot_learn_abstains_aloud_and_a_fault_is_no_abstention() -> None:
    surveys = interviews(("D1", "I1", 10.0))
    weighing = weigh(observe(surveys), detectors=[TopShare(at_least=5)])
    assert weighing.evidence[["abstained", "bits", "reason"]].iloc[0].tolist() == [
        True,
        0.0,
        "Fewer than 5 interviews were delivered.",
    ]
    with pytest.raises(KeyError, match="record_id"):
        weigh(observe(surveys.drop(columns="response_id")), detectors=[TopShare()])


def test_genuine_interviews_alone_make_the_adjusted_score() -> None:
    surveys = interviews(*[("D1", "I1", 10.0)] * 10, *[("D1", "I1", 7.0)] * 10)
    doubted = pd.Series(1.0, index=surveys["response_id"].iloc[:10])
    row = adjusted_scores(surveys, doubted).iloc[0]
    assert (row["n"], row["reported_score"], row["adjusted_score"]) == (20, 8.5, 7.0)
    assert row["adjusted_low"] <= 7.0 <= row["adjusted_high"]


def test_where_every_interview_is_doubted_the_reported_score_stands_with_its_doubt() -> None:
    surveys = interviews(*[("D1", "I1", 10.0)] * 5, *[("D1", "I1", 6.0)] * 5)
    row = adjusted_scores(surveys, pd.Series(1.0, index=surveys["response_id"])).iloc[0]
    assert row["adjusted_score"] == row["reported_score"] == 8.0


def test_priors_follow_what_reviewers_found() -> None:
    priors = {Scheme.COACHED: 0.03}

    def after(confirmed: int, refuted: int, expected: float) -> float:
        outcomes = pd.DataFrame(
            {"scheme": ["coached"], "confirmed": [confirmed], "refuted": [refuted], "expected_confirmed": [expected]}
        )
        return learnt_priors(priors, outcomes)[Scheme.COACHED]

    assert after(0, 10, 9.0) < 0.03 < after(10, 0, 5.0)
    assert after(9, 1, 9.0) == pytest.approx(0.03)


def test_five_hundred_dealers_each_get_one_score_and_one_adjusted_score() -> None:
    rng = np.random.default_rng(1)
    dealers = rng.integers(0, 500, size=50_000)
    surveys = interviews(
        *[(f"D{d:03}", "I1", float(o)) for d, o in zip(dealers, rng.integers(7, 11, 50_000), strict=True)]
    )
    weighing = weigh(observe(surveys), detectors=[TopShare()])
    assert len(weighing.dealers) == len(weighing.scores) == 500
    assert weighing.scores["unit_kind"].eq(str(UnitKind.DEALER)).all()
