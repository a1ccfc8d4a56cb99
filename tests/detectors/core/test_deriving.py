"""What is derived once is what would be derived anew, for fewer interviews as for the same source beside others."""

from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from detectors.core.deriving import of_source, row_by_row
from detectors.core.interviews import kind_of_interview, level, perfect
from detectors.core.observations import Observations
from detectors.core.verbatims import review_clusters, review_texts, verbatim_clusters, verbatims
from detectors.wording.grammar import Tale
from detectors.wording.telling import count_tales
from simulation import WorldSettings, simulate


@pytest.fixture(scope="module")
def whole() -> Observations:
    settings = WorldSettings(dealers=25, months=2, end="2026-10", interviews_per_dealer=(10, 60), seed=11)
    return simulate(settings).observations()


def left_out(whole: Observations) -> set[str]:
    """Return a third of the interviews, with all of one dealer's, so that a dealer and many texts are gone."""
    surveys = whole["surveys"]
    gone = (np.arange(len(surveys)) % 3 == 1) | (surveys["dealer_id"] == surveys["dealer_id"].iloc[0]).to_numpy()
    return set(surveys["response_id"][gone])


def anew(whole: Observations) -> Observations:
    surveys = whole["surveys"]
    kept = surveys[~surveys["response_id"].isin(left_out(whole))].reset_index(drop=True)
    return Observations(whole.business_date, {**whole.frames, "surveys": kept}, whole.scales, whole.closing_months)


def keys_of_verbatims(observations: Observations) -> Any:
    return observations.shared(verbatim_clusters).keys(observations.shared(verbatims))


def keys_of_reviews(observations: Observations) -> Any:
    return observations.shared(review_clusters).keys(observations.shared(review_texts))


def told(observations: Observations) -> Any:
    counts, telling = count_tales(observations, Tale.TOLD)
    return [counts.reset_index().to_numpy().tolist(), telling.to_numpy().tolist()]


@pytest.mark.parametrize(
    "derived",
    [
        lambda seen: seen.shared(level),
        lambda seen: seen.shared(perfect),
        lambda seen: seen.shared(perfect).index,
        lambda seen: seen.shared(kind_of_interview).places,
        lambda seen: seen.coded("surveys", "dealer_id").places,
        lambda seen: seen.coded("surveys", "dealer_id").names,
        lambda seen: seen.coded("contacts", "dealer_id").names,
        lambda seen: seen.shared(verbatims).letters,
        lambda seen: seen.shared(verbatims).fingerprints,
        keys_of_verbatims,
        keys_of_reviews,
        told,
    ],
)
def test_without_some_interviews_all_is_as_if_only_the_others_had_been_seen(
    whole: Observations, derived: Callable[[Observations], Any]
) -> None:
    before = derived(whole)
    narrowed, fresh = derived(whole.without(left_out(whole))), derived(anew(whole))
    assert np.array_equal(np.asarray(narrowed, dtype=object), np.asarray(fresh, dtype=object))
    assert np.array_equal(np.asarray(before, dtype=object), np.asarray(derived(whole), dtype=object))


def test_a_dealer_whose_interviews_all_left_is_no_unit_of_the_interviews_any_more(whole: Observations) -> None:
    gone = whole["surveys"]["dealer_id"].iloc[0]
    assert gone in whole.coded("surveys", "dealer_id").names
    assert gone not in whole.without(left_out(whole)).coded("surveys", "dealer_id").names


def test_what_is_said_of_each_row_is_derived_once_and_what_a_source_tells_as_well() -> None:
    asked: list[str] = []

    @row_by_row(np.take)
    def doubled(seen: Observations) -> Any:
        asked.append("doubled")
        return seen["surveys"]["overall"].to_numpy() * 2

    @of_source("reviews")
    def rated(seen: Observations) -> float:
        asked.append("rated")
        return float(seen["reviews"]["rating"].mean())

    def counted(seen: Observations) -> int:
        asked.append("counted")
        return len(seen["surveys"])

    surveys = pd.DataFrame({"response_id": list("abc"), "overall": [1.0, 2.0, 3.0]})
    seen = Observations(date(2026, 10, 31), {"surveys": surveys, "reviews": pd.DataFrame({"rating": [4.0, 5.0]})})
    narrowed = seen.without({"b"})
    assert narrowed.shared(doubled).tolist() == [2.0, 6.0]
    assert seen.shared(doubled).tolist() == [2.0, 4.0, 6.0]
    assert narrowed.shared(rated) == seen.shared(rated) == 4.5
    assert (narrowed.shared(counted), seen.shared(counted)) == (2, 3)
    assert asked == ["doubled", "rated", "counted", "counted"]
