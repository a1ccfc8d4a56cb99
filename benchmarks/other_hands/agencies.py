"""The survey agencies and their interviewers, who differ in pace, leniency, probing and the notes they type."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from benchmarks.other_hands.chance import Integers, stream
from benchmarks.other_hands.network import REGION_NAMES
from benchmarks.other_hands.plan import Plan

VENDORS = ("lantern", "northway", "app")
"""Two call centres, and the maker's own app, where nobody calls and the customer taps."""

APP = 2
_DEALERS_AN_INTERVIEWER = 5.5


@dataclass(frozen=True)
class Agencies:
    """Who asks.

    Parameters
    ----------
    interviewers
        ``interviewer_id``, ``vendor`` (place), ``pace``, ``leniency`` (points), ``probing`` (share of calls with an
        open answer), ``habit`` (how open answers are noted), ``home`` (region), ``first`` and ``last`` (months).
    main
        The call centre by region and questionnaire.
    """

    interviewers: pd.DataFrame
    main: Integers


def build(plan: Plan) -> Agencies:
    """Hire the interviewers and hand out the regions."""
    rng = stream(plan.seed, "agencies")
    count = max(8, round(plan.dealers / _DEALERS_AN_INTERVIEWER))
    vendor = (np.arange(count) % 5 >= 3).astype(np.int64)
    first = np.where(rng.random(count) < 0.15, rng.integers(0, plan.months, count), 0)
    leaves = rng.random(count) < 0.12
    last = np.where(leaves & (first == 0), rng.integers(1, plan.months + 1, count), plan.months)
    for place in range(2):
        stays = np.flatnonzero(vendor == place)[:2]
        first[stays], last[stays] = 0, plan.months
    leniency = rng.normal(0, 0.14, count)
    leniency[rng.integers(count)] = 0.6
    interviewers = pd.DataFrame(
        {
            "interviewer_id": [f"{'LN'[v]}{100 + place}" for place, v in enumerate(vendor)],
            "vendor": vendor,
            "pace": np.exp(rng.normal(0, 0.14, count)),
            "leniency": leniency + 0.12 * (vendor == 1),
            "probing": np.clip(rng.normal(0.5, 0.17, count), 0.15, 0.9),
            "habit": rng.choice(["", "third_person", "stock", "terse"], count, p=[0.6, 0.2, 0.08, 0.12]),
            "home": rng.integers(0, len(REGION_NAMES), count),
            "first": first,
            "last": last,
            "working": np.exp(rng.normal(0, 0.3, count)),
        }
    )
    main = rng.integers(0, 2, (len(REGION_NAMES), 2))
    main[rng.integers(len(REGION_NAMES)), :] = [0, 1]
    return Agencies(interviewers, main)
