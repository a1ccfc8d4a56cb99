"""What is stated is set against what is true, and drawn."""

from pathlib import Path

import altair as alt
import numpy as np
import pandas as pd

from benchmarks.figures import draw
from benchmarks.reliability import (
    ANY,
    KINDS,
    THIS,
    bins,
    evidence_figure,
    exceedance,
    judged,
    mistaken,
    reliability_figure,
)
from simulation import WorldSettings, simulate

ROWS = pd.DataFrame(
    {
        "scheme": "coached",
        "bits": [-1.0, 0.0, 6.0, 7.0, 9.0],
        "probability": [0.005, 0.0, 0.92, 0.96, 1.0],
        "this": [False, False, True, False, True],
        "any": [False, True, True, True, True],
        "practised": [None, "withheld", "coached", "incentivised", "coached"],
        "flagged": [0, 0, 1, 1, 1],
    }
)


def test_each_bin_says_how_many_there_are_and_how_many_of_them_cheat() -> None:
    found = bins(ROWS)
    this, anywhere = (found[found["meaning"] == meaning] for meaning in (THIS, ANY))
    assert this["n"].tolist() == [2, 2, 1]
    assert this["true"].tolist() == [0.0, 0.5, 1.0]
    assert anywhere["true"].tolist() == [0.5, 1.0, 1.0]
    np.testing.assert_allclose(this["stated"], [0.0025, 0.94, 1.0])
    assert (found["least"] <= found["true"].clip(0.01, 0.99)).all()
    assert (found["most"] >= found["true"].clip(0.01, 0.99)).all()


def test_the_shares_that_reach_so_many_bits_are_of_the_planted_and_of_the_honest() -> None:
    shares = exceedance(ROWS, ROWS.assign(this=False))
    at_six = shares[(shares["scheme"] == "coached") & (shares["bits"] == 6)].set_index("kind")["share"]
    assert at_six.reindex(list(KINDS)).tolist() == [0.6, 2**-6, 1.0]


def test_a_unit_flagged_for_another_scheme_than_its_own_is_mistaken_and_not_honest() -> None:
    row = mistaken(ROWS).set_index("flagged for").loc[["coached"]].to_dict("records")
    assert row == [
        {"flagged": 3, "practise it": 2, "practise another": 1, "honest": 0, "mistaken for it": "incentivised (1)"}
    ]


def test_truth_is_told_for_the_scheme_and_for_the_unit() -> None:
    world = simulate(WorldSettings(dealers=12, months=2, end="2026-10", interviews_per_dealer=(5, 15)))
    rows = judged(world)
    assert rows["this"].sum() == len(world.truth.units)
    assert rows.loc[rows["this"], "any"].all()
    assert rows["any"].sum() > rows["this"].sum()


def test_figures_are_self_contained_svg(tmp_path: Path) -> None:
    charts: dict[str, alt.TopLevelMixin] = {
        "reliability": reliability_figure(bins(ROWS)),
        "evidence": evidence_figure(exceedance(ROWS, ROWS)),
    }
    for name, chart in charts.items():
        text = draw(chart, name, tmp_path).read_text(encoding="utf-8")
        assert text.startswith("<svg")
        assert "href" not in text
        assert "cheat" in text
