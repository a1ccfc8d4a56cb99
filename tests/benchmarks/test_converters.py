"""Real data become inboxes that the nightly run can read; the files here are invented in the same format."""

import gzip
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks import airline, tables, yelpchi
from detectors.core.weighing import weigh
from flows.settings import read_settings
from flows.sources import discover, read
from tests.benchmarks.invented import write_passengers, write_yelp


@pytest.fixture
def passengers(tmp_path: Path) -> pd.DataFrame:
    path = tmp_path / "airline_satisfaction.csv.gz"
    write_passengers(path, rows=6000)
    return airline.read(path)


def test_an_item_that_does_not_apply_is_empty_and_the_rest_keeps_its_scale(passengers: pd.DataFrame) -> None:
    items = passengers[[name for name in passengers if str(name).startswith("q_")]]
    assert items.shape == (6000, 14)
    assert items.min().min() == 1
    assert items.isna().any().any()
    assert passengers["overall"].between(1, 5).all()


def test_nothing_is_planted_in_the_honest_base(passengers: pd.DataFrame) -> None:
    honest = airline.build(passengers, np.random.default_rng(1), planted=False)
    assert honest.truth.empty
    answers = [name for name in passengers if str(name).startswith("q_")]
    pd.testing.assert_frame_equal(honest.surveys[answers], passengers[answers])


def test_planted_interviews_are_the_only_ones_that_change(passengers: pd.DataFrame) -> None:
    planted = airline.build(passengers, np.random.default_rng(1), planted=True)
    honest = airline.build(passengers, np.random.default_rng(1), planted=False)
    changed = planted.surveys["overall"].ne(honest.surveys["overall"])
    assert set(planted.surveys.loc[changed, "response_id"]) <= set(planted.records)
    cheats = planted.surveys.loc[planted.surveys["response_id"].isin(planted.records), "dealer_id"]
    assert set(cheats) <= set(planted.truth["unit_id"])
    assert len(planted.truth) == 24


def test_the_airline_inbox_and_its_settings_are_read_as_any_other(passengers: pd.DataFrame, tmp_path: Path) -> None:
    planted = airline.build(passengers, np.random.default_rng(1), planted=True)
    airline.write_inbox(planted, tmp_path / "inbox", tmp_path / "home")
    settings = read_settings(home=tmp_path / "home", inbox=tmp_path / "inbox")
    assert settings.scales == {"AIR": (1, 5)}
    (file,) = discover(tmp_path / "inbox").files
    delivery = read(file, [])
    assert len(delivery.frame) == 6000
    assert delivery.unparsed.empty
    assert not delivery.unknown_columns


def test_detectors_abstain_aloud_where_the_airline_data_have_nothing_for_them(passengers: pd.DataFrame) -> None:
    weighing = weigh(airline.observed(airline.build(passengers, np.random.default_rng(1), planted=True)))
    silent = weighing.evidence[weighing.evidence["family"].isin(["contacts", "wording", "reviews"])]
    assert len(silent)
    assert silent["abstained"].all()
    assert silent["reason"].str.contains("No ").all()


def test_yelp_reviews_keep_their_labels_apart_and_become_an_inbox(tmp_path: Path) -> None:
    path = tmp_path / "yelpchi_metadata.txt.gz"
    write_yelp(path, rows=500)
    reviews, held_back = yelpchi.read(path)
    assert held_back.sum() == gzip.decompress(path.read_bytes()).decode().count(" -1 ")
    assert "label" not in reviews
    yelpchi.write_inbox(reviews, tmp_path / "inbox", tmp_path / "home")
    assert read_settings(home=tmp_path / "home", inbox=tmp_path / "inbox").window_months == 120
    (file,) = discover(tmp_path / "inbox").files
    assert len(read(file, []).frame) == 500


def test_every_yelp_review_gets_a_suspicion_and_authors_without_a_past_the_higher(tmp_path: Path) -> None:
    path = tmp_path / "yelpchi_metadata.txt.gz"
    write_yelp(path, rows=3000)
    reviews, _ = yelpchi.read(path)
    suspicion = yelpchi.suspicion(yelpchi.observed(reviews))
    assert suspicion.index.equals(pd.Index(reviews["review_id"]))
    written = reviews.groupby("author_id")["review_id"].transform("size").to_numpy()
    assert suspicion[written == 1].mean() > suspicion[written > 1].mean()


def test_a_table_goes_between_its_markers_and_nowhere_else(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("before\n<!-- speed -->\nold\n<!-- /speed -->\nafter\n", encoding="utf-8")
    tables.quote("speed", pd.DataFrame({"measure": ["night, s"], "measured": ["61.0"]}), "python -m x", page)
    text = page.read_text(encoding="utf-8")
    assert text.startswith("before\n<!-- speed -->\n`python -m x`")
    assert text.endswith("<!-- /speed -->\nafter\n")
    assert "old" not in text
    with pytest.raises(ValueError, match="has no place for accuracy"):
        tables.quote("accuracy", pd.DataFrame({"a": [1]}), "x", page)
