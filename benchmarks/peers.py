"""Mingcha beside what people use today, in one run on the same worlds: accuracy and time side by side.

    python -m benchmarks.peers --seeds 3 --dealers 300 --yelpchi yelpchi_metadata.txt.gz

A peer gives one ranking of dealers, whatever they do. Mingcha gives one for each scheme, and is shown with one ranking
for all as well: the largest bits of any scheme. Times are wall-clock seconds from the rows in memory to the ranking,
the libraries already imported.
"""

import argparse
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import altair as alt
import pandas as pd
from sklearn.metrics import average_precision_score, roc_auc_score

from benchmarks import yelpchi
from benchmarks.accuracy import (
    doubted_interviews,
    excellent_dealers,
    interview_precision,
    scheme_precision,
    suspicion,
)
from benchmarks.figures import HONEST, PEER, QUIET, draw
from benchmarks.peer_rankings import INTERVIEW_PEERS, dealer_peers, fraud_eagle_reviews, fraudar_reviews
from benchmarks.tables import quote
from detectors.core.schemes import Scheme, UnitKind
from detectors.core.weighing import weigh
from simulation import World, WorldSettings, simulate

DEALER_SCHEMES = tuple(scheme for scheme in Scheme if scheme.unit_kind is UnitKind.DEALER)
TOP = 0.05
BY_SCHEME = "Mingcha, each scheme's bits"


def measure(world: World, bound_s: float) -> pd.DataFrame:
    """Rank one world's dealers by Mingcha and by every peer.

    Parameters
    ----------
    world
        A world with its truth.
    bound_s
        Seconds after which FraudEagle begins no further round.

    Returns
    -------
    pandas.DataFrame
        One row a ranking (its name in ``method``), average precision by scheme and of any cheating, excellent honest
        dealers among the top twentieth, and seconds.
    """
    # Each gets observations of its own: what one has derived would save time to the next.
    started = time.perf_counter()
    scores = weigh(world.observations()).scores
    elapsed_s = time.perf_counter() - started
    dealers = scores[scores["unit_kind"] == str(UnitKind.DEALER)]
    strongest = dealers.groupby("unit_id")["bits"].max()
    by_scheme = {scheme: suspicion(dealers, scheme) for scheme in DEALER_SCHEMES}
    rows = [
        _row(BY_SCHEME, world, by_scheme, strongest, elapsed_s),
        _row("Mingcha, one ranking", world, dict.fromkeys(DEALER_SCHEMES, strongest), strongest, elapsed_s),
    ]
    for peer in dealer_peers(bound_s):
        observations = world.observations()
        started = time.perf_counter()
        rankings = peer(observations)
        elapsed_s = time.perf_counter() - started
        for name in rankings.columns:
            # A dealer that a peer knows nothing of is the last to be suspected.
            ranked = rankings[name].reindex(strongest.index).fillna(rankings[name].min())
            rows.append(_row(str(name), world, dict.fromkeys(DEALER_SCHEMES, ranked), ranked, elapsed_s))
    return pd.DataFrame(rows)


def measure_interviews(world: World) -> pd.DataFrame:
    """Rank one world's interviews by Mingcha and by every peer that suspects interviews.

    Parameters
    ----------
    world
        A world with its truth.

    Returns
    -------
    pandas.DataFrame
        One row a ranking: ``method``, ``average precision`` of the manipulated interviews, and ``seconds``.
    """
    started = time.perf_counter()
    weighing = weigh(world.observations())
    elapsed_s = time.perf_counter() - started
    rows: list[dict[str, object]] = []

    def add(method: str, doubt: "pd.Series[float]", took_s: float) -> None:
        precision = interview_precision(world, doubt)
        rows.append({"method": method, "average precision": precision, "seconds": took_s})

    add("Mingcha", doubted_interviews(weighing), elapsed_s)
    for peer in INTERVIEW_PEERS:
        observations = world.observations()
        started = time.perf_counter()
        suspected = peer(observations)
        elapsed_s = time.perf_counter() - started
        for name, doubt in suspected.items():
            add(str(name), doubt.set_axis(pd.Index(observations["surveys"]["response_id"])).dropna(), elapsed_s)
    return pd.DataFrame(rows)


def _row(
    method: str,
    world: World,
    by_scheme: "dict[Scheme, pd.Series[float]]",
    overall: "pd.Series[float]",
    elapsed_s: float,
) -> dict[str, object]:
    truth = world.truth.units
    cheats = overall.index.isin(truth.loc[truth["unit_kind"] == str(UnitKind.DEALER), "unit_id"])
    return {
        "method": method,
        **{str(scheme): scheme_precision(by_scheme[scheme], truth, scheme) for scheme in DEALER_SCHEMES},
        "any cheating": average_precision_score(cheats, overall),
        "excellent honest in top 5 %": expected_in_top(overall, excellent_dealers(world), TOP),
        "seconds": elapsed_s,
    }


def expected_in_top(ranked: "pd.Series[float]", wanted: "pd.Index[str]", share: float) -> float:
    """Return how many of the wanted units stand in the top of a ranking, ties drawn by lot.

    Examples
    --------
    >>> expected_in_top(pd.Series({"a": 3.0, "b": 1.0, "c": 1.0, "d": 0.0}), pd.Index(["b"]), 0.5)
    0.5
    """
    places = round(share * len(ranked))
    above = ranked.rank(method="min", ascending=False) - 1
    tied = ranked.map(ranked.value_counts())
    chance = ((places - above) / tied).clip(0.0, 1.0)
    return float(chance[ranked.index.isin(wanted)].sum())


def review_peers(path: Path, bound_s: float) -> pd.DataFrame:
    """Rank the YelpChi reviews by Mingcha and by the two peers that take reviews.

    Parameters
    ----------
    path
        ``yelpchi_metadata.txt.gz``.
    bound_s
        As in `measure`.
    """
    reviews, held_back = yelpchi.read(path)
    methods: dict[str, Callable[[], pd.Series[float]]] = {
        "Mingcha, `reviews/authors`": lambda: yelpchi.suspicion(yelpchi.observed(reviews)),
        "FraudEagle": lambda: fraud_eagle_reviews(reviews, bound_s),
        "FRAUDAR": lambda: fraudar_reviews(reviews),
    }
    rows = []
    for name, method in methods.items():
        started = time.perf_counter()
        ranked = method().to_numpy()
        elapsed_s = time.perf_counter() - started
        auc, precision = roc_auc_score(held_back, ranked), average_precision_score(held_back, ranked)
        rows.append({"method": name, "AUC": auc, "average precision": precision, "seconds": elapsed_s})
    return pd.DataFrame(rows)


def peers_figure(medians: pd.DataFrame) -> alt.LayerChart:
    """Draw how well every method finds any cheating, and how long it takes.

    Parameters
    ----------
    medians
        One row a method, as from `measure`. Of Mingcha the one ranking is drawn, since the peers have no more.
    """
    shown = medians[medians["method"] != BY_SCHEME].assign(
        took=medians["seconds"].map("{:.1f} s".format), ours=medians["method"].str.startswith("Mingcha")
    )
    order = shown.sort_values("any cheating", ascending=False)["method"].tolist()
    base = alt.Chart(shown).encode(
        y=alt.Y("method:N", sort=order, title=None, axis=alt.Axis(labelLimit=260, ticks=False, domain=False)),
        x=alt.X(
            "any cheating:Q",
            title="average precision, any cheating",
            scale=alt.Scale(domain=[0, 1]),
            axis=alt.Axis(values=[0, 0.2, 0.4, 0.6, 0.8, 1]),
        ),
    )
    colour = alt.Color("ours:N", scale=alt.Scale(domain=[True, False], range=[HONEST, PEER]), legend=None)
    bars = base.mark_bar(height=13, cornerRadiusEnd=2).encode(color=colour)
    times = base.mark_text(align="left", dx=5, color=QUIET, fontSize=11).encode(text="took:N")
    found: alt.LayerChart = (bars + times).properties(
        width=420,
        height=alt.Step(22),
        title=alt.TitleParams(
            "Who finds the dealers that cheat",
            subtitle=[
                "The same simulated worlds, one ranking of dealers each, medians over seeds, with its seconds.",
                "A ranking that knows nothing has the share of cheats, about 0.3.",
            ],
        ),
    )
    return found


def main() -> None:
    """Run the comparison and quote its tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--dealers", type=int, default=300)
    parser.add_argument("--bound", type=float, default=120.0, help="seconds after which FraudEagle is stopped")
    parser.add_argument("--yelpchi", type=Path, help="yelpchi_metadata.txt.gz, to rank its reviews as well")
    arguments = parser.parse_args()
    settings = WorldSettings(dealers=arguments.dealers, end="2026-10")
    runs, interviews = [], []
    for seed in range(arguments.seeds):
        started = time.perf_counter()
        world = simulate(replace(settings, seed=seed))
        runs.append(measure(world, arguments.bound))
        interviews.append(measure_interviews(world))
        print(f"seed {seed}: {time.perf_counter() - started:.0f} s", file=sys.stderr)
    medians, of_interviews = (
        pd.concat(parts).groupby("method", sort=False).median().reset_index() for parts in (runs, interviews)
    )
    command = f"python -m benchmarks.peers --seeds {arguments.seeds} --dealers {arguments.dealers}"
    print(quote("peers", _written(medians), command))
    print(quote("peers-interviews", _written(of_interviews), command))
    draw(peers_figure(medians), "peers")
    if arguments.yelpchi:
        table = _written(review_peers(arguments.yelpchi, arguments.bound))
        print(quote("peers-reviews", table, f"{command} --yelpchi yelpchi_metadata.txt.gz"))


def _written(figures: pd.DataFrame) -> pd.DataFrame:
    """Return the figures as a reader wants them: precisions in hundredths, seconds and dealers in tenths."""
    tenths = ["seconds", "excellent honest in top 5 %"]
    return pd.DataFrame(
        {
            name: values if name == "method" else values.map(f"{{:.{1 if name in tenths else 3}f}}".format)
            for name, values in figures.items()
        }
    )


if __name__ == "__main__":
    main()
