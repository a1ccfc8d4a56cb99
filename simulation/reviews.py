"""Public reviews: honest ones, real promotions with their bursts, and bought praise."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from simulation.chance import Flags, Floats, Integers, choose, happens, integers, normal, stream, within
from simulation.complaints import days
from simulation.network import NEW_DEALER_DAYS, Network
from simulation.settings import WorldSettings
from simulation.text import column, join, numbered, take, where
from simulation.verbatims import BAD_MOOD, GOOD_MOOD, MIXED_MOOD, review_texts, scripted, short

PLATFORMS = ("车之家", "懂车", "本地点评")
_STARS_BELOW = (-1.9, -1.5, -1.0, -0.35)
_ACCOUNTS, _SCRAMBLE = 999_999_937, 387_420_489
"""Account numbers are scrambled modulo a prime, so that nothing can be read from them."""


@dataclass(frozen=True)
class Bought:
    """Who buys reviews; arrays over buying dealers.

    Parameters
    ----------
    dealer
        Place of the dealer.
    share
        Share of its reviews, in the end, that are bought.
    ring
        Number of the pool of accounts; dealers of one owner may share one.
    """

    dealer: Integers
    share: Floats
    ring: Integers


@dataclass(frozen=True)
class _Posts:
    """Reviews of one origin, before they become a frame; arrays over reviews."""

    dealer: Integers
    day: Integers
    rating: Integers
    author: Integers
    author_reviews: Integers
    author_age_days: Integers
    text: pa.Array
    bought: Flags


def reviews(settings: WorldSettings, network: Network, bought: Bought) -> tuple[pd.DataFrame, Flags]:
    """Write the reviews of the window.

    Parameters
    ----------
    settings, network
        The world's.
    bought
        Who buys reviews.

    Returns
    -------
    DataFrame and array over its rows
        The source's frame, and which of its reviews were bought.
    """
    honest = _honest(stream(settings.seed, "reviews"), settings, network)
    fake = _bought(
        stream(settings.seed, "bought reviews"),
        settings,
        bought,
        np.bincount(honest.dealer, minlength=settings.dealers),
    )
    posts = honest if fake is None else _together(honest, fake)
    rng = stream(settings.seed, "posting")
    size = len(posts.dealer)
    hour = choose(
        rng,
        [
            0.3,
            0.1,
            0.05,
            0.05,
            0.05,
            0.1,
            0.3,
            0.6,
            0.9,
            1.0,
            1.1,
            1.1,
            1.3,
            1.1,
            1.0,
            1.0,
            1.0,
            1.1,
            1.2,
            1.4,
            1.6,
            1.6,
            1.2,
            0.7,
        ],
        size,
    )
    second = hour * 3600 + integers(rng, 3600, size)
    order = np.lexsort((second, posts.day))
    account = posts.author * _SCRAMBLE % _ACCOUNTS
    platform = np.searchsorted((0.5, 0.8), (account % 997) / 997)
    posted = days(settings, posts.day) + pd.to_timedelta(second, unit="s").astype("timedelta64[us]")
    letters = take(("a", "d", "b"), platform)
    frame = pd.DataFrame(
        {
            "platform": column(take(PLATFORMS, platform)),
            "author_id": column(join(letters, numbered("u", account, 9))),
            "dealer_id": column(network.dealer_ids.take(pa.array(posts.dealer))),
            "posted_at": posted,
            "rating": posts.rating.astype(np.float64),
            "text": column(posts.text),
            "author_reviews": posts.author_reviews.astype(np.float64),
            "author_joined_on": days(settings, posts.day - posts.author_age_days),
        }
    )
    unwanted = ([] if settings.review_texts else ["text"]) + (
        [] if settings.author_details else ["author_reviews", "author_joined_on"]
    )
    frame = frame.drop(columns=unwanted).iloc[order].reset_index(drop=True)
    frame.insert(0, "review_id", column(numbered("V", np.arange(size) + 1, 8)))
    return frame, posts.bought[order]


def _together(first: _Posts, second: _Posts) -> _Posts:
    pairs = {name: (getattr(first, name), getattr(second, name)) for name in vars(first)}
    return _Posts(
        **{
            name: pa.concat_arrays(pair) if isinstance(pair[0], pa.Array) else np.concatenate(pair)
            for name, pair in pairs.items()
        }
    )


def _honest(rng: np.random.Generator, settings: WorldSettings, network: Network) -> _Posts:
    expected = network.interviews * settings.reviews_per_interview * np.exp(normal(rng, settings.dealers, 0.25) - 0.06)
    usual = rng.poisson(expected)
    invited = np.where(network.promotion, np.round(6 + usual * rng.uniform(0.25, 0.6, settings.dealers)), 0).astype(
        np.int64
    )
    last = (settings.last_day - settings.first_day).days
    dealer = np.concatenate(
        [np.repeat(np.arange(settings.dealers), usual), np.repeat(np.arange(settings.dealers), invited)]
    )
    promoted = np.arange(len(dealer)) >= usual.sum()
    size = len(dealer)
    first = np.where(network.new[dealer], max(last - NEW_DEALER_DAYS, 0), 0)
    start = rng.random(settings.dealers) * max(last - 12, 1)
    length = rng.uniform(3, 10, settings.dealers)
    day = np.where(
        promoted, start[dealer] + rng.random(size) * length[dealer], first + rng.random(size) * (last + 1 - first)
    ).astype(np.int64)
    day = np.minimum(day, last)

    survey = happens(rng, 0.5, size).astype(np.int64)
    upset = happens(rng, 0.16 * np.exp(-0.6 * network.quality[dealer, survey]), size)
    mood = network.quality[dealer, survey] + normal(rng, size, 0.7) + 0.3 * promoted
    mood = mood - np.where(upset, rng.standard_exponential(size) * 1.3 + 0.4, 0) + 0.25
    rating = 1 + np.searchsorted(np.array(_STARS_BELOW), mood).astype(np.int64)

    author = np.arange(size)
    busy = happens(rng, 0.16, size)
    author[busy] = size + integers(rng, max(int(size * 0.03), 1), int(busy.sum()))
    traits = size + max(int(size * 0.03), 1)
    written = 1 + np.exp(rng.normal(1.1, 1.1, traits)).astype(np.int64)
    written[size:] += 6
    fresh = happens(rng, np.where(promoted, 0.35, 0.2), size)
    age = np.exp(rng.normal(6.3, 0.9, traits)).astype(np.int64) + 1
    own_age = np.where(fresh & ~busy, 1 + integers(rng, 30, size), age[author] + day)
    own_written = np.where(fresh & ~busy, 1 + integers(rng, 2, size), written[author])
    tone = np.where(rating >= 5, GOOD_MOOD, np.where(rating >= 3, MIXED_MOOD, BAD_MOOD))
    tone = np.where((rating == 4) & happens(rng, 0.5, size), GOOD_MOOD, tone)
    text = review_texts(rng, survey, tone, promoted, dealer)
    return _Posts(dealer, day, rating, author, own_written, own_age, text, np.zeros(size, dtype=bool))


def _bought(rng: np.random.Generator, settings: WorldSettings, bought: Bought, honest: Integers) -> _Posts | None:
    """Write bought praise: in bursts of a few days, from a few templates, by throw-away accounts."""
    buyers = len(bought.dealer)
    if not buyers:
        return None
    wanted = np.maximum(np.round(honest[bought.dealer] * bought.share / (1 - bought.share)), 3).astype(np.int64)
    buyer = np.repeat(np.arange(buyers), wanted)
    dealer, size = bought.dealer[buyer], int(wanted.sum())
    last = (settings.last_day - settings.first_day).days
    starts = rng.random((buyers, 4)) * max(last - 5, 1)
    lengths = rng.uniform(1, 4.5, (buyers, 4))
    bursts = rng.integers(1, 5, buyers)
    burst = integers(rng, bursts[buyer], size)
    drip = happens(rng, 0.1, size)
    day = np.where(
        drip, rng.random(size) * (last + 1), starts[buyer, burst] + rng.random(size) * lengths[buyer, burst]
    ).astype(np.int64)
    rating = np.where(happens(rng, 0.93, size), 5, 4)

    survey = happens(rng, 0.5, size).astype(np.int64)
    templates = rng.integers(3, 8, buyers)
    script = 10_000_000 + bought.dealer[buyer] * 8 + integers(rng, templates[buyer], size)
    _, script = np.unique(script, return_inverse=True)
    text = scripted(rng, script, survey, seed=settings.seed + 1_000_003, faithful=0.8)
    start = np.cumsum(wanted) - wanted
    earlier = start[buyer] + integers(rng, np.maximum(within(start, wanted), 1), size)
    text = where(happens(rng, 0.3, size), text.take(pa.array(earlier)), text)
    text = where(happens(rng, 0.12, size), short(rng, np.full(size, GOOD_MOOD)), text)

    pool = np.bincount(bought.ring, weights=wanted)
    reused = happens(rng, 0.55, size)
    ring = bought.ring[buyer]
    member = (rng.random(size) * np.maximum(pool[ring] / 3, 2)).astype(np.int64)
    author = 400_000_000 + np.where(reused, ring * 100_000 + member, 50_000_000 + np.arange(size))
    aged = (author * 2_654_435_761 % 1000) < 150
    age = np.where(aged, 200 + author % 1500 + day, 1 + author % 40)
    written = np.where(aged, 5 + author % 30, 1 + author % 3)
    return _Posts(dealer, np.minimum(day, last), rating, author, written, age, text, np.ones(size, dtype=bool))
