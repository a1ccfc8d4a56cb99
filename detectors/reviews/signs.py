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

from detectors.core.codes import Coded
from detectors.core.instruments.folding import Places
from detectors.core.instruments.likeness import Clusters
from detectors.core.instruments.phrases import Commonness, Phrased, find_recited, learn_commonness, phrases_of
from detectors.core.instruments.repeats import Flags, Rarity, find_repeats, learn_rarity
from detectors.core.instruments.spread import Floats
from detectors.core.observations import Observations
from detectors.core.verbatims import review_clusters, review_texts
from detectors.reviews.rhythm import RHYTHM, Rhythm, in_burst, on_occasion

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
    rhythm
        What counts as a burst, and as an occasion for one.
    doubtful_share
        Share of the network's reviews whose authors have the least past; an author in it counts as thrown away.
    shortest_text
        Letters; shorter texts are never copies.
    """

    rhythm: Rhythm = RHYTHM
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


@dataclass(frozen=True, eq=False)
class Learnt:
    """What the network's reviews tell: their authors' past, which texts are alike, and how rare each is.

    Parameters
    ----------
    authors
        The authors.
    clusters, rarity, common
        The texts and their phrases; None where no review has a text.
    """

    authors: Authors
    clusters: Clusters | None
    rarity: Rarity | None
    common: Commonness | None

    @property
    def silent(self) -> bool:
        """Whether reviews have neither a text nor anything about their authors."""
        return self.clusters is None and np.isinf(self.authors.throwaway_from)


@dataclass(frozen=True)
class Signs:
    """The signs of each review, each of shape (reviews,).

    Parameters
    ----------
    top
        Five stars.
    burst
        It stands in a burst that no occasion explains.
    occasion
        It was written while the dealer itself was far busier than usual.
    throwaway
        Its author has hardly a past.
    worded
        It has a text long enough to compare.
    copied, again
        Its words are another's, and rare elsewhere; and it is not the first with them.
    """

    top: Flags
    burst: Flags
    occasion: Flags
    throwaway: Flags
    worded: Flags
    copied: Flags
    again: Flags

    @property
    def doubtful(self) -> Flags:
        """Thrown away or copied."""
        return self.throwaway | self.copied


def learn_signs(network: Observations, rules: Rules) -> Learnt:
    """Learn from a network's reviews what `read_signs` needs to know."""
    return network.shared(_Learning(rules))


def read_signs(observations: Observations, learnt: Learnt, rules: Rules) -> Signs:
    """Read the signs of each review.

    Parameters
    ----------
    observations
        With reviews.
    learnt
        From `learn_signs`.
    rules
        What counts.
    """
    return observations.shared(_Reading(learnt, rules))


@dataclass(frozen=True)
class _Learning:
    """What several detectors learn alike: equal rules, one result."""

    rules: Rules

    def __call__(self, network: Observations) -> Learnt:
        authors = learn_authors(network, self.rules.doubtful_share)
        if not network.has("reviews", "text"):
            return Learnt(authors, None, None, None)
        clusters, texts = network.shared(review_clusters), network.shared(review_texts)
        rows, dealer = _worded(network, self.rules)
        common = learn_commonness(network.shared(_Phrasing(self.rules)))
        return Learnt(authors, clusters, learn_rarity(dealer, clusters.keys(texts)[rows]), common)


@dataclass(frozen=True)
class _Reading:
    """What several detectors read alike."""

    learnt: Learnt
    rules: Rules

    def __call__(self, observations: Observations) -> Signs:
        reviews, learnt = observations["reviews"], self.learnt
        with np.errstate(invalid="ignore"):
            throwaway = author_doubt(observations, learnt.authors) >= learnt.authors.throwaway_from
        top = reviews["rating"].to_numpy(dtype=np.float64) >= TOP_RATING
        worded, copied, again = np.zeros((3, len(reviews)), dtype=bool)
        if (
            learnt.clusters is not None
            and learnt.rarity is not None
            and learnt.common is not None
            and "text" in reviews.columns
        ):
            rows, dealer = _worded(observations, self.rules)
            texts, ids = observations.shared(review_texts), reviews["review_id"].array.take(rows)
            found = find_repeats(dealer, learnt.clusters.keys(texts)[rows], ids, learnt.rarity, steady=True)
            author = observations.coded("reviews", "author_id").places[rows] if "author_id" in reviews.columns else None
            holds, later = find_recited(observations.shared(_Phrasing(self.rules)), learnt.common, ids, author)
            worded[rows], copied[rows], again[rows] = True, found.echo | holds, found.again | later
        occasion = on_occasion(observations, self.rules.rhythm)
        burst = in_burst(observations, top, learnt.authors.days, self.rules.rhythm) & ~occasion
        return Signs(top, burst, occasion, throwaway, worded, copied, again)


@dataclass(frozen=True)
class _Phrasing:
    """The phrases of the reviews, which are read to learn and to weigh."""

    rules: Rules

    def __call__(self, observations: Observations) -> Phrased:
        rows, dealer = _worded(observations, self.rules)
        return phrases_of(observations.shared(review_texts), rows, dealer)


def _worded(observations: Observations, rules: Rules) -> tuple[Places, Coded]:
    """Return the rows of reviews with a text long enough to compare, and their dealers."""
    dealer = observations.coded("reviews", "dealer_id")
    letters = observations.shared(review_texts).letters
    rows = np.flatnonzero((letters >= rules.shortest_text) & (dealer.places >= 0))
    return rows, Coded(dealer.places[rows], dealer.names)


def learn_authors(network: Observations, doubtful_share: float) -> Authors:
    """Learn the authors' past.

    Parameters
    ----------
    network
        Every review of the window.
    doubtful_share
        Share of the reviews whose authors have the least past.
    """
    posted = network["reviews"]["posted_at"]
    window = max(int((posted.max() - posted.min()).days), 1)
    past = network.shared(_past)
    known = author_doubt(network, Authors(past, np.inf, window))
    known = known[~np.isnan(known)]
    level = float(np.quantile(known, 1 - doubtful_share)) if len(known) else np.inf
    return Authors(past, level, window)


def _past(network: Observations) -> pd.DataFrame:
    """Return how many reviews each author wrote, and over how many days."""
    reviews = network["reviews"]
    if "author_id" not in reviews.columns:
        return pd.DataFrame({"written": pd.Series(dtype="int64"), "days": pd.Series(dtype="float64")})
    author = network.coded("reviews", "author_id")
    posted = reviews["posted_at"].to_numpy()
    known = (author.places >= 0) & ~np.isnat(posted)
    first, last = np.full((2, len(author.names)), np.datetime64("NaT"), dtype=posted.dtype)
    np.fmin.at(first, author.places[known], posted[known])
    np.fmax.at(last, author.places[known], posted[known])
    days = np.where(np.isnat(first), np.nan, (last - first) // np.timedelta64(1, "D"))
    return pd.DataFrame({"written": author.count(), "days": days}, index=author.names)


def author_doubt(observations: Observations, authors: Authors) -> Floats:
    """Return how little past each review's author has, in log-odds; NaN where nothing is known of the author.

    What the platform says of the author is used where it is given, and otherwise what the network's reviews show.

    Parameters
    ----------
    observations
        With reviews.
    authors
        From `learn_authors`.

    Examples
    --------
    >>> from datetime import date
    >>> reviews = pd.DataFrame({"author_id": ["new", "old"], "posted_at": pd.to_datetime(["2026-03-01", "2026-03-02"])})
    >>> past = pd.DataFrame({"written": [1, 20], "days": [0, 300]}, index=["new", "old"])
    >>> author_doubt(Observations(date(2026, 10, 31), {"reviews": reviews}), Authors(past, 0.0, 180)).round(1).tolist()
    [-0.0, -4.4]
    """
    reviews = observations["reviews"]
    written, days = np.full((2, len(reviews)), np.nan)
    if "author_id" in reviews.columns:
        place = observations.coded("reviews", "author_id").among(authors.past.index)
        # One more at the end for authors of whom the network knows nothing.
        past = authors.past[["written", "days"]].to_numpy(dtype=np.float64)
        written, days = np.vstack([past, [np.nan, np.nan]]).take(place, axis=0).T
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


def review_doubt(observations: Observations, authors: Authors) -> Floats:
    """Return how doubtful each review is, in log-odds: its author's past, and how far off its rating is.

    Parameters
    ----------
    observations, authors
        As in `author_doubt`. Authors of whom nothing is known count as those who wrote once.
    """
    author = np.nan_to_num(author_doubt(observations, authors), nan=0.0)
    rating = observations["reviews"]["rating"].to_numpy(dtype=np.float64)
    dealer = observations.coded("reviews", "dealer_id")
    with np.errstate(invalid="ignore"):
        usual = np.append(dealer.sum(rating) / dealer.count(~np.isnan(rating)), np.nan)[dealer.places]
    deviation = np.nan_to_num(np.abs(rating - usual), nan=0.0)
    return np.asarray(author + _DEVIATION * deviation + _EXTREME * ((rating <= 1) | (rating >= TOP_RATING)))
