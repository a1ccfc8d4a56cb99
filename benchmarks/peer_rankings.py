"""What people use today, each as its documentation says, turned into a ranking of dealers or of reviews.

A peer is a function of the window that returns its suspicion of each dealer or interview, the suspicious high: a
frame with one column a ranking. Where a library names a default it is used; where it names none, what was chosen stands
in the docstring.
"""

import contextlib
import io
import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial

import careless  # type: ignore[import-untyped]
import numpy as np
import pandas as pd
from datasketch import MinHash, MinHashLSH  # type: ignore[import-untyped]
from fraud_eagle.graph import ReviewGraph as FraudEagleGraph
from fraudar.graph import ReviewGraph as FraudarGraph
from pyod.models.ecod import ECOD
from pyod.models.iforest import IForest

from benchmarks.dealer_features import usual_features
from detectors.core.interviews import perfect
from detectors.core.observations import Observations

Peer = Callable[[Observations], pd.DataFrame]

FRAUD_EAGLE_EPSILON = 0.1
FRAUD_EAGLE_SETTLED = 1e-3
STARS = (1.0, 5.0)
_LETTERS_TOGETHER = 3


def perfect_interviews(observations: Observations) -> pd.DataFrame:
    """Suspect the interviews with full marks on everything."""
    return perfect(observations).astype("float64").rename("perfect interviews").to_frame()


def pyod_iforest(observations: Observations) -> pd.DataFrame:
    """Rank by PyOD's isolation forest on the usual features, defaults (100 trees), seed 0."""
    features = usual_features(observations)
    found = IForest(random_state=0).fit(features.to_numpy())
    return pd.DataFrame({"PyOD IForest": found.decision_scores_}, index=features.index)


def pyod_ecod(observations: Observations) -> pd.DataFrame:
    """Rank by PyOD's ECOD on the usual features, defaults."""
    features = usual_features(observations)
    return pd.DataFrame({"PyOD ECOD": ECOD().fit(features.to_numpy()).decision_scores_}, index=features.index)


def careless_interviews(observations: Observations) -> pd.DataFrame:
    """Suspect interviews by careless-py's indices, and by the mean of their ranks.

    Each questionnaire by itself, defaults. ``longstring`` takes text, so each answer becomes one letter; ``evenodd``
    asks for the lengths of the factors, and a questionnaire counts as one; ``mahad`` leaves out interviews with a
    missing item, as ``na_rm`` says.
    """
    surveys = observations["surveys"]
    items = observations.members("surveys", "q_")
    parts = []
    for _, asked in surveys.groupby("survey"):
        answers = asked[items].dropna(axis=1, how="all").to_numpy(dtype=np.float64)
        texts = ["".join(chr(ord("a") + int(answer)) for answer in row[~np.isnan(row)]) for row in answers]
        runs = [found[1] if found else 0 for found in careless.longstring(texts)]
        indices = {
            "longstring": runs,
            "IRV": -careless.irv(answers),
            "Mahalanobis": careless.mahad(answers, na_rm=True),
            "even-odd": -careless.evenodd(answers, [answers.shape[1]]),
            "person-total": -careless.person_total(answers),
            "Guttman errors": careless.guttman(answers),
        }
        parts.append(pd.DataFrame(indices, index=asked.index))
    found = pd.concat(parts).reindex(surveys.index)
    together = found.rank(pct=True).mean(axis=1)
    return found.add_prefix("careless-py ").assign(**{"careless-py, mean rank of the six": together})


def repeated_answers(observations: Observations) -> pd.DataFrame:
    """Suspect open answers that have a near-duplicate at the same dealer, found by datasketch.

    MinHash with its default 128 permutations over three letters at a time; MinHashLSH at a Jaccard likeness of 0.5, as
    in its documentation's example. Equal texts are looked up once.
    """
    surveys = observations["surveys"]
    said = surveys.loc[surveys["verbatim"].notna(), ["dealer_id", "verbatim"]]
    place, texts = pd.factorize(said["verbatim"])
    index, sketches = MinHashLSH(threshold=0.5, num_perm=128), []
    for number, text in enumerate(texts):
        sketch = MinHash(num_perm=128)
        sketch.update_batch([part.encode() for part in _letters_together(text)])
        index.insert(number, sketch)
        sketches.append(sketch)
    alike = [index.query(sketch) for sketch in sketches]
    dealer, _ = pd.factorize(said["dealer_id"])
    times = pd.Series(1, index=pd.MultiIndex.from_arrays([dealer, place])).groupby(level=[0, 1]).sum().to_dict()
    repeated = [
        times[at, text] > 1 or any(other != text and (at, other) in times for other in alike[text])
        for at, text in zip(dealer, place, strict=True)
    ]
    found = pd.Series(repeated, index=said.index, dtype="float64").reindex(surveys.index)
    return found.rename("datasketch near-duplicates").to_frame()


def _letters_together(text: str) -> set[str]:
    return {text[at : at + _LETTERS_TOGETHER] for at in range(max(len(text) - _LETTERS_TOGETHER + 1, 1))}


def fraud_eagle_reviews(reviews: pd.DataFrame, bound_s: float) -> "pd.Series[float]":
    """Give every review the FraudEagle belief that its author is a fraud.

    Epsilon has no default; 0.1 and 0.25 rank YelpChi alike. Messages are passed until they settle to 0.001, or until
    the time is up.

    Parameters
    ----------
    reviews
        ``author_id``, ``dealer_id`` and ``rating``.
    bound_s
        Seconds after which no further round begins.
    """
    started = time.perf_counter()
    graph = FraudEagleGraph(FRAUD_EAGLE_EPSILON)
    authors = {name: graph.new_reviewer(name) for name in reviews["author_id"].unique()}
    dealers = {name: graph.new_product(name) for name in reviews["dealer_id"].unique()}
    for author, dealer, rating in _normalised(reviews):
        graph.add_review(authors[author], dealers[dealer], rating)
    while graph.update() > FRAUD_EAGLE_SETTLED and time.perf_counter() - started < bound_s:
        continue
    beliefs = {name: author.anomalous_score for name, author in authors.items()}
    return reviews["author_id"].map(beliefs).astype("float64")


def fraudar_reviews(reviews: pd.DataFrame) -> "pd.Series[float]":
    """Give every review 1 if its author is in the densest block that FRAUDAR finds, else 0; defaults (one block).

    Parameters
    ----------
    reviews
        ``author_id``, ``dealer_id`` and ``rating``.
    """
    graph = FraudarGraph()
    authors = {name: graph.new_reviewer(name) for name in reviews["author_id"].unique()}
    dealers = {name: graph.new_product(name) for name in reviews["dealer_id"].unique()}
    for author, dealer, rating in _normalised(reviews):
        graph.add_review(authors[author], dealers[dealer], rating)
    with contextlib.redirect_stdout(io.StringIO()):
        graph.update()
    found = {name: author.anomalous_score for name, author in authors.items()}
    return reviews["author_id"].map(found).astype("float64")


def _normalised(reviews: pd.DataFrame) -> Iterable[tuple[str, str, float]]:
    """Return author, dealer and the rating from 0 to 1, as the graphs take them."""
    low, high = STARS
    return zip(reviews["author_id"], reviews["dealer_id"], (reviews["rating"] - low) / (high - low), strict=True)


def fraud_eagle(observations: Observations, *, bound_s: float) -> pd.DataFrame:
    """Rank by the mean of `fraud_eagle_reviews` over a dealer's reviews."""
    reviews = observations["reviews"]
    beliefs = fraud_eagle_reviews(reviews, bound_s).groupby(reviews["dealer_id"]).mean()
    return beliefs.rename("FraudEagle, reviews").to_frame()


def fraudar(observations: Observations) -> pd.DataFrame:
    """Rank by the share of a dealer's reviews whose authors are in the block of `fraudar_reviews`."""
    reviews = observations["reviews"]
    return fraudar_reviews(reviews).groupby(reviews["dealer_id"]).mean().rename("FRAUDAR, reviews").to_frame()


def averaged(suspect: Peer) -> Peer:
    """Return the peer that ranks dealers by the mean suspicion of their interviews."""

    def by_dealer(observations: Observations) -> pd.DataFrame:
        found = suspect(observations).groupby(observations["surveys"]["dealer_id"]).mean()
        return found.fillna(found.median())

    return by_dealer


INTERVIEW_PEERS: Sequence[Peer] = (perfect_interviews, careless_interviews, repeated_answers)
"""Peers that suspect interviews: one row an interview, NaN where they have nothing to say."""


def dealer_peers(bound_s: float) -> Sequence[Peer]:
    """Return every peer that ranks dealers, in the order of the table.

    Parameters
    ----------
    bound_s
        Seconds after which FraudEagle begins no further round.
    """
    on_reviews = partial(fraud_eagle, bound_s=bound_s)
    return *(averaged(peer) for peer in INTERVIEW_PEERS), pyod_iforest, pyod_ecod, on_reviews, fraudar
