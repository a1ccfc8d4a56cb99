"""Worlds with settings drawn at random: the evidence holds in networks that nobody had in mind, or it does not.

    python -m benchmarks.random_worlds --worlds 20

Of each world the share of tens (15 to 60 %), the items (5 to 30), the dealers (20 to 3,000), the interviews of a dealer
(5 to 200), the agencies (1 to 4), the scale (1 to 10, 0 to 10 or 1 to 5) and whether facts are asked for are drawn; it
is weighed once with cheats and once without any. Large networks of many interviews are drawn like all others, but with
fewer dealers, so that no world has more than ``--interviews``.
"""

import argparse
import sys
import time
from dataclasses import replace

import numpy as np
import pandas as pd

from benchmarks.accuracy import honest_e_values, measure, worst
from benchmarks.tables import quote
from detectors.core.schemes import Scheme
from detectors.core.weighing import weigh
from simulation import WorldSettings, simulate

SCALES = ((1, 10), (0, 10), (1, 5))
DEALERS, INTERVIEWS = (20, 3000), (5, 200)
_DEALERS_AN_INTERVIEWER = 8


def draw(rng: np.random.Generator, most_interviews: int) -> WorldSettings:
    """Draw the settings of one world.

    Parameters
    ----------
    rng
        Source of chance.
    most_interviews
        About how many interviews a world may have.

    Examples
    --------
    >>> settings = draw(np.random.default_rng(1), 20_000)
    >>> settings.scale in SCALES, 5 <= settings.items <= 30
    (True, True)
    """
    fewest, most = sorted(_log_uniform(rng, INTERVIEWS) for _ in range(2))
    usual = (most - fewest) / np.log(most / fewest) if most > fewest else float(fewest)
    dealers = min(_log_uniform(rng, DEALERS), max(int(most_interviews / usual), DEALERS[0]))
    vendors = int(rng.integers(1, 5))
    return WorldSettings(
        seed=int(rng.integers(2**31)),
        dealers=dealers,
        end="2026-10",
        interviews_per_dealer=(fewest, most),
        tens_share=float(rng.uniform(0.15, 0.60)),
        items=int(rng.integers(5, 31)),
        vendors=vendors,
        interviewers=max(dealers // _DEALERS_AN_INTERVIEWER, 4 * vendors),
        scale=SCALES[int(rng.integers(len(SCALES)))],
        facts=bool(rng.random() < 0.7),
    )


def _log_uniform(rng: np.random.Generator, ends: tuple[int, int]) -> int:
    return round(float(np.exp(rng.uniform(*np.log(ends)))))


def described(settings: WorldSettings) -> dict[str, str]:
    """Return what was drawn, in the words of the table."""
    low, high = settings.interviews_per_dealer
    return {
        "dealers": f"{settings.dealers:,}",
        "interviews each": f"{low} to {high}",
        "tens": f"{settings.tens_share:.0%}",
        "items": str(settings.items),
        "agencies": str(settings.vendors),
        "scale": f"{settings.scale[0]} to {settings.scale[1]}",
        "facts": "yes" if settings.facts else "no",
    }


def run(worlds: int, most_interviews: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Measure worlds, each with and without cheats.

    Parameters
    ----------
    worlds
        How many.
    most_interviews
        As in `draw`.

    Returns
    -------
    settings, figures : tuple of pandas.DataFrame
        One row a world: what was drawn, and the figures of `accuracy`.
    """
    drawn, figures = [], []
    for number in range(worlds):
        started = time.perf_counter()
        settings = draw(np.random.default_rng(number), most_interviews)
        world = simulate(settings)
        cheating = measure(world, weigh(world.observations()))
        honest = honest_e_values(weigh(simulate(replace(settings, honest=True)).observations()))
        drawn.append(described(settings))
        figures.append({**cheating, **honest})
        print(f"world {number}: {settings.dealers} dealers, {time.perf_counter() - started:.0f} s", file=sys.stderr)
    return pd.DataFrame(drawn), pd.DataFrame(figures)


def main() -> None:
    """Run the benchmark and quote its tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--worlds", type=int, default=20)
    parser.add_argument("--interviews", type=int, default=40_000, help="about the most interviews of one world")
    arguments = parser.parse_args()
    drawn, figures = run(arguments.worlds, arguments.interviews)
    command = f"python -m benchmarks.random_worlds --worlds {arguments.worlds} --interviews {arguments.interviews}"
    summary = pd.DataFrame(
        {
            "figure": figures.columns,
            "median": [f"{value:.3f}" for value in figures.median()],
            "mean": [f"{value:.3f}" for value in figures.mean()],
            "worst": [f"{value:.3f}" for value in worst(figures)],
        }
    )
    print(quote("random", summary, command))
    e_values = figures[[f"{scheme} mean 2^bits" for scheme in Scheme]]
    each = drawn.assign(
        **{
            "any cheating AP": figures["any cheating AP"].map("{:.2f}".format),
            "cheats flagged": figures["cheats flagged"].map("{:.2f}".format),
            "flagged who are honest": figures["flagged who are honest"].map("{:.2f}".format),
            "false cases": figures["false cases"].map("{:.0f}".format),
            "largest mean 2^bits": e_values.max(axis=1).map("{:.2f}".format),
        }
    )
    print(quote("random-worlds", each, command))


if __name__ == "__main__":
    main()
