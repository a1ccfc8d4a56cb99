"""Every honest thing that looks like cheating is in every world."""

import pandas as pd
import pytest

from simulation import World, WorldSettings, simulate


def units(world: World, look_alike: str) -> list[str]:
    known = world.truth.look_alikes
    return known[known["look_alike"] == look_alike]["unit_id"].tolist()


@pytest.fixture(params=["honest", "cheating"])
def world(request: pytest.FixtureRequest) -> World:
    found: World = request.getfixturevalue(request.param)
    return found


def test_excellent_dealers_have_many_tens_and_facts_that_bear_them_out(world: World) -> None:
    surveys = world.frames["surveys"]
    theirs = surveys["dealer_id"].isin(units(world, "excellent"))
    missed = (surveys.filter(regex="^fact_") == 0).sum(axis=1)
    assert (surveys["overall"][theirs] == 10).mean() > 0.6
    assert missed[theirs].mean() < 0.8 * missed[~theirs].mean()


def test_a_region_an_agency_and_an_interviewer_are_generous() -> None:
    world = simulate(WorldSettings(dealers=900, end="2026-10", interviews_per_dealer=(20, 30), honest=True))
    surveys = world.frames["surveys"]
    region = surveys["dealer_id"].isin(units(world, "generous_region"))
    overall = surveys["overall"]
    lenient = surveys["interviewer_id"].isin(units(world, "lenient_interviewer"))
    second = surveys["vendor"] == "Vendor B"
    assert overall[region].mean() > overall[~region].mean() + 0.2
    assert overall[second].mean() > overall[~second].mean() + 0.2
    assert overall[lenient].mean() > overall[~lenient & (second == second[lenient].iloc[0])].mean() + 0.3


def test_some_customers_answer_everything_with_one_number(world: World) -> None:
    items = world.frames["surveys"].filter(regex="^q_")
    flat = items.min(axis=1) == items.max(axis=1)
    below_ten = items.max(axis=1) < 10
    assert 0.03 < flat[below_ten].mean() < 0.3


def test_fleets_and_families_share_a_number_that_the_transactions_have_too(honest: World) -> None:
    contacts, transactions = honest.frames["contacts"], honest.frames["transactions"]
    vehicles = contacts.groupby(["dealer_id", "phone"])["vin"].nunique()
    shared = vehicles[vehicles > 1].reset_index()
    own = transactions.groupby(["dealer_id", "phone"])["vin"].nunique().rename("known").reset_index()
    both = shared.merge(own, how="left")
    assert vehicles.max() >= 5
    assert (both["known"] > 1).mean() > 0.9


def test_a_few_of_the_staff_are_customers_with_their_own_number_on_both_sides(honest: World) -> None:
    contacts, transactions, staff = (honest.frames[name] for name in ("contacts", "transactions", "staff"))
    theirs = contacts.merge(staff[["dealer_id", "phone"]].drop_duplicates(), on=["dealer_id", "phone"])
    own = transactions.drop_duplicates("vin").set_index("vin")["phone"]
    bought = theirs["vin"].map(own)
    assert 5 < len(theirs) < 0.01 * len(contacts)
    assert (bought == theirs["phone"])[bought.notna()].all()


def test_short_common_praise_comes_a_thousand_times_over(world: World) -> None:
    said = world.frames["surveys"]["verbatim"].dropna()
    assert said.str.contains("挺好|没什么意见").mean() > 0.05
    assert said.value_counts().iloc[:10].sum() > 0.1 * len(said)


def test_customers_say_unasked_that_nobody_told_them_what_to_answer(honest: World) -> None:
    said = honest.frames["surveys"]["verbatim"].dropna()
    assert said.str.contains("没人让我|没有人教我|没要求我|不是别人教|nobody told").sum() >= 3
    assert said.str.contains("送了|送一次|首保免费|抽奖").sum() >= 3


def test_a_promotion_brings_a_burst_of_reviews_of_which_no_two_are_alike(world: World) -> None:
    reviews = world.frames["reviews"]
    cheats = set(world.truth.units["unit_id"])
    for dealer in set(units(world, "promotion")) - cheats:
        own = reviews[reviews["dealer_id"] == dealer]
        by_week = own.groupby(own["posted_at"].dt.floor("7D")).size()
        long = own["text"][own["text"].str.len() > 12]
        assert by_week.max() > 2.5 * by_week.median()
        assert long.nunique() > 0.95 * len(long)


def test_new_dealers_have_about_nine_interviews_all_of_them_late(world: World) -> None:
    surveys = world.frames["surveys"]
    theirs = surveys[surveys["dealer_id"].isin(units(world, "new_dealer"))]
    assert theirs.groupby("dealer_id").size().between(2, 18).all()
    assert theirs["called_at"].min() > pd.Timestamp("2026-08-01")


def test_honest_lists_are_incomplete_and_have_some_wrong_numbers(honest: World) -> None:
    contacts, transactions = honest.frames["contacts"], honest.frames["transactions"]
    listed = contacts.groupby("dealer_id").size() / transactions.groupby("dealer_id").size()
    own = transactions.dropna(subset="phone").drop_duplicates("vin").set_index("vin")["phone"]
    usual = contacts["vin"].map(own)
    assert 0.02 < listed.std() < 0.2
    assert 0.005 < (contacts["phone"] != usual)[usual.notna()].mean() < 0.04
