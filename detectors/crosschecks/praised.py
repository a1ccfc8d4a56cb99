"""More top-rated reviews than everything else about the dealer implies.

The pattern. Where the phone interviews, the audits and the complaints are those of a middling dealer, its public
reviews are middling too. Bought reviews are not: their five stars come alone.

Why it matters. It needs neither the reviews' texts nor anything about their authors.

What honest thing can look the same. An excellent dealer has excellent reviews, and everything else about it says so.
Platforms and regions with kinder reviewers are expected to have more five stars. Dealers that ask every customer for a
review, and promotions that bring many, are part of how honest dealers differ beyond all proxies: that much is learnt
from the network and allowed to every dealer. This evidence alone opens no case.

References
----------
Mayzlin, Dover & Chevalier (2014), "Promotional reviews", American Economic Review 104, on ratings that differ between
two sites about the same hotel. McCullagh & Nelder (1989), section 4.5, on quasi-binomial fits.

Examples
--------
Sixty dealers whose reviews follow their interviews, and one of the middle with the reviews of the best.

>>> from datetime import date
>>> rng = np.random.default_rng(3)
>>> dealer = np.repeat(np.arange(61), 120)
>>> quality = np.where(dealer == 60, 0.0, np.linspace(-1, 1, 61)[dealer])
>>> answers = np.clip(np.round(7.5 + quality[:, None] + rng.normal(0, 1.2, (len(dealer), 4))), 1, 10)
>>> surveys = pd.DataFrame(answers, columns=["overall", "q_a", "q_b", "q_c"]).assign(
...     response_id=[f"R{i}" for i in range(len(dealer))], survey="SSI", dealer_id=[f"D{d:02}" for d in dealer])
>>> stars = np.clip(np.round(4 + quality + rng.normal(0, 1, len(dealer))), 1, 5)
>>> stars[(dealer == 60) & (rng.random(len(dealer)) < 0.5)] = 5
>>> reviews = surveys[["dealer_id"]].assign(review_id=surveys["response_id"], rating=stars)
>>> seen = Observations(date(2026, 10, 31), {"surveys": surveys, "reviews": reviews})
>>> units = Praised().weigh(seen, Praised().learn(seen)).units
>>> bool(units["bits"].drop("D60").max() < 5 < 6 < units.loc["D60", "bits"])
True
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import logit

from detectors.core.codes import Coded
from detectors.core.detector import Detector, NotEnough
from detectors.core.evidence import Weighed, answer, no_records
from detectors.core.instruments.counts import count_bits, learn_counts
from detectors.core.instruments.ranges import count_range
from detectors.core.instruments.spread import Spread
from detectors.core.observations import Observations
from detectors.core.schemes import Scheme
from detectors.crosschecks.quality import Quality, Rest, learn_quality
from detectors.crosschecks.regression import Fitted, features_of, fit, implied_share

_REST = Rest(answers_below=np.inf, sources=("audits", "complaints"))


@dataclass(frozen=True)
class _Learnt:
    quality: Quality
    usual: "pd.Series[float]"
    fitted: Fitted
    spread: Spread


@dataclass(frozen=True)
class Praised(Detector):
    """More top-rated reviews than everything else about the dealer implies.

    Parameters
    ----------
    fewest_reviews
        A dealer with fewer is not judged.
    fewest_dealers
        A network with fewer has nothing to compare with.
    """

    fewest_reviews: int = 10
    fewest_dealers: int = 12

    schemes: ClassVar[tuple[Scheme, ...]] = (Scheme.REVIEW_MANIPULATION,)
    needs: ClassVar[Mapping[str, tuple[str, ...]]] = {"reviews": ("rating",), "surveys": ("overall", "q_")}

    def _learn(self, network: Observations) -> _Learnt:
        platform, top = _platform(network), _top(network)
        usual = pd.Series((platform.sum(top) + 0.5) / (platform.count() + 1.0), index=platform.names)
        counts = _count(network, usual)
        judged = counts[counts["n"] >= self.fewest_reviews]
        if len(judged) < self.fewest_dealers:
            raise NotEnough(
                f"Only {len(judged)} dealers have {self.fewest_reviews} reviews; {self.fewest_dealers} have to before "
                "their reviews can be compared with the rest."
            )
        if not 0 < judged["hits"].sum() < judged["n"].sum():
            raise NotEnough("All reviews have the top rating, or none has, so nothing implies it.")
        quality = learn_quality(network, _REST)
        features, doubt = features_of(network, quality, judged.index)
        fitted = fit(features, judged)
        rate, rate_sd = implied_share(judged["offset"], features, doubt, fitted)
        return _Learnt(quality, usual, fitted, learn_counts(judged["hits"], judged["n"], rate, rate_sd=rate_sd))

    def _weigh(self, observations: Observations, learned: _Learnt) -> Weighed:
        counts = _count(observations, learned.usual)
        features, doubt = features_of(observations, learned.quality, counts.index)
        rate, rate_sd = implied_share(counts["offset"], features, doubt, learned.fitted)
        likely = count_range(counts["n"], rate, learned.spread).set_axis(counts.index)
        abstained = counts["n"] < self.fewest_reviews
        units = answer(
            counts.index,
            n=counts["n"],
            observed=counts["hits"],
            expected=likely["expected"],
            bits=count_bits(counts["hits"], counts["n"], rate, learned.spread, rate_sd=rate_sd),
            abstained=abstained,
            reason=[
                f"{n} reviews are fewer than {self.fewest_reviews}, too few to compare."
                if silent
                else f"{hits} of {n} reviews have the top rating; what else is known of this dealer implies "
                f"{fewest:.0f} to {most:.0f}."
                for n, hits, silent, fewest, most in zip(
                    counts["n"], counts["hits"], abstained, likely["fewest"], likely["most"], strict=True
                )
            ],
        )
        return Weighed(units, no_records())


def _platform(observations: Observations) -> Coded:
    if observations.has("reviews", "platform"):
        return observations.coded("reviews", "platform")
    return Coded(np.zeros(len(observations["reviews"]), dtype=np.int64), pd.Index(["any"], dtype="str"))


def _top(observations: Observations) -> NDArray[np.bool_]:
    return np.asarray(observations["reviews"]["rating"] >= 5)


def _count(observations: Observations, usual: "pd.Series[float]") -> pd.DataFrame:
    """Count each dealer's reviews and top ratings, and average the log-odds that an average dealer would have."""
    platform, dealer = _platform(observations), observations.coded("reviews", "dealer_id")
    offset = np.append(logit(usual.reindex(platform.names).fillna(float(usual.mean()))), logit(float(usual.mean())))
    n = dealer.count()
    hits = dealer.sum(_top(observations)).astype(np.int64)
    counts = pd.DataFrame({"n": n, "hits": hits, "offset": dealer.sum(offset[platform.places]) / np.maximum(n, 1)})
    return counts.set_axis(dealer.names)[n > 0]
