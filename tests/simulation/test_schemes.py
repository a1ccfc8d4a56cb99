"""Each scheme is played as a person would, and the truth says by whom and where."""

import numpy as np
import pandas as pd
import pytest

from detectors.core.schemes import Scheme
from simulation import World, WorldSettings, simulate


def records(world: World, source: str, scheme: str) -> pd.DataFrame:
    truth = world.truth.records
    wanted = truth[(truth["source"] == source) & (truth["scheme"] == scheme)]
    frame = world.frames[source]
    return frame[frame.iloc[:, 0].isin(wanted["record_id"])]


def all_tens(surveys: pd.DataFrame) -> "pd.Series[bool]":
    return surveys.filter(regex="^q_").min(axis=1) == 10


def test_every_scheme_has_its_own_honest_dealers(cheating: World) -> None:
    units = cheating.truth.units
    look_alikes = cheating.truth.look_alikes
    spared = look_alikes[look_alikes["look_alike"].isin(["excellent", "new_dealer", "lenient_interviewer"])]
    assert set(units["scheme"]) == set(Scheme)
    assert units["unit_id"].is_unique
    assert units[units["unit_kind"] == "dealer"].groupby("scheme").size().eq(6).all()
    assert (units["unit_kind"] == "interviewer").sum() == 2
    assert not set(units["unit_id"]) & set(spared["unit_id"])
    assert units["affected_share"].between(0.01, 0.8).all()


@pytest.mark.parametrize("scheme", ["coached", "incentivised", "fake_contacts", "target_gaming", "fabricated"])
def test_affected_share_is_the_share_of_the_units_interviews(cheating: World, scheme: str) -> None:
    surveys = cheating.frames["surveys"]
    touched = records(cheating, "surveys", scheme)
    for unit in cheating.truth.units[cheating.truth.units["scheme"] == scheme].itertuples():
        column = f"{unit.unit_kind}_id"
        share = (touched[column] == unit.unit_id).sum() / (surveys[column] == unit.unit_id).sum()
        assert share == pytest.approx(unit.affected_share)


def test_coached_customers_give_tens_whatever_happened(cheating: World) -> None:
    coached, surveys = records(cheating, "surveys", "coached"), cheating.frames["surveys"]
    missed = (coached.filter(regex="^fact_") == 0).sum(axis=1)
    assert (coached["overall"] == 10).mean() > 0.9
    assert all_tens(coached).mean() > 3 * all_tens(surveys).mean()
    assert missed.mean() > 0.8 * (surveys.filter(regex="^fact_") == 0).sum(axis=1).mean()


def test_some_customers_tell_and_rewarded_ones_name_the_gift(cheating: World) -> None:
    told = records(cheating, "surveys", "coached")["verbatim"].dropna()
    rewarded = records(cheating, "surveys", "incentivised")["verbatim"].dropna()
    gift = "送|红包|油卡|礼|抽奖|gift|free wash|免工时"
    assert told.str.contains("十分|满分|满意|10分|ten|marks|教我").sum() > 0
    assert (
        0.04
        < rewarded.str.contains(f"(?:满分|十分|好评|满意|ten|marks).*(?:{gift})|(?:{gift}).*(?:marks|ten)").mean()
        < 0.4
    )


def test_coached_customers_of_a_dealer_share_phrases_and_hardly_a_sentence(cheating: World) -> None:
    coached, surveys = records(cheating, "surveys", "coached"), cheating.frames["surveys"]
    genuine = surveys[~surveys["response_id"].isin(cheating.truth.records["record_id"])]

    def repeated_phrases(rows: pd.DataFrame) -> float:
        said = rows.dropna(subset="verbatim").drop_duplicates(["dealer_id", "verbatim"])
        phrases = said.assign(phrase=said["verbatim"].str.split("[，。、！… ]")).explode("phrase")
        phrases = phrases[phrases["phrase"].str.len() > 5]
        return float(phrases.duplicated(["dealer_id", "phrase"], keep=False).mean())

    long = coached["verbatim"][coached["verbatim"].str.len() > 12]
    assert long.nunique() > 0.9 * len(long)
    assert repeated_phrases(coached) > 2 * repeated_phrases(genuine)


def test_fake_contacts_are_staff_shared_numbers_and_sequences_that_always_answer(cheating: World) -> None:
    fakes = records(cheating, "contacts", "fake_contacts")
    real = cheating.frames["transactions"].dropna(subset="phone").drop_duplicates("vin").set_index("vin")["phone"]
    usual = fakes["vin"].map(real)
    numbers = fakes.drop_duplicates(["dealer_id", "phone"]).sort_values(["dealer_id", "phone"])
    steps = numbers["phone"].astype("int64").groupby(numbers["dealer_id"]).diff()
    assert (fakes["disposition"] == "completed").mean() > 0.9
    assert (fakes["phone"] != usual)[usual.notna()].mean() > 0.99
    assert 0.03 < fakes["phone"].isin(cheating.frames["staff"]["phone"]).mean() < 0.6
    assert fakes.duplicated(["dealer_id", "phone"], keep=False).mean() > 0.2
    assert (steps == 1).sum() >= 5
    assert 0.02 < (~fakes["vin"].isin(cheating.frames["transactions"]["vin"])).mean() < 0.25


def test_withheld_customers_are_the_unhappy_ones(cheating: World, honest: World) -> None:
    withheld = records(cheating, "transactions", "withheld")
    dealers = withheld["dealer_id"].unique()
    twin = honest.frames["surveys"][honest.frames["surveys"]["dealer_id"].isin(dealers)]
    here = cheating.frames["surveys"][cheating.frames["surveys"]["dealer_id"].isin(dealers)]
    gone = twin[~twin["vin"].isin(here["vin"])]
    complained = set(cheating.frames["complaints"]["vin"].dropna())
    contacts = cheating.frames["contacts"]
    listed = contacts[contacts["dealer_id"].isin(dealers)]
    assert len(gone) > 20
    assert gone["overall"].mean() < here["overall"].mean() - 1
    assert withheld["vin"].isin(complained).mean() > 1.5 * listed["vin"].isin(complained).mean()


def test_target_gaming_happens_only_as_the_bonus_period_closes(cheating: World) -> None:
    gamed = records(cheating, "surveys", "target_gaming")
    left = gamed["called_at"].dt.days_in_month - gamed["called_at"].dt.day
    quarterly = simulate(WorldSettings(dealers=60, end="2026-09", closing_months=3))
    months = records(quarterly, "surveys", "target_gaming")["called_at"].dt.month
    assert left.max() < 9
    assert set(months) <= {6, 9}
    assert quarterly.observations().closing_months == 3


def test_bought_reviews_come_in_bursts_of_copied_praise_by_young_accounts(cheating: World) -> None:
    bought = records(cheating, "reviews", "review_manipulation")
    reviews = cheating.frames["reviews"]
    genuine = reviews[~reviews["review_id"].isin(bought["review_id"])]
    own = bought.groupby("dealer_id")["posted_at"]
    age = (bought["posted_at"] - bought["author_joined_on"]).dt.days
    assert (bought["rating"] >= 4).all()
    assert bought["text"].duplicated(keep=False).mean() > 0.25
    assert age.median() < 45
    assert bought["author_id"].duplicated().mean() > genuine["author_id"].duplicated().mean() / 2
    assert own.apply(lambda when: when.dt.date.nunique() / len(when)).median() < 0.8


def test_rings_of_accounts_serve_several_dealers_of_one_owner() -> None:
    world = simulate(WorldSettings(seed=5, dealers=300, end="2026-10", sources=("reviews", "dealers")))
    bought = records(world, "reviews", "review_manipulation")
    owner = world.frames["dealers"].set_index("dealer_id")["dealer_group"]
    dealers = bought.groupby("author_id")["dealer_id"].unique()
    shared = dealers[dealers.map(len) > 1]
    assert len(shared) > 3
    assert all(len(set(owner[list(members)])) == 1 for members in shared)


def test_inventing_interviewers_are_quick_repeat_themselves_and_spread_over_dealers(cheating: World) -> None:
    invented, surveys = records(cheating, "surveys", "fabricated"), cheating.frames["surveys"]
    genuine = surveys[~surveys["response_id"].isin(invented["response_id"])]
    items = [name for name in surveys.columns if name.startswith("q_")]

    def repeats(rows: pd.DataFrame) -> float:
        return float(rows.duplicated(["interviewer_id", "survey", "overall", *items], keep=False).mean())

    varied = invented[~all_tens(invented)]
    usual = genuine[~all_tens(genuine)]
    assert invented["duration_s"].median() < 0.75 * genuine["duration_s"].median()
    assert invented.groupby("interviewer_id")["dealer_id"].nunique().min() > 5
    assert repeats(varied) > 2 * repeats(usual)
    assert invented["verbatim"].notna().mean() > genuine["verbatim"].notna().mean()


def test_cheating_lifts_the_scores_of_cheats_and_hardly_those_of_others(cheating: World) -> None:
    reported = cheating.frames["surveys"].groupby(["dealer_id", "survey"])["overall"].mean().rename("reported")
    scores = cheating.truth.scores.join(reported, on=["dealer_id", "survey"], how="inner")
    scores["lift"] = scores["reported"] - scores["genuine_score"]
    units = cheating.truth.units
    scheme = scores["dealer_id"].map(units[units["unit_kind"] == "dealer"].set_index("unit_id")["scheme"])
    lift = scores.groupby(scheme.fillna("honest"))["lift"].mean()
    assert (lift[["coached", "incentivised", "fake_contacts", "withheld", "target_gaming"]] > 0.2).all()
    assert (lift[["honest", "review_manipulation"]].abs() < 0.12).all()


def test_schemes_can_be_played_one_at_a_time() -> None:
    world = simulate(
        WorldSettings(
            dealers=40, end="2026-10", schemes=(Scheme.COACHED,), scheme_share=0.2, fabricating_interviewers=0
        )
    )
    assert world.truth.units["scheme"].tolist() == ["coached"] * 8
    assert np.isin(world.truth.records["source"], ["surveys"]).all()
