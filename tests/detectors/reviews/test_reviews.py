"""Bought praise is found by its authors, its words and its bursts; a real promotion and shared slogans are spared."""

from datetime import date

import numpy as np
import pandas as pd

from detectors.core.detector import Detector
from detectors.core.evidence import Weighed
from detectors.core.observations import Observations
from detectors.reviews.authors import ThrowawayAuthors
from detectors.reviews.copied import CopiedPraise
from detectors.reviews.copied_bursts import CopiedBursts

DEALERS, EACH, BOUGHT = 60, 60, 24
TEMPLATE = "接待热情，讲解专业，交车顺利，店里环境也好，强烈推荐"


def honest(seed: int = 1) -> pd.DataFrame:
    """Sixty dealers with sixty reviews each, every text and author its own, one account in six new."""
    rng = np.random.default_rng(seed)
    size = DEALERS * EACH
    letters = rng.integers(0x4E00, 0x5400, (size, 20), dtype=np.uint32)
    posted = pd.Timestamp("2026-05-01") + pd.to_timedelta(rng.integers(0, 180, size), unit="D")
    new = rng.random(size) < 1 / 6
    age = np.where(new, rng.integers(1, 40, size), rng.integers(60, 2000, size))
    return pd.DataFrame(
        {
            "review_id": [f"V{row:05d}" for row in range(size)],
            "author_id": [f"U{row:05d}" for row in range(size)],
            "dealer_id": np.repeat([f"D{place:02d}" for place in range(DEALERS)], EACH),
            "posted_at": posted,
            "rating": np.where(rng.random(size) < 0.7, 5.0, 3.0),
            "text": pd.Series([row.tobytes().decode("utf-32-le") for row in letters], dtype="str"),
            "author_reviews": np.where(new, 1.0, np.round(np.exp(rng.normal(1.5, 1, size))) + 1),
            "author_joined_on": posted - pd.to_timedelta(age, unit="D"),
        }
    )


def burst(reviews: pd.DataFrame) -> pd.DataFrame:
    """Move 24 reviews of D00 into three days and give them five stars: a promotion."""
    moved = reviews.copy()
    days = pd.Timestamp("2026-07-10") + pd.to_timedelta(np.arange(BOUGHT) % 3, unit="D")
    age = moved["posted_at"][:BOUGHT] - moved["author_joined_on"][:BOUGHT]
    moved.loc[: BOUGHT - 1, "posted_at"] = days
    moved.loc[: BOUGHT - 1, "author_joined_on"] = days - age.to_numpy()
    moved.loc[: BOUGHT - 1, "rating"] = 5.0
    return moved


def thrown_away(reviews: pd.DataFrame) -> pd.DataFrame:
    changed = reviews.copy()
    changed.loc[: BOUGHT - 1, "author_reviews"] = 1.0
    changed.loc[: BOUGHT - 1, "author_joined_on"] = changed["posted_at"][:BOUGHT] - pd.Timedelta(days=3)
    return changed


def weigh(detector: Detector, reviews: pd.DataFrame) -> Weighed:
    seen = Observations(date(2026, 10, 31), {"reviews": reviews})
    return detector.weigh(seen, detector.learn(seen))


def test_a_burst_of_copied_words_is_found_and_said_and_its_reviews_are_named() -> None:
    reviews = thrown_away(burst(honest()))
    reviews.loc[: BOUGHT - 1, "text"] = TEMPLATE
    weighed = weigh(CopiedBursts(), reviews)
    assert weighed.units["bits"].idxmax() == "D00"
    assert weighed.units["bits"]["D00"] > 8
    assert weighed.units["bits"].drop("D00").max() < 2
    assert "24 of 26 five-star reviews in a burst repeat another's words" in weighed.units["reason"]["D00"]
    bought = {f"V{row:05d}" for row in range(BOUGHT)}
    likely = weighed.records[weighed.records["probability"] > 0.5]
    assert bought <= set(likely["record_id"])
    assert len(likely) <= BOUGHT + 2


def test_a_burst_of_copied_words_is_found_without_anything_known_of_authors() -> None:
    reviews = burst(honest()).drop(columns=["author_id", "author_reviews", "author_joined_on"])
    reviews.loc[: BOUGHT - 1, "text"] = TEMPLATE
    assert weigh(CopiedBursts(), reviews).units["bits"]["D00"] > 8


def test_a_burst_of_newcomers_with_words_of_their_own_is_a_promotion() -> None:
    promotion = thrown_away(burst(honest()))
    for detector in (CopiedBursts(), ThrowawayAuthors(), CopiedPraise()):
        assert weigh(detector, promotion).units["bits"]["D00"] < 1


def test_newcomers_in_a_burst_say_little_where_there_are_no_words() -> None:
    reviews = thrown_away(burst(honest())).drop(columns=["text"])
    assert weigh(CopiedBursts(), reviews).units["bits"]["D00"] < 4


def test_a_real_promotion_with_some_newcomers_is_spared_by_every_detector() -> None:
    promotion = burst(honest())
    newcomers = np.arange(0, BOUGHT, 3)
    promotion.loc[newcomers, "author_reviews"] = 1.0
    promotion.loc[newcomers, "author_joined_on"] = promotion["posted_at"][newcomers] - pd.Timedelta(days=5)
    for detector in (CopiedBursts(), ThrowawayAuthors(), CopiedPraise()):
        assert weigh(detector, promotion).units["bits"]["D00"] < 2


def busy_days(reviews: pd.DataFrame, *, surge: bool) -> pd.DataFrame:
    """Return two sales a day of every dealer, and of D00 ten on the three days of its burst or on three in August."""
    days = pd.date_range("2026-05-01", "2026-10-27")
    sold = pd.DataFrame([(dealer, day) for dealer in reviews["dealer_id"].unique() for day in [*days, *days]])
    busy = pd.Timestamp("2026-07-10" if surge else "2026-08-20") + pd.to_timedelta(np.arange(60) % 3, unit="D")
    sold = pd.concat([sold, pd.DataFrame({0: "D00", 1: busy})], ignore_index=True)
    return pd.DataFrame(
        {
            "transaction_id": [f"T{row}" for row in range(len(sold))],
            "dealer_id": sold[0].astype("str"),
            "kind": "sale",
            "happened_on": sold[1],
        }
    )


def test_praise_alike_has_its_occasion_while_the_dealers_own_sales_surge() -> None:
    reviews = burst(honest())
    reviews.loc[: BOUGHT - 1, "text"] = TEMPLATE
    for detector in (CopiedBursts(), CopiedPraise()):
        found = {}
        for surge in (True, False):
            frames = {"reviews": reviews, "transactions": busy_days(reviews, surge=surge)}
            seen = Observations(date(2026, 10, 31), frames)
            weighed = detector.weigh(seen, detector.learn(seen))
            found[surge] = weighed.units["bits"]["D00"], int((weighed.records["unit_id"] == "D00").sum())
        assert found[True][0] <= 0, detector.name
        assert found[False][0] > 6, detector.name
        assert found[True][1] < found[False][1], detector.name


def test_praise_spread_over_months_is_found_by_its_authors_and_by_its_words() -> None:
    reviews = thrown_away(honest())
    reviews.loc[: BOUGHT - 1, "rating"] = 5.0
    by_author = weigh(ThrowawayAuthors(), reviews).units["bits"]
    assert by_author.idxmax() == "D00"
    assert by_author["D00"] > 3
    reviews.loc[: BOUGHT - 1, "text"] = TEMPLATE
    by_words = weigh(CopiedPraise(), reviews).units["bits"]
    assert by_words["D00"] > 8
    assert by_words.drop("D00").max() < 1


def test_slogans_of_all_dealers_and_default_texts_are_no_copies() -> None:
    reviews = honest()
    rng = np.random.default_rng(3)
    reviews.loc[rng.random(len(reviews)) < 0.2, "text"] = TEMPLATE
    reviews.loc[rng.random(len(reviews)) < 0.2, "text"] = "系统默认好评"
    assert weigh(CopiedPraise(), reviews).units["bits"].max() < 1


def test_one_author_who_posts_the_same_text_again_counts_once() -> None:
    reviews = honest()
    reviews.loc[:BOUGHT, "text"] = TEMPLATE
    reviews.loc[:BOUGHT, "author_id"] = "U00000"
    assert weigh(CopiedPraise(), reviews).units["bits"]["D00"] < 1


def test_reviews_without_text_and_without_authors_are_not_judged() -> None:
    bare = honest()[["review_id", "dealer_id", "posted_at", "rating"]]
    units = weigh(CopiedBursts(), bare).units
    assert units["abstained"].all()
    assert "neither a text nor anything about their authors" in units["reason"].iloc[0]
