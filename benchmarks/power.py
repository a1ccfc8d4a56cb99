"""Power: how much a dealer has to cheat before it is told.

    python -m benchmarks.power --seeds 10 --dealers 300

The cheats of simulated worlds, by scheme and by how many of their interviews (reviews, customers left off the list) are
manipulated: the share that is flagged. Writes the table and a figure.
"""

import argparse
import sys
import time
from dataclasses import replace

import altair as alt
import numpy as np
import pandas as pd

from benchmarks.figures import HONEST, INK, draw
from benchmarks.tables import quote
from detectors.core.schemes import Scheme, UnitKind
from detectors.core.weighing import weigh
from simulation import World, WorldSettings, simulate

EDGES = (1, 6, 11, 21, 41)
"""Fewest manipulated rows of each column."""

COLUMNS = ("1 to 5", "6 to 10", "11 to 20", "21 to 40", "41 or more")
SOURCE = {Scheme.REVIEW_MANIPULATION: "reviews", Scheme.WITHHELD: "transactions"}
"""Where a scheme's manipulated rows stand; of all other schemes, among the interviews."""


def cheats(world: World) -> pd.DataFrame:
    """Weigh a world and return each cheating dealer, how much it manipulates and whether it is told.

    Parameters
    ----------
    world
        A world with its truth.

    Returns
    -------
    pandas.DataFrame
        ``scheme``, ``rows`` (manipulated), and whether it is ``flagged``, for that or another scheme.
    """
    scores, truth = weigh(world.observations()).scores, world.truth
    dealers = truth.units[truth.units["unit_kind"] == str(UnitKind.DEALER)]
    source = {str(scheme): SOURCE.get(scheme, "surveys") for scheme in Scheme}
    counted = truth.records[truth.records["source"] == truth.records["scheme"].map(source)]
    rows = counted.groupby(["dealer_id", "scheme"]).size().rename("rows").rename_axis(["unit_id", "scheme"])
    found = dealers[["unit_id", "scheme"]].join(rows, on=["unit_id", "scheme"])
    flagged = scores.loc[scores["flagged"] == 1, "unit_id"]
    return found.assign(flagged=found["unit_id"].isin(flagged)).drop(columns="unit_id")


def power(found: pd.DataFrame) -> pd.DataFrame:
    """Return how many cheats there are and how many are told, by scheme and manipulated rows.

    Parameters
    ----------
    found
        From `cheats`, of any number of worlds.

    Returns
    -------
    pandas.DataFrame
        ``scheme``, ``rows`` (one of `COLUMNS`), ``n``, and the share ``flagged``.
    """
    place = np.clip(np.searchsorted(EDGES, found["rows"].fillna(0), side="right") - 1, 0, len(COLUMNS) - 1)
    by = found.assign(rows=pd.Categorical(np.take(COLUMNS, place), COLUMNS, ordered=True))
    groups = by.groupby(["scheme", "rows"], observed=True)
    return groups.agg(n=("flagged", "size"), flagged=("flagged", "mean")).reset_index()


def figure(shares: pd.DataFrame) -> alt.LayerChart:
    """Draw the share of cheats that are flagged, for whatever scheme, as a map of schemes and manipulated rows."""
    shown = shares.assign(rows=shares["rows"].astype("str"), words=_words(shares, "\n"))
    base = alt.Chart(shown).encode(
        x=alt.X("rows:N", sort=list(COLUMNS), title="manipulated interviews (reviews, customers)", axis=_bare()),
        y=alt.Y("scheme:N", sort=[str(scheme) for scheme in Scheme], title=None, axis=_bare()),
    )
    tiles = base.mark_rect(cornerRadius=3, stroke="white", strokeWidth=3).encode(
        color=alt.Color("flagged:Q", scale=alt.Scale(domain=[0, 1], range=["#f0f4f8", HONEST]), legend=None)
    )
    dark = alt.datum.flagged > 0.6
    words = base.mark_text(fontSize=11, lineBreak="\n", dy=-6).encode(
        text="words:N", color=alt.condition(dark, alt.value("white"), alt.value(INK))
    )
    drawn: alt.LayerChart = (tiles + words).properties(
        width=alt.Step(92),
        height=alt.Step(44),
        title=alt.TitleParams(
            "How much a dealer has to cheat before it is told",
            subtitle="Share of simulated cheats that are flagged, for whatever scheme, and how many there are.",
        ),
    )
    return drawn


def _bare() -> alt.Axis:
    return alt.Axis(labelAngle=0, ticks=False, domain=False, grid=False, labelPadding=8, labelLimit=200)


def _words(shares: pd.DataFrame, between: str) -> list[str]:
    return [f"{row.flagged:.0%}{between}of {row.n}" for row in shares.itertuples()]


def main() -> None:
    """Run the benchmark, quote its table and draw its figure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--dealers", type=int, default=300)
    arguments = parser.parse_args()
    settings = WorldSettings(dealers=arguments.dealers, end="2026-10")
    parts = []
    for seed in range(arguments.seeds):
        started = time.perf_counter()
        parts.append(cheats(simulate(replace(settings, seed=seed))))
        print(f"seed {seed}: {time.perf_counter() - started:.0f} s", file=sys.stderr)
    shares = power(pd.concat(parts))
    draw(figure(shares), "power")
    cells = shares.assign(words=_words(shares, " "))
    table = cells.pivot_table(index="scheme", columns="rows", values="words", aggfunc="first", observed=True)
    ordered = table.reindex([str(scheme) for scheme in Scheme if str(scheme) in table.index]).fillna("")
    command = f"python -m benchmarks.power --seeds {arguments.seeds} --dealers {arguments.dealers}"
    print(quote("power", ordered.reset_index().rename(columns=str), command))


if __name__ == "__main__":
    main()
