"""What a dealer's rows look like, in figures that say nothing of how good the dealer is.

Each figure is a **residual**: what is left when the dealer's own level of satisfaction, and how many rows it has, are
taken into account. A dealer whose customers are all delighted has many full marks, few eights and nines, and little
variation, and it lies exactly where dealers of that level lie.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from detectors.core.instruments.spread import Floats
from detectors.core.interviews import level, perfect
from detectors.core.observations import Observations

WORDS = {
    "full": "interviews with full marks on everything",
    "middle": "overall answers just below the top",
    "one_number": "interviews with one number for everything",
    "variation": "variation within interviews",
    "facts": "how answers follow the process facts",
    "closing": "full marks in the last days of a month",
    "short": "short interviews",
    "spread_s": "variation of durations",
    "said": "interviews with an open answer",
    "letters": "length of open answers",
    "repeated": "open answers said before",
    "completed": "contacts that became interviews",
    "dead": "contacts with dead or wrong numbers",
    "shared": "phone numbers given twice",
}
"""The figures, as a reviewer reads them."""

_LOW_IS_ODD = ("middle", "variation")
_BOTH_ARE_ODD = ("spread_s", "said", "letters")
"""Figures that gaming lowers, and that it may move either way. It raises the others; few full marks are not odd."""

_CLOSING_DAYS = 7


@dataclass(frozen=True)
class Yardstick:
    """What is left of a figure beside the level: regression on the level, and the robust width of what is left.

    Parameters
    ----------
    coefficients
        Intercept, slope and curvature on the level, by figure.
    middle, width
        Median and robust width of what is left, in units of one interview, by figure.
    """

    coefficients: "dict[str, Floats]"
    middle: "pd.Series[float]"
    width: "pd.Series[float]"

    def residuals(self, figures: pd.DataFrame) -> pd.DataFrame:
        """Return how far the figures lie beyond those of dealers of the same level and size; 0 where one is missing."""
        known = {name: _rest(figures, name, self.coefficients[name]) for name in self.coefficients}
        left = (pd.DataFrame(known, index=figures.index) - self.middle) / self.width
        for name in left.columns.intersection(list(_LOW_IS_ODD)):
            left[name] = -left[name]
        for name in left.columns.difference(list(_BOTH_ARE_ODD)):
            left[name] = left[name].clip(lower=0.0)
        # Far out is far out: one wild figure must not be all that is seen.
        return left.clip(-8.0, 8.0).fillna(0.0)


def learn_yardstick(figures: pd.DataFrame) -> Yardstick:
    """Learn how the figures of a network's dealers follow their level.

    Parameters
    ----------
    figures
        From `figures_of`.
    """
    coefficients, left = {}, {}
    for name in WORDS:
        known = figures[name].notna() if name in figures.columns else np.zeros(len(figures), dtype=bool)
        if np.count_nonzero(known) < 10 or figures.loc[known, name].nunique() < 3:
            continue
        rows = figures[known]
        powers = np.vander(rows["level"].to_numpy(), 3, increasing=True)
        weight = np.sqrt(rows["n"].to_numpy(dtype=np.float64))
        solved = np.linalg.lstsq(powers * weight[:, None], rows[name].to_numpy() * weight, rcond=None)
        coefficients[name] = np.asarray(solved[0], dtype=np.float64)
        left[name] = _rest(figures, name, coefficients[name])
    rest = pd.DataFrame(left, index=figures.index)
    middle = rest.median()
    width = 1.4826 * (rest - middle).abs().median()
    some = width[width > 0].index
    return Yardstick({name: coefficients[name] for name in some}, middle[some], width[some])


def _rest(figures: pd.DataFrame, name: str, coefficients: Floats) -> "pd.Series[float]":
    if name not in figures.columns:
        return pd.Series(np.nan, index=figures.index)
    usual = np.vander(figures["level"].to_numpy(), 3, increasing=True) @ coefficients
    # A share of few rows strays further: the root of their number makes large and small dealers alike.
    rest: pd.Series[float] = (figures[name] - usual) * np.sqrt(figures["n"])
    return rest


def figures_of(observations: Observations, usual_log_s: "pd.Series[float]") -> pd.DataFrame:
    """Return the figures of each dealer that has interviews.

    Parameters
    ----------
    observations
        Rows with interviews.
    usual_log_s
        From `usual_durations`, of the network.

    Returns
    -------
    pandas.DataFrame
        Index dealer; ``n`` interviews, ``level`` (mean level of the answers, 0 to 1), and the `WORDS` that can be told.
    """
    surveys = observations["surveys"]
    rows = pd.DataFrame({"dealer_id": surveys["dealer_id"], "level": level(observations)}).assign(n=1.0)
    rows = rows.assign(**_answers(observations)).assign(**_durations(surveys, usual_log_s)).assign(**_texts(surveys))
    by_dealer = rows.groupby("dealer_id", sort=True)
    figures = by_dealer.mean().assign(n=by_dealer.size())
    figures["closing"] = _difference(rows, perfect(observations), surveys["called_at"].dt.days_in_month
                                     - surveys["called_at"].dt.day < _CLOSING_DAYS)  # fmt: skip
    failed = _failed(observations)
    if failed is not None:
        figures["facts"] = _difference(rows, rows["level"], failed == 0)
    return figures.join(_contacts(observations))


def _answers(observations: Observations) -> "dict[str, pd.Series[float]]":
    surveys = observations["surveys"]
    scale = observations.scale_of(surveys["survey"])
    names = ["overall", *observations.members("surveys", "q_")]
    count, total, squares = (np.zeros(len(surveys)) for _ in range(3))
    for name in names:
        rating = surveys[name].to_numpy(dtype=np.float64)
        known = ~np.isnan(rating)
        count += known
        total += np.where(known, rating, 0)
        squares += np.where(known, rating, 0) ** 2
    variance = np.maximum(squares / np.maximum(count, 1) - (total / np.maximum(count, 1)) ** 2, 0)
    width = (scale["high"] - scale["low"]).to_numpy(dtype=np.float64)
    share = (surveys["overall"] - scale["low"]) / width
    index = surveys.index
    return {
        "full": perfect(observations).astype("float64"),
        "middle": ((share >= 0.7) & (share < 1)).astype("float64"),
        "one_number": pd.Series(np.where(count > 2, variance < 1e-9, np.nan), index=index, dtype="float64"),
        "variation": pd.Series(np.where(count > 2, np.sqrt(variance) / width, np.nan), index=index),
    }


def usual_durations(network: Observations) -> "pd.Series[float]":
    """Return the median log-duration of each questionnaire and agency; empty where none is recorded."""
    surveys = network["surveys"]
    if "duration_s" not in surveys.columns:
        return pd.Series(dtype="float64")
    return _log_durations(surveys).groupby(_fieldwork(surveys)).median()


def _log_durations(surveys: pd.DataFrame) -> "pd.Series[float]":
    seconds = surveys["duration_s"].to_numpy(dtype=np.float64)
    return pd.Series(np.log(np.where(seconds > 0, seconds, np.nan)), index=surveys.index)


def _fieldwork(surveys: pd.DataFrame) -> "pd.Series[str]":
    return surveys["survey"] + "|" + surveys["vendor"].fillna("") if "vendor" in surveys.columns else surveys["survey"]


def _durations(surveys: pd.DataFrame, usual_log_s: "pd.Series[float]") -> "dict[str, pd.Series[float]]":
    if "duration_s" not in surveys.columns:
        return {}
    codes, names = pd.factorize(_fieldwork(surveys))
    usual = usual_log_s.reindex(names).to_numpy(dtype=np.float64)
    beside = _log_durations(surveys) - usual[codes]
    return {"short": -beside, "spread_s": beside.abs()}


def _texts(surveys: pd.DataFrame) -> "dict[str, pd.Series[float]]":
    if "verbatim" not in surveys.columns:
        return {}
    said = surveys["verbatim"]
    long = said.where(said.str.len() >= 8)
    again = pd.DataFrame({"dealer": surveys["dealer_id"], "said": long}).duplicated()
    return {
        "said": said.notna().astype("float64"),
        "letters": said.str.len().astype("float64") ** 0.5,
        "repeated": again.where(long.notna()).astype("float64"),
    }


def _failed(observations: Observations) -> "pd.Series[float] | None":
    facts = observations.members("surveys", "fact_")
    if not facts:
        return None
    asked = observations["surveys"][facts]
    return (asked == 0).sum(axis=1).where(asked.notna().any(axis=1)).astype("float64")


def _difference(rows: pd.DataFrame, values: "pd.Series", inside: "pd.Series[bool]") -> "pd.Series[float]":
    """Return how much higher the values lie inside than outside, by dealer."""
    dealer = rows["dealer_id"]
    numbers = values.astype("float64")
    within: pd.Series[float] = numbers[inside].groupby(dealer[inside]).mean()
    return within.sub(numbers[~inside].groupby(dealer[~inside]).mean())


def _contacts(observations: Observations) -> pd.DataFrame:
    if not observations.has("contacts", "disposition"):
        return pd.DataFrame(index=pd.Index([], dtype="str"))
    contacts = observations["contacts"]
    came = contacts["disposition"]
    figures = {
        "completed": (came == "completed").astype("float64"),
        "dead": came.isin(["out_of_service", "wrong_number", "not_customer"]).astype("float64"),
    }
    if "phone" in contacts.columns:
        again = contacts.duplicated(["dealer_id", "phone"], keep=False)
        figures["shared"] = again.where(contacts["phone"].notna()).astype("float64")
    return pd.DataFrame(figures).groupby(contacts["dealer_id"], sort=True).mean()
