"""Real reviews with labels: the YelpChi data turned into an inbox, and reviews ranked by suspicion.

67,395 reviews of 201 Chicago businesses (Rayana & Akoglu, KDD 2015), without text; 13.2 % were held back by Yelp's own
filter. The order is the one in which the detector ``reviews/authors`` names records.

    python -m benchmarks.yelpchi --data yelpchi_metadata.txt.gz --inbox DIR --home DIR
    python -m benchmarks.yelpchi --data yelpchi_metadata.txt.gz                    # writes the table

The data span eight years, so the settings written into the home (``mingcha.toml``) widen the window.
"""

import argparse
import time
from pathlib import Path

import pandas as pd
from sklearn.metrics import average_precision_score, roc_auc_score

from benchmarks.tables import quote
from detectors.core.observations import Observations
from detectors.reviews.signs import RULES, learn_authors, review_doubt

SETTINGS = "window_months = 120\n"


def read(path: Path) -> tuple[pd.DataFrame, "pd.Series[bool]"]:
    """Read the reviews in the columns of the source ``reviews``, and which ones Yelp held back.

    Parameters
    ----------
    path
        ``yelpchi_metadata.txt.gz``: user, business, rating, label (-1 held back) and date, separated by spaces.
    """
    raw = pd.read_csv(path, sep=" ", header=None, names=["user", "business", "rating", "label", "date"])
    reviews = pd.DataFrame(
        {
            "review_id": [f"V{place:06}" for place in range(len(raw))],
            "platform": "yelp",
            "author_id": raw["user"].map("A{}".format),
            "dealer_id": raw["business"].map("B{:03}".format),
            "posted_at": pd.to_datetime(raw["date"]).astype("datetime64[us]"),
            "rating": raw["rating"].astype("float64"),
        }
    )
    text = ["review_id", "platform", "author_id", "dealer_id"]
    return reviews.astype(dict.fromkeys(text, "str")), raw["label"].eq(-1)


def observed(reviews: pd.DataFrame) -> Observations:
    """Return the reviews as the detectors receive them."""
    return Observations(reviews["posted_at"].max().date(), {"reviews": reviews})


def write_inbox(reviews: pd.DataFrame, inbox: Path, home: Path) -> None:
    """Write the inbox and, into the home, the settings that its span needs."""
    inbox.mkdir(parents=True, exist_ok=True)
    home.mkdir(parents=True, exist_ok=True)
    reviews.to_csv(inbox / "reviews_yelpchi.csv", index=False, date_format="%Y-%m-%d")
    (home / "mingcha.toml").write_text(SETTINGS, encoding="utf-8")


def suspicion(observations: Observations) -> "pd.Series[float]":
    """Return how doubtful each review is, as the detector `reviews.authors` orders the records it names.

    Returns
    -------
    pandas.Series
        By ``review_id``, in log-odds without a base.
    """
    doubt = review_doubt(observations, learn_authors(observations, RULES.doubtful_share))
    return pd.Series(doubt, index=pd.Index(observations["reviews"]["review_id"]))


def main() -> None:
    """Write the inbox, or measure and quote the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="yelpchi_metadata.txt.gz")
    parser.add_argument("--inbox", type=Path, help="write an inbox there instead of measuring")
    parser.add_argument("--home", type=Path, help="where the nightly run will have its home")
    arguments = parser.parse_args()
    reviews, held_back = read(arguments.data)
    if arguments.inbox and arguments.home:
        write_inbox(reviews, arguments.inbox, arguments.home)
        return
    started = time.perf_counter()
    ranked = suspicion(observed(reviews)).to_numpy()
    elapsed_s = time.perf_counter() - started
    figures = {
        "AUC": f"{roc_auc_score(held_back, ranked):.3f}",
        "average precision": f"{average_precision_score(held_back, ranked):.3f}",
        "seconds": f"{elapsed_s:.1f}",
    }
    table = pd.DataFrame({"figure": figures.keys(), "Mingcha": figures.values()})
    print(quote("yelpchi", table, "python -m benchmarks.yelpchi --data yelpchi_metadata.txt.gz"))


if __name__ == "__main__":
    main()
