"""Accuracy: the evidence finds those who cheat and leaves in peace those who do not, or it does not.

Worlds are simulated with known truth, weighed at the default settings, and compared with the truth:

    python -m benchmarks.accuracy --seeds 3 --dealers 300

Average precision ranks units by bits, the planted units of a scheme against honest ones. Excellent dealers are those of
the honest whose genuine score lies in the top tenth.
"""

import argparse
import sys
import time
from dataclasses import replace

import numpy as np
import pandas as pd
from sklearn.metrics import average_precision_score

from benchmarks.tables import quote
from detectors.core.schemes import Scheme, UnitKind
from detectors.core.weighing import Weighing, weigh
from simulation import World, WorldSettings, simulate

SURVEYS_AND_REVIEWS = ("surveys", "reviews", "dealers")

GOALS = {
    "coached AP": "≥ 0.95",
    "incentivised AP": "≥ 0.92",
    "fake_contacts AP": "≥ 0.99",
    "withheld AP": "≥ 0.90",
    "target_gaming AP": "≥ 0.75",
    "review_manipulation AP": "≥ 0.99",
    "fabricated AP": "1",
    "any cheating AP": "≥ 0.93",
    "cheats flagged": "≥ 0.80",
    "flagged who are honest": "≤ 0.05",
    "excellent honest dealers flagged": "0",
    "manipulated interviews AP": "≥ 0.80",
    "adjusted/reported error, cheats": "≤ 0.40",
    "adjusted score error, honest": "≤ 0.03",
    "false cases": "0",
    **{f"{scheme} mean 2^bits": "≤ 1.1" for scheme in Scheme},
}
"""What each figure should reach, of the median, where every source is delivered."""


def measure(world: World, weighing: Weighing) -> dict[str, float]:
    """Compare what was weighed with the truth.

    Parameters
    ----------
    world
        A world with its truth.
    weighing
        What `weigh` said of it.

    Returns
    -------
    dict
        Figure by name. Average precisions, shares and mean absolute errors (points of the scale).
    """
    truth = world.truth
    scores = weighing.scores
    figures = {f"{scheme} AP": scheme_precision(suspicion(scores, scheme), truth.units, scheme) for scheme in Scheme}
    dealers = scores[scores["unit_kind"] == str(UnitKind.DEALER)]
    cheats = truth.units.loc[truth.units["unit_kind"] == str(UnitKind.DEALER), "unit_id"]
    best = dealers.groupby("unit_id").agg(bits=("bits", "max"), flagged=("flagged", "max"))
    is_cheat = best.index.isin(cheats)
    figures["any cheating AP"] = average_precision_score(is_cheat, best["bits"]) if is_cheat.any() else np.nan
    flagged = best["flagged"] == 1
    figures["cheats flagged"] = float(flagged[is_cheat].mean()) if is_cheat.any() else np.nan
    figures["flagged who are honest"] = float((~is_cheat[flagged]).mean()) if flagged.any() else 0.0
    figures["excellent honest dealers flagged"] = float(flagged[best.index.isin(excellent_dealers(world))].sum())
    figures["manipulated interviews AP"] = interview_precision(world, doubted_interviews(weighing))
    return {**figures, **_score_errors(world, weighing, set(cheats))}


def honest_e_values(weighing: Weighing) -> dict[str, float]:
    """Return the mean of 2^bits by scheme, to be used on an honest world, and the number of flagged units."""
    e = np.exp2(weighing.scores["bits"]).groupby(weighing.scores["scheme"]).mean()
    named = {f"{scheme} mean 2^bits": float(e.get(str(scheme), np.nan)) for scheme in Scheme}
    return {**named, "false cases": float(weighing.scores.loc[weighing.scores["flagged"] == 1, "unit_id"].nunique())}


def suspicion(scores: pd.DataFrame, scheme: Scheme) -> "pd.Series[float]":
    """Return the order of units within a scheme: by bits, ties by affected share."""
    mine = scores[scores["scheme"] == str(scheme)].set_index("unit_id")
    order: pd.Series[float] = mine["bits"] + 1e-6 * mine["affected_share"]
    return order


def scheme_precision(ranked: "pd.Series[float]", truth: pd.DataFrame, scheme: Scheme) -> float:
    """Return the average precision of a scheme's cheats against honest units, those of other schemes left out.

    Parameters
    ----------
    ranked
        How suspicious each unit is, by unit.
    truth
        `simulation.World.truth.units`.
    scheme
        The scheme.

    Returns
    -------
    float
        NaN where nobody practises the scheme.
    """
    planted = ranked.index.isin(truth.loc[truth["scheme"] == str(scheme), "unit_id"])
    honest = ~ranked.index.isin(truth.loc[truth["unit_kind"] == str(scheme.unit_kind), "unit_id"])
    compared = planted | honest
    return float(average_precision_score(planted[compared], ranked[compared])) if planted.any() else float("nan")


def excellent_dealers(world: World) -> "pd.Index[str]":
    """Return the honest dealers whose genuine score lies in the top tenth of the honest."""
    genuine = world.truth.scores.groupby("dealer_id")["genuine_score"].mean()
    honest = genuine[~genuine.index.isin(world.truth.units["unit_id"])]
    return honest.index[honest >= honest.quantile(0.9)]


def doubted_interviews(weighing: Weighing) -> "pd.Series[float]":
    """Return the largest probability, over schemes, that an interview is manipulated, by ``response_id``."""
    told: pd.Series[float] = (
        weighing.records[weighing.records["source"] == "surveys"]
        .groupby("record_id")["probability"]
        .sum()
        .clip(upper=1.0)
    )
    return told


def interview_precision(world: World, doubt: "pd.Series[float]") -> float:
    """Return the average precision of the manipulated interviews among all.

    Parameters
    ----------
    world
        A world with its truth.
    doubt
        How doubtful an interview is, by ``response_id``; one that is not named is the least doubtful.
    """
    interviews = world.observations()["surveys"]["response_id"]
    true = interviews.isin(world.truth.records.loc[world.truth.records["source"] == "surveys", "record_id"])
    if not true.any():
        return float("nan")
    least = min(0.0, float(doubt.min())) if len(doubt) else 0.0
    return float(average_precision_score(true, interviews.map(doubt).astype("float64").fillna(least)))


def _score_errors(world: World, weighing: Weighing, cheats: set[str]) -> dict[str, float]:
    both = weighing.dealers.merge(world.truth.scores, on=["dealer_id", "survey"])
    adjusted = (both["adjusted_score"] - both["genuine_score"]).abs()
    reported = (both["reported_score"] - both["genuine_score"]).abs()
    inflated = both["dealer_id"].isin(cheats) & (reported > 0.05)
    honest = ~both["dealer_id"].isin(cheats)
    ratio = float(adjusted[inflated].mean() / reported[inflated].mean()) if inflated.any() else np.nan
    return {"adjusted/reported error, cheats": ratio, "adjusted score error, honest": float(adjusted[honest].mean())}


def run(settings: WorldSettings, seeds: int) -> pd.DataFrame:
    """Measure `seeds` cheating and as many honest worlds.

    Returns
    -------
    pandas.DataFrame
        One row a seed, one column a figure.
    """
    rows = []
    for seed in range(seeds):
        started = time.perf_counter()
        world = simulate(replace(settings, seed=seed))
        cheating = measure(world, weigh(world.observations()))
        honest = honest_e_values(weigh(simulate(replace(settings, seed=1000 + seed, honest=True)).observations()))
        rows.append({**cheating, **honest})
        print(f"seed {seed}: {time.perf_counter() - started:.0f} s", file=sys.stderr)
    return pd.DataFrame(rows)


def main() -> None:
    """Run the benchmark and quote its tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--dealers", type=int, default=300)
    parser.add_argument("--months", type=int, default=6)
    parser.add_argument("--only", choices=["all", "surveys-and-reviews"], help="one of the two tables")
    arguments = parser.parse_args()
    settings = WorldSettings(dealers=arguments.dealers, months=arguments.months, end="2026-10")
    wanted = {
        "all": ("accuracy", settings),
        "surveys-and-reviews": ("accuracy-surveys-and-reviews", replace(settings, sources=SURVEYS_AND_REVIEWS)),
    }
    for choice, (name, chosen) in wanted.items():
        if arguments.only in (None, choice):
            figures = run(chosen, arguments.seeds)
            low, high = figures.quantile(0.25), figures.quantile(0.75)
            table = pd.DataFrame(
                {
                    "figure": figures.columns,
                    "median": [f"{value:.3f}" for value in figures.median()],
                    "middle half": [f"{low[name]:.3f} to {high[name]:.3f}" for name in figures.columns],
                    "worst": [f"{value:.3f}" for value in worst(figures)],
                }
            )
            if choice == "all":
                table["goal"] = table["figure"].map(GOALS)
            command = f"python -m benchmarks.accuracy --seeds {arguments.seeds} --dealers {arguments.dealers}"
            print(quote(name, table, f"{command} --only {choice}"))


def worst(figures: pd.DataFrame) -> "pd.Series[float]":
    """Return the least favourable seed of each figure: precisions are good when high, everything else when low."""
    good_high = figures.columns.str.endswith("AP") | (figures.columns == "cheats flagged")
    return figures.min().where(good_high, figures.max())


if __name__ == "__main__":
    main()
