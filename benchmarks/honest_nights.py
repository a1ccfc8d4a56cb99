"""Honest networks looked at night after night: whether patience alone makes a case.

    python -m benchmarks.honest_nights --seeds 20 --dealers 300 --nights 30

Nobody cheats in these worlds, and every honest look-alike is there. Each is weighed at the default settings on
successive business dates, the window of six months moving along a world of seven, as the nightly run does it. A case
is a unit that is flagged on any of the nights.
"""

import argparse
import sys
import time
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pandas as pd

from benchmarks.tables import quote
from detectors.core.weighing import weigh
from simulation import WorldSettings, simulate

_KEY = ["unit_id", "scheme"]
REACHED_BITS = (3, 5, 8)


@dataclass(frozen=True)
class Nights:
    """What an honest world showed over its nights.

    Parameters
    ----------
    flagged
        The units that were flagged: ``unit_id``, ``scheme``, ``bits`` and the ``night`` (0 is the first).
    most_bits
        The most bits that each unit showed on any night, by unit and scheme.
    mean_e
        Mean of 2^bits over units and nights, by scheme.
    """

    flagged: pd.DataFrame
    most_bits: "pd.Series[float]"
    mean_e: "pd.Series[float]"


def watch(settings: WorldSettings, nights: int) -> Nights:
    """Weigh a world on its last nights, one after another.

    Parameters
    ----------
    settings
        An honest world, longer than the window by the nights.
    nights
        How many, the last of them on the world's last day.
    """
    world = simulate(settings)
    parts = []
    for night in range(nights):
        date = settings.last_day - timedelta(days=nights - 1 - night)
        scores = weigh(world.observations(date)).scores
        parts.append(scores[[*_KEY, "bits", "flagged"]].assign(night=night))
    every = pd.concat(parts, ignore_index=True)
    return Nights(
        every[every["flagged"] == 1].drop(columns="flagged"),
        every.groupby(_KEY)["bits"].max(),
        np.exp2(every["bits"]).groupby(every["scheme"]).mean(),
    )


def main() -> None:
    """Run the benchmark and quote its table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--dealers", type=int, default=300)
    parser.add_argument("--nights", type=int, default=30)
    arguments = parser.parse_args()
    found = []
    for seed in range(arguments.seeds):
        started = time.perf_counter()
        settings = WorldSettings(seed=2000 + seed, dealers=arguments.dealers, months=7, end="2026-10", honest=True)
        found.append(watch(settings, arguments.nights))
        cases = sorted(found[-1].flagged.groupby(_KEY)["bits"].max().round(1).items())
        print(f"seed {seed}: {time.perf_counter() - started:.0f} s, cases {cases or 'none'}", file=sys.stderr)
    command = (
        f"python -m benchmarks.honest_nights --seeds {arguments.seeds} --dealers {arguments.dealers} "
        f"--nights {arguments.nights}"
    )
    print(quote("honest-nights", summary(found), command))


def summary(found: list[Nights]) -> pd.DataFrame:
    """Return the table: worlds with a case, cases, how far the evidence ever went, and the mean e-values.

    Parameters
    ----------
    found
        One a world.
    """
    most = pd.concat([nights.most_bits for nights in found])
    rows = {
        "honest worlds": f"{len(found)}",
        "worlds with any case": f"{sum(not nights.flagged.empty for nights in found)}",
        "units with a case": f"{sum(len(nights.flagged[_KEY].drop_duplicates()) for nights in found)}",
        "most bits of any unit on any night": f"{most.max():.1f}",
    }
    for bits in REACHED_BITS:
        rows[f"units × schemes that ever showed {bits} bits (one look allows {2.0**-bits:.2%})"] = (
            f"{(most >= bits).mean():.2%}"
        )
    for scheme, mean in pd.concat([nights.mean_e for nights in found], axis=1).mean(axis=1).items():
        rows[f"{scheme} mean 2^bits"] = f"{mean:.3f}"
    return pd.DataFrame({"figure": rows.keys(), "measured": rows.values()})


if __name__ == "__main__":
    main()
