"""A dealer's rhythm: days with far more reviews than its others, and days on which it was far busier itself.

A real promotion brings customers, and customers write. So reviews that come while the dealer's own sales or services
surge have an occasion, and ten that are written alike by people who came for one promotion prove nothing.

References
----------
Fei et al. (2013), "Exploiting burstiness in reviews for review spammer detection", ICWSM.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import poisson

from detectors.core.instruments.folding import Places
from detectors.core.instruments.repeats import Flags
from detectors.core.observations import Observations


@dataclass(frozen=True)
class Rhythm:
    """What counts as a burst of reviews, and as an occasion for one.

    Parameters
    ----------
    fewest_in_burst
        Five-star reviews that make a burst, at least.
    half_width_days
        Days before and after a review in which its burst, or the occasion for it, is sought.
    burst_chance
        A burst, and a surge of business, is rarer than this under the dealer's own rhythm on its other days.
    writes_within_days
        Days after their visit in which customers write.
    times_busier
        How many times its usual business a dealer has on an occasion, at least.
    """

    fewest_in_burst: int = 4
    half_width_days: int = 3
    burst_chance: float = 0.002
    writes_within_days: int = 7
    times_busier: float = 2.0


RHYTHM = Rhythm()
"""What counts unless something else is said."""


def in_burst(observations: Observations, top: Flags, window_days: int, rhythm: Rhythm) -> Flags:
    """Tell which five-star reviews stand in a burst: more within a few days than the dealer's own rhythm brings.

    Parameters
    ----------
    observations
        With reviews.
    top
        Which reviews have five stars, shape (reviews,).
    window_days
        Length of the window.
    rhythm
        What counts.
    """
    places = observations.coded("reviews", "dealer_id").places
    inside = np.zeros(len(top), dtype=bool)
    rows = np.flatnonzero(top & (places >= 0))
    if len(rows):
        dealer, day = places[rows], _days(observations, "reviews", "posted_at")[rows]
        half = rhythm.half_width_days
        near = _within(dealer, day, dealer, day, half, half)
        width = 2 * half + 1
        elsewhere = np.bincount(dealer)[dealer] - near
        usual = np.maximum(elsewhere * width / max(window_days - width, width), 0.5)
        many = np.flatnonzero(near >= rhythm.fewest_in_burst)
        inside[rows[many]] = poisson.sf(near[many] - 1, usual[many]) < rhythm.burst_chance
    return inside


def on_occasion(observations: Observations, rhythm: Rhythm) -> Flags:
    """Tell which reviews were written while the dealer itself sold or serviced far more cars than usual.

    Parameters
    ----------
    observations
        With reviews; without transactions no review has an occasion.
    rhythm
        What counts.
    """
    return observations.shared(_Occasions(rhythm))


@dataclass(frozen=True)
class _Occasions:
    """What several detectors ask for alike."""

    rhythm: Rhythm

    def __call__(self, observations: Observations) -> Flags:
        rhythm = self.rhythm
        reviews = observations.coded("reviews", "dealer_id")
        found = np.zeros(len(reviews.places), dtype=bool)
        if not observations.has("transactions", "happened_on"):
            return found
        visits, kinds = observations.coded("transactions", "dealer_id"), observations.coded("transactions", "kind")
        visited, posted = (
            _days(observations, "transactions", "happened_on"),
            _days(observations, "reviews", "posted_at"),
        )
        # Dealers of whom no transaction was delivered stand at no place of theirs.
        dealer = reviews.among(visits.names)
        for kind in range(len(kinds.names)):
            own = (kinds.places == kind) & (visits.places >= 0)
            if not own.any():
                continue
            business = np.bincount(visits.places[own], minlength=len(visits.names))
            rows = np.flatnonzero((dealer >= 0) & (business > 0)[dealer])
            window_days = int(np.ptp(visited[own])) + 1
            # Some write days after their visit, some on the first day of an occasion that lasts.
            for before, after in ((rhythm.writes_within_days, 1), (rhythm.half_width_days, rhythm.half_width_days)):
                near = _within(visits.places[own], visited[own], dealer[rows], posted[rows], before, after)
                width = before + after + 1
                elsewhere = business[dealer[rows]] - near
                usual = np.maximum(rhythm.times_busier * elsewhere * width / max(window_days - width, width), 0.5)
                # As many as usual are never rare, and hardly any review is beside more.
                many = np.flatnonzero(near > usual)
                found[rows[many]] |= poisson.sf(near[many] - 1, usual[many]) < rhythm.burst_chance
        return found


def _days(observations: Observations, source: str, column: str) -> NDArray[np.int64]:
    return observations[source][column].to_numpy().astype("datetime64[D]").astype(np.int64)


def _within(
    dealer: Places, day: NDArray[np.int64], at_dealer: Places, at_day: NDArray[np.int64], before: int, after: int
) -> NDArray[np.int64]:
    """Count a dealer's events from so many days before to so many days after each moment, shape (moments,)."""
    if not len(day) or not len(at_day):
        return np.zeros(len(at_day), dtype=np.int64)
    first = min(int(day.min()), int(at_day.min()))
    # One number line for all dealers, so far apart that no window reaches the next dealer.
    spacing = max(int(day.max()), int(at_day.max())) - first + before + after + 2
    # So many events share a day that looking up each dealer's days, not events, is enough.
    days, events = np.unique(dealer * spacing + (day - first), return_counts=True)
    until = np.concatenate([[0], np.cumsum(events)])
    moments, moment = np.unique(at_dealer * spacing + (at_day - first), return_inverse=True)
    ends, starts = np.searchsorted(days, moments + after, "right"), np.searchsorted(days, moments - before, "left")
    return np.asarray((until[ends] - until[starts])[moment])
