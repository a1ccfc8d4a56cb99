"""A network by other hands: what the evidence finds in worlds whose maker never saw it.

    python -m benchmarks.other_hands --seeds 5 --dealers 200

Every network is weighed with its cheats and as its honest twin, the same people and visits and nobody cheats. The
figures are those of `benchmarks.accuracy`; a second table tells each style of cheating apart.
"""

import argparse
import sys
import time
from dataclasses import replace

import pandas as pd

from benchmarks.accuracy import honest_e_values, measure, worst
from benchmarks.other_hands import Plan, invent
from benchmarks.other_hands.found import by_style, cheats, flagged_honest
from benchmarks.tables import quote
from detectors.core.weighing import weigh


def run(plan: Plan, seeds: int) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Weigh `seeds` networks and their honest twins.

    Returns
    -------
    figures, cheats, wronged : tuple of pandas.DataFrame
        One row a seed; one row a cheat; one row an honest unit that was flagged.
    """
    figures, found, wronged = [], [], []
    for seed in range(seeds):
        started = time.perf_counter()
        invented = invent(replace(plan, seed=seed))
        twin = invent(replace(plan, seed=seed, honest=True))
        weighed, honest = weigh(invented.world.observations()), weigh(twin.world.observations())
        figures.append({**measure(invented.world, weighed), **honest_e_values(honest)})
        found.append(cheats(invented, weighed))
        wronged.append(flagged_honest([(invented, weighed), (twin, honest)]))
        print(f"seed {seed}: {time.perf_counter() - started:.0f} s", file=sys.stderr)
    return pd.DataFrame(figures), pd.concat(found, ignore_index=True), pd.concat(wronged, ignore_index=True)


def main() -> None:
    """Run the benchmark and quote its tables."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.other_hands",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--dealers", type=int, default=200)
    arguments = parser.parse_args()
    figures, found, wronged = run(Plan(dealers=arguments.dealers), arguments.seeds)
    low, high = figures.quantile(0.25), figures.quantile(0.75)
    table = pd.DataFrame(
        {
            "figure": figures.columns,
            "median": [f"{value:.3f}" for value in figures.median()],
            "middle half": [f"{low[name]:.3f} to {high[name]:.3f}" for name in figures.columns],
            "worst": [f"{value:.3f}" for value in worst(figures)],
        }
    )
    command = f"python -m benchmarks.other_hands --seeds {arguments.seeds} --dealers {arguments.dealers}"
    print(quote("other-hands", table, command))
    print(quote("other-hands-styles", by_style(found), command))
    print(wronged.to_string(index=False), file=sys.stderr)


if __name__ == "__main__":
    main()
