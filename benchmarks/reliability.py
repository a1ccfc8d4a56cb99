"""Reliability: what a probability that a reviewer reads is worth, and how strong the evidence is at all.

    python -m benchmarks.reliability --seeds 3 --dealers 300

Of the units with a probability of 0.9, nine in ten should really cheat. Every unit and scheme of cheating worlds is put
into a bin by its probability, and the bin's share of true cheats is set against it. Honest worlds beside them show how
many bits honest units reach. Writes two tables and two figures.
"""

import argparse
import sys
import time
from dataclasses import replace

import altair as alt
import numpy as np
import pandas as pd
from scipy.special import betaincinv

from benchmarks.figures import CHEATING, HONEST, QUIET, THIRD, draw
from benchmarks.tables import quote
from detectors.core.instruments.spread import Floats
from detectors.core.schemes import Scheme
from detectors.core.weighing import weigh
from simulation import World, WorldSettings, simulate

EDGES = (0.0, 0.01, 0.03, 0.1, 0.3, 0.5, 0.7, 0.9, 0.97, 1.0)
"""Bins of probability, finest at the ends, where most units are."""

THIS, ANY = "cheats in this scheme", "cheats in any scheme"
KINDS = ("honest units of honest worlds", "the most that honesty allows (Markov)", "units that practise the scheme")
_LONGEST_BITS = 20
_FEWEST_SHOWN = 5e-4
_PANELS_A_ROW = 4


def judged(world: World) -> pd.DataFrame:
    """Weigh a world and say of every unit and scheme whether it is true.

    Parameters
    ----------
    world
        A world with its truth.

    Returns
    -------
    pandas.DataFrame
        ``scheme``, ``bits``, ``probability``, ``flagged``, which scheme the unit practises, if any (``practised``), and
        whether it is that scheme (``this``) or any (``any``).
    """
    scores, truth = weigh(world.observations()).scores, world.truth.units
    practised = pd.MultiIndex.from_frame(truth[["unit_id", "scheme"]])
    schemes_of = truth.groupby("unit_id")["scheme"].first()
    return scores[["scheme", "bits", "probability", "flagged"]].assign(
        practised=scores["unit_id"].map(schemes_of),
        this=pd.MultiIndex.from_frame(scores[["unit_id", "scheme"]]).isin(practised),
        any=scores["unit_id"].isin(truth["unit_id"]),
    )


def bins(rows: pd.DataFrame) -> pd.DataFrame:
    """Return what was said and what was true in each bin of probability.

    Parameters
    ----------
    rows
        From `judged`, of any number of worlds.

    Returns
    -------
    pandas.DataFrame
        One row a bin and a meaning of truth (`THIS`, `ANY`): ``low``, ``high``, ``n``, the mean ``stated``, the share
        ``true`` and its 90 % interval ``least`` and ``most`` (Jeffreys). Empty bins are left out.
    """
    place = np.clip(np.searchsorted(EDGES, rows["probability"], side="right") - 1, 0, len(EDGES) - 2)
    parts = []
    for meaning, column in ((THIS, "this"), (ANY, "any")):
        found = rows.groupby(place).agg(n=(column, "size"), stated=("probability", "mean"), hits=(column, "sum"))
        misses = found["n"] - found["hits"]
        parts.append(
            pd.DataFrame(
                {
                    "meaning": meaning,
                    "low": [EDGES[at] for at in found.index],
                    "high": [EDGES[at + 1] for at in found.index],
                    "n": found["n"],
                    "stated": found["stated"],
                    "true": found["hits"] / found["n"],
                    "least": betaincinv(found["hits"] + 0.5, misses + 0.5, 0.05),
                    "most": betaincinv(found["hits"] + 0.5, misses + 0.5, 0.95),
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def mistaken(rows: pd.DataFrame) -> pd.DataFrame:
    """Return what the units flagged for each scheme really do.

    Parameters
    ----------
    rows
        From `judged`.

    Returns
    -------
    pandas.DataFrame
        One row a scheme: how many were ``flagged``, how many of them practise ``this scheme``, another, or none
        (``honest``), and the other schemes that were mistaken for it, the most frequent first.
    """
    table = []
    for scheme in Scheme:
        flagged = rows[(rows["scheme"] == str(scheme)) & (rows["flagged"] == 1)]
        others = flagged.loc[~flagged["this"] & flagged["any"], "practised"].value_counts()
        table.append(
            {
                "flagged for": str(scheme),
                "flagged": len(flagged),
                "practise it": int(flagged["this"].sum()),
                "practise another": int(others.sum()),
                "honest": int((~flagged["any"]).sum()),
                "mistaken for it": ", ".join(f"{name} ({count})" for name, count in others.items()),
            }
        )
    return pd.DataFrame(table)


def reliability_figure(binned: pd.DataFrame) -> alt.LayerChart:
    """Draw the share of true cheats over the probability stated, with the diagonal on which both are equal."""
    x = alt.X("stated:Q", title="probability shown to the reviewer", scale=alt.Scale(domain=[0, 1]), axis=_percent())
    y = alt.Y("true:Q", title="share of them that really cheat", scale=alt.Scale(domain=[0, 1]), axis=_percent())
    colour = alt.Color(
        "meaning:N",
        title=None,
        scale=alt.Scale(domain=[THIS, ANY], range=[CHEATING, HONEST]),
        legend=alt.Legend(orient="bottom", direction="horizontal"),
    )
    diagonal = pd.DataFrame({"stated": [0.0, 1.0], "true": [0.0, 1.0]})
    even = alt.Chart(diagonal).mark_line(color=QUIET, strokeDash=[4, 4], strokeWidth=1).encode(x="stated:Q", y="true:Q")
    base = alt.Chart(binned).encode(x=x, color=colour)
    spans = base.mark_rule(strokeWidth=2, opacity=0.45).encode(y=alt.Y("least:Q"), y2="most:Q")
    lines = base.mark_line(strokeWidth=2, opacity=0.8).encode(y=y)
    points = base.mark_point(filled=True, opacity=1.0, size=70).encode(y=y)
    found: alt.LayerChart = (even + spans + lines + points).properties(
        width=440,
        height=380,
        title=alt.TitleParams(
            "What a stated probability is worth",
            subtitle=[
                "Units × schemes of simulated worlds, by bin of probability; bars: 90 % intervals.",
                "On the dashed line what is stated is what is true; above it the statement is too careful.",
            ],
        ),
    )
    return found


def exceedance(cheating: pd.DataFrame, honest: pd.DataFrame) -> pd.DataFrame:
    """Return the share of units with at least so many bits, by scheme and kind of unit, beside Markov's bound.

    Parameters
    ----------
    cheating, honest
        From `judged`, of cheating and of honest worlds.
    """
    at = np.arange(-2.0, _LONGEST_BITS + 0.5, 0.5)
    parts = []
    for scheme in Scheme:
        planted = cheating.loc[(cheating["scheme"] == str(scheme)) & cheating["this"], "bits"].to_numpy()
        innocent = honest.loc[honest["scheme"] == str(scheme), "bits"].to_numpy()
        bound = np.minimum(np.exp2(-at), 1.0)
        for kind, share in (
            (KINDS[0], _reaching(innocent, at)),
            (KINDS[1], bound),
            (KINDS[2], _reaching(planted, at)),
        ):
            parts.append(pd.DataFrame({"scheme": str(scheme), "kind": kind, "bits": at, "share": share}))
    return pd.concat(parts, ignore_index=True)


def _reaching(bits: Floats, at: Floats) -> Floats:
    """Return the share of units with at least so many bits; none of no units."""
    return np.asarray((bits[:, None] >= at).sum(axis=0) / max(len(bits), 1), dtype=np.float64)


def evidence_figure(shares: pd.DataFrame) -> alt.ConcatChart:
    """Draw how many units reach so many bits, a panel for each scheme."""
    # A logarithmic axis has no zero; what nobody reaches lies below its end.
    shown = shares.assign(share=shares["share"].clip(lower=_FEWEST_SHOWN / 10))
    colour = alt.Color(
        "kind:N",
        title=None,
        scale=alt.Scale(domain=list(KINDS), range=[HONEST, THIRD, CHEATING]),
        legend=alt.Legend(orient="bottom", direction="horizontal"),
    )
    panels = []
    for place, scheme in enumerate(Scheme):
        first_of_row = place % _PANELS_A_ROW == 0
        mine = alt.Chart(shown[shown["scheme"] == str(scheme)]).encode(
            x=alt.X("bits:Q", title="bits of evidence, at least", axis=alt.Axis(values=[0, 5, 10, 15, 20])),
            y=alt.Y(
                "share:Q",
                title="share of units" if first_of_row else None,
                scale=alt.Scale(type="log", domain=[_FEWEST_SHOWN, 1]),
                axis=alt.Axis(values=[0.001, 0.01, 0.1, 1], format="~%", labelOpacity=1 if first_of_row else 0),
            ),
            color=colour,
        )
        bound = alt.datum.kind == KINDS[1]
        steps = mine.transform_filter(~bound).mark_line(strokeWidth=2.2, interpolate="step-after", clip=True)
        line = mine.transform_filter(bound).mark_line(strokeWidth=2, strokeDash=[5, 4], clip=True)
        title = alt.TitleParams(str(scheme), fontSize=12, frame="group", offset=6)
        panels.append((line + steps).properties(width=180, height=140, title=title))
    found: alt.ConcatChart = alt.concat(*panels, columns=_PANELS_A_ROW).properties(
        title=alt.TitleParams(
            "How much evidence honest units and cheats show",
            subtitle=[
                "An honest unit may show k bits or more with probability 1 / 2^k: blue has to stay below the dashes.",
                "The further red lies above them, the more of the cheats can be told.",
            ],
        )
    )
    return found


def _percent() -> alt.Axis:
    return alt.Axis(format="~%", values=[0, 0.25, 0.5, 0.75, 1])


def main() -> None:
    """Run the benchmark, quote its table and draw its figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--dealers", type=int, default=300)
    arguments = parser.parse_args()
    settings = WorldSettings(dealers=arguments.dealers, end="2026-10")
    cheating, honest = [], []
    for seed in range(arguments.seeds):
        started = time.perf_counter()
        cheating.append(judged(simulate(replace(settings, seed=seed))))
        honest.append(judged(simulate(replace(settings, seed=1000 + seed, honest=True))))
        print(f"seed {seed}: {time.perf_counter() - started:.0f} s", file=sys.stderr)
    together = pd.concat(cheating)
    binned = bins(together)
    draw(reliability_figure(binned), "reliability")
    draw(evidence_figure(exceedance(together, pd.concat(honest))), "evidence")
    command = f"python -m benchmarks.reliability --seeds {arguments.seeds} --dealers {arguments.dealers}"
    print(quote("reliability", _written(binned), command))
    print(quote("mistaken", mistaken(together), command))


def _written(binned: pd.DataFrame) -> pd.DataFrame:
    this, any_scheme = (binned[binned["meaning"] == meaning].reset_index(drop=True) for meaning in (THIS, ANY))
    return pd.DataFrame(
        {
            "probability": [f"{row.low:g} to {row.high:g}" for row in this.itertuples()],
            "units × schemes": this["n"].map("{:,}".format),
            "mean stated": this["stated"].map("{:.3f}".format),
            THIS: this["true"].map("{:.3f}".format),
            "90 % interval": [
                f"{least:.3f} to {most:.3f}" for least, most in zip(this["least"], this["most"], strict=True)
            ],
            ANY: any_scheme["true"].map("{:.3f}".format),
        }
    )


if __name__ == "__main__":
    main()
