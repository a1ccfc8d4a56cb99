"""Signs that single reviews carry: an author with no past, a burst, praise.

Several detectors of this family read the same signs; each says what they are worth together.

References
----------
Mukherjee, Venkataraman, Liu & Glance (2013), "What Yelp fake review filter might be doing?", ICWSM: few reviews by an
author, a short life of the account, ratings far from the others', extreme ratings. Rayana & Akoglu (2015), KDD. Fei
et al. (2013), ICWSM, on bursts.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import poisson

from detectors.core.instruments.likeness import Clusters, cluster, fingerprint
from detectors.core.instruments.repeats import Rarity, find_repeats, learn_rarity
from detectors.core.instruments.spread import Floats
from detectors.core.observations import Observations

TOP_RATING = 5.0

_SEEN_LIFE, _KNOWN_LIFE, _DEVIATION, _EXTREME = 0.25, 0.6, 0.35, 0.3
"""Log-odds that a review is no customer's: per e-fold of the author's life in days, as the network's reviews show it or
as the platform knows it (which says more: what is seen of a life is cut short); per star off; for 1 or 5 stars.

One e-fold of the author's number of reviews is the unit. The weights are what the literature's rankings of these signs
amount to; they order reviews, and what is honest at each level of them is learnt.
"""


@dataclass(frozen=True)
class Rules:
    """What counts as a sign.

    Parameters
    ----------
    fewest_in_burst
        Five-star reviews that make a burst, at least.
    half_width_days
        Days before and after a review in which its burst is sought.
    burst_chance
        A burst is rarer than this under the dealer's own rhythm on its other days.
    doubtful_share
        Share of the network's reviews whose authors have the least past; an author in it counts as thrown away.
    shortest_text
        Letters; shorter texts are never copies.
    """

    fewest_in_burst: int = 4
    half_width_days: int = 3
    burst_chance: float = 0.002
    doubtful_share: float = 0.2
    shortest_text: int = 10


RULES = Rules()
"""What counts unless something else is said."""


@dataclass(frozen=True)
class Authors:
    """What the network's reviews tell of each author, and of the reviews' own level.

    Parameters
    ----------
    past
        Index author: ``written`` (reviews in the network) and ``days`` (from the first to the last).
    throwaway_from
        Doubt about an author from which the account counts as thrown away.
    days
        Length of the window.
    """

    past: pd.DataFrame
    throwaway_from: float
    days: int


@dataclass(frozen=True)
class Learnt:
    """What the network's reviews tell: their authors' past, which texts are alike, and how rare each is.

    Parameters
    ----------
    authors
        The authors.
    clusters, rarity
        The texts; None where no review has one.
    """

    authors: Authors
    clusters: Clusters | None
    rarity: Rarity | None

    @property
    def silent(self) -> bool:
        """Whether reviews have neither a text nor anything about their authors."""
        return self.clusters is None and np.isinf(self.authors.throwaway_from)


def learn_signs(network: Observations, rules: Rules) -> Learnt:
    """Learn from a network's reviews what `read_signs` needs to know."""
    authors = learn_authors(network, rules.doubtful_share)
    if not network.has("reviews", "text"):
        return Learnt(authors, None, None)
    reviews = network["reviews"]
    clusters = cluster(reviews["text"])
    keys = _text_keys(reviews, clusters, rules)
    return Learnt(authors, clusters, learn_rarity(reviews.loc[keys.index, "dealer_id"], keys))


def read_signs(reviews: pd.DataFrame, learnt: Learnt, rules: Rules) -> pd.DataFrame:
    """Read the signs of each review.

    Parameters
    ----------
    reviews
        Rows of reviews.
    learnt
        From `learn_signs`.
    rules
        What counts.

    Returns
    -------
    pandas.DataFrame
        With the index of `reviews`: ``review_id``, ``dealer_id``, ``top`` (five stars), ``burst`` (stands in one),
        ``throwaway`` (its author has hardly a past), ``worded`` (has a text long enough to compare), ``copied`` (its
        words are another's, and rare elsewhere), ``again`` (and it is not the first with them), ``doubtful``
        (throw-away or copied).
    """
    with np.errstate(invalid="ignore"):
        throwaway = author_doubt(reviews, learnt.authors) >= learnt.authors.throwaway_from
    signs = reviews[["review_id", "dealer_id"]].assign(
        top=reviews["rating"] >= TOP_RATING,
        burst=_in_burst(reviews, learnt.authors.days, rules),
        throwaway=throwaway,
        worded=False,
        copied=False,
        again=False,
    )
    if learnt.clusters is not None and learnt.rarity is not None and "text" in reviews.columns:
        keys = _text_keys(reviews, learnt.clusters, rules)
        said = reviews.loc[keys.index]
        found = find_repeats(said["dealer_id"], keys, said["review_id"], learnt.rarity)
        signs = signs.assign(
            worded=signs.index.isin(keys.index),
            copied=signs.index.isin(found.index[found["echo"]]),
            again=signs.index.isin(found.index[found["again"]]),
        )
    return signs.assign(doubtful=signs["throwaway"] | signs["copied"])


def _text_keys(reviews: pd.DataFrame, clusters: Clusters, rules: Rules) -> "pd.Series[int]":
    prints = fingerprint(reviews["text"])
    return clusters.keys(prints.loc[prints["letters"] >= rules.shortest_text, "fingerprint"])


def learn_authors(network: Observations, doubtful_share: float) -> Authors:
    """Learn the authors' past.

    Parameters
    ----------
    network
        Every review of the window.
    doubtful_share
        Share of the reviews whose authors have the least past.
    """
    reviews = network["reviews"]
    window = max(int((reviews["posted_at"].max() - reviews["posted_at"].min()).days), 1)
    if "author_id" in reviews.columns:
        by_author = reviews.groupby("author_id", sort=False)["posted_at"]
        past = pd.DataFrame({"written": by_author.size(), "days": (by_author.max() - by_author.min()).dt.days})
    else:
        past = pd.DataFrame({"written": pd.Series(dtype="int64"), "days": pd.Series(dtype="int64")})
    known = author_doubt(reviews, Authors(past, np.inf, window))
    known = known[~np.isnan(known)]
    level = float(np.quantile(known, 1 - doubtful_share)) if len(known) else np.inf
    return Authors(past, level, window)


def author_doubt(reviews: pd.DataFrame, authors: Authors) -> Floats:
    """Return how little past each review's author has, in log-odds; NaN where nothing is known of the author.

    What the platform says of the author is used where it is given, and otherwise what the network's reviews show.

    Parameters
    ----------
    reviews
        Rows of reviews.
    authors
        From `learn_authors`.

    Examples
    --------
    >>> reviews = pd.DataFrame({"author_id": ["new", "old"], "posted_at": pd.to_datetime(["2026-03-01", "2026-03-02"])})
    >>> past = pd.DataFrame({"written": [1, 20], "days": [0, 300]}, index=["new", "old"])
    >>> author_doubt(reviews, Authors(past, 0.0, 180)).round(1).tolist()
    [-0.0, -4.4]
    """
    written, days = (_of_past(reviews, authors, name) for name in ("written", "days"))
    per_day = np.full(len(reviews), _SEEN_LIFE)
    if "author_reviews" in reviews.columns:
        written = np.fmax(written, reviews["author_reviews"].to_numpy(dtype=np.float64))
    if "author_joined_on" in reviews.columns:
        age = (reviews["posted_at"] - reviews["author_joined_on"]).dt.days.to_numpy(dtype=np.float64)
        per_day = np.where(np.isnan(age), _SEEN_LIFE, _KNOWN_LIFE)
        days = np.where(np.isnan(age), days, age)
    # Nothing but a new account's age, or nothing but a count, is known of some.
    written, days = np.where(np.isnan(written) & ~np.isnan(days), 1.0, written), np.where(np.isnan(days), 0.0, days)
    return np.asarray(-np.log(np.maximum(written, 1.0)) - per_day * np.log1p(np.maximum(days, 0.0)))


def review_doubt(reviews: pd.DataFrame, authors: Authors, usual_rating: "pd.Series[float]") -> Floats:
    """Return how doubtful each review is, in log-odds: its author's past, and how far off its rating is.

    Parameters
    ----------
    reviews, authors
        As in `author_doubt`. Authors of whom nothing is known count as those who wrote once.
    usual_rating
        Mean rating by dealer.
    """
    author = np.nan_to_num(author_doubt(reviews, authors), nan=0.0)
    rating = reviews["rating"].to_numpy(dtype=np.float64)
    usual = reviews["dealer_id"].map(usual_rating).to_numpy(dtype=np.float64)
    deviation = np.nan_to_num(np.abs(rating - usual), nan=0.0)
    return np.asarray(author + _DEVIATION * deviation + _EXTREME * ((rating <= 1) | (rating >= TOP_RATING)))


def _in_burst(reviews: pd.DataFrame, window_days: int, rules: Rules) -> "NDArray[np.bool_]":
    """Tell which five-star reviews stand in a burst: more within a few days than the dealer's own rhythm brings."""
    inside = np.zeros(len(reviews), dtype=bool)
    top = np.flatnonzero(reviews["rating"].to_numpy(dtype=np.float64) >= TOP_RATING)
    if not len(top):
        return inside
    dealer, _ = pd.factorize(reviews["dealer_id"].iloc[top])
    day = reviews["posted_at"].iloc[top].to_numpy().astype("datetime64[D]").astype(np.int64)
    # One number line for all dealers, so far apart that no window reaches the next dealer.
    spacing = int(day.max() - day.min()) + 2 * rules.half_width_days + 2
    line = dealer * spacing + (day - day.min())
    ordered = np.sort(line)
    near = np.searchsorted(ordered, line + rules.half_width_days, "right") - np.searchsorted(
        ordered, line - rules.half_width_days, "left"
    )
    width = 2 * rules.half_width_days + 1
    elsewhere = np.bincount(dealer)[dealer] - near
    usual = np.maximum(elsewhere * width / max(window_days - width, width), 0.5)
    inside[top] = (near >= rules.fewest_in_burst) & (poisson.sf(near - 1, usual) < rules.burst_chance)
    return inside


def _of_past(reviews: pd.DataFrame, authors: Authors, name: str) -> Floats:
    if "author_id" not in reviews.columns:
        return np.full(len(reviews), np.nan)
    return reviews["author_id"].map(authors.past[name]).to_numpy(dtype=np.float64)
