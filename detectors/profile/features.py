"""What a dealer's rows look like, in figures that say nothing of how good the dealer is.

Each figure is a **residual**: what is left when the dealer's own level of satisfaction, and how many rows it has, are
taken into account. A dealer whose customers are all delighted has many full marks, few eights and nines, and little
variation, and it lies exactly where dealers of that level lie.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from detectors.core.codes import Coded
from detectors.core.instruments.spread import Floats
from detectors.core.interviews import kind_of_interview, level, perfect
from detectors.core.keys import MISSING, token
from detectors.core.observations import Observations
from detectors.core.sentences import Said
from detectors.core.verbatims import verbatims

WORDS = {
    "full": Said("interviews with full marks on everything", "各项满分的访问"),
    "middle": Said("overall answers just below the top", "略低于最高分的总体评分"),
    "one_number": Said("interviews with one number for everything", "所有题目给同一个分数的访问"),
    "variation": Said("variation within interviews", "单份访问内各题评分的差异"),
    "facts": Said("how answers follow the process facts", "评分与过程事实的关联"),
    "closing": Said("full marks in the last days of a month", "月末几天的满分"),
    "short": Said("short interviews", "用时短的访问"),
    "spread_s": Said("variation of durations", "访问时长的差异"),
    "said": Said("interviews with an open answer", "有开放题回答的访问"),
    "letters": Said("length of open answers", "开放题回答的长度"),
    "repeated": Said("open answers said before", "与之前重复的开放题回答"),
    "completed": Said("contacts that became interviews", "完成访问的联系人"),
    "dead": Said("contacts with dead or wrong numbers", "空号或错号的联系人"),
    "shared": Said("phone numbers given twice", "重复提供的电话号码"),
}
"""The figures, as a reviewer reads them."""

_LOW_IS_ODD = ("middle", "variation")
_BOTH_ARE_ODD = ("spread_s", "said", "letters")
"""Figures that gaming lowers, and that it may move either way. It raises the others; few full marks are not odd."""

_CLOSING_DAYS = 7
_LONG_LETTERS = 8
_DEAD = ["out_of_service", "wrong_number", "not_customer"]


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
    figures = observations.shared(_figures)
    if "duration_s" in observations["surveys"].columns:
        dealer, kind = observations.coded("surveys", "dealer_id"), observations.shared(kind_of_interview)
        usual = usual_log_s.reindex(kind.names).to_numpy(dtype=np.float64)
        beside = observations.shared(_log_durations) - usual[kind.places]
        figures = figures.assign(short=_mean(dealer, -beside), spread_s=_mean(dealer, np.abs(beside)))
    return figures[figures["n"] > 0]


def usual_durations(network: Observations) -> "pd.Series[float]":
    """Return the median log-duration of each questionnaire and agency; empty where none is recorded."""
    if "duration_s" not in network["surveys"].columns:
        return pd.Series(dtype="float64")
    kind = network.shared(kind_of_interview)
    medians = pd.Series(network.shared(_log_durations)).groupby(kind.places).median()
    return medians.rename(index=dict(enumerate(kind.names)))


def _figures(observations: Observations) -> pd.DataFrame:
    """Return the figures that need nothing of the network."""
    surveys, dealer = observations["surveys"], observations.coded("surveys", "dealer_id")
    height, full = observations.shared(level), np.asarray(observations.shared(perfect), dtype=np.float64)
    called = surveys["called_at"].dt
    closing = np.asarray(called.days_in_month - called.day < _CLOSING_DAYS, dtype=bool)
    rows = {"level": height, "full": full, **_answers(observations), **_texts(observations)}
    figures = pd.DataFrame({name: _mean(dealer, values) for name, values in rows.items()}, index=dealer.names)
    figures["n"] = dealer.count().astype(np.float64)
    figures["closing"] = _difference(dealer, full, closing)
    failed = _failed(observations)
    if failed is not None:
        figures["facts"] = _difference(dealer, height, failed == 0)
    return figures.join(_contacts(observations))


def _mean(unit: Coded, values: Floats) -> Floats:
    """Return the mean of the values of each unit; NaN where it has none."""
    with np.errstate(invalid="ignore"):
        return np.asarray(unit.sum(values) / unit.count(~np.isnan(values)), dtype=np.float64)


def _difference(unit: Coded, values: Floats, inside: NDArray[np.bool_]) -> Floats:
    """Return how much higher the values lie inside than outside, by unit."""
    return _mean(unit, np.where(inside, values, np.nan)) - _mean(unit, np.where(inside, np.nan, values))


def _answers(observations: Observations) -> dict[str, Floats]:
    surveys = observations["surveys"]
    scale = observations.scale_of(surveys["survey"]).to_numpy(dtype=np.float64)
    names = ["overall", *observations.members("surveys", "q_")]
    count, total, squares = (np.zeros(len(surveys)) for _ in range(3))
    for name in names:
        rating = surveys[name].to_numpy(dtype=np.float64)
        known = ~np.isnan(rating)
        rating = np.where(known, rating, 0.0)
        count += known
        total += rating
        squares += rating**2
    variance = np.maximum(squares / np.maximum(count, 1) - (total / np.maximum(count, 1)) ** 2, 0)
    width = scale[:, 1] - scale[:, 0]
    share = (surveys["overall"].to_numpy(dtype=np.float64) - scale[:, 0]) / width
    several = count > 2
    return {
        "middle": ((share >= 0.7) & (share < 1)).astype(np.float64),
        "one_number": np.where(several, variance < 1e-9, np.nan),
        "variation": np.where(several, np.sqrt(variance) / width, np.nan),
    }


def _log_durations(observations: Observations) -> Floats:
    seconds = observations["surveys"]["duration_s"].to_numpy(dtype=np.float64)
    return np.log(np.where(seconds > 0, seconds, np.nan))


def _texts(observations: Observations) -> dict[str, Floats]:
    if "verbatim" not in observations["surveys"].columns:
        return {}
    texts, dealer = observations.shared(verbatims), observations.coded("surveys", "dealer_id")
    typed = np.append(texts.unique.str.len().to_numpy(dtype=np.float64), np.nan)[texts.places]
    rows = np.flatnonzero(typed >= _LONG_LETTERS)
    repeated = np.full(len(typed), np.nan)
    repeated[rows] = pd.Series(dealer.places[rows] * len(texts.unique) + texts.places[rows]).duplicated()
    return {"said": (texts.places >= 0).astype(np.float64), "letters": np.sqrt(typed), "repeated": repeated}


def _failed(observations: Observations) -> Floats | None:
    """Return how many process facts failed; NaN where none was asked for."""
    facts = observations.members("surveys", "fact_")
    if not facts:
        return None
    surveys = observations["surveys"]
    failed, asked = np.zeros(len(surveys)), np.zeros(len(surveys), dtype=bool)
    for fact in facts:
        happened = surveys[fact].to_numpy(dtype=np.float32)
        failed += happened == 0
        asked |= ~np.isnan(happened)
    return np.where(asked, failed, np.nan)


def _contacts(observations: Observations) -> pd.DataFrame:
    if not observations.has("contacts", "disposition"):
        return pd.DataFrame(index=pd.Index([], dtype="str"))
    dealer, came = observations.coded("contacts", "dealer_id"), observations.coded("contacts", "disposition")
    figures = {}
    for name, dispositions in (("completed", ["completed"]), ("dead", _DEAD)):
        figures[name] = _mean(dealer, np.append(came.names.isin(dispositions), False)[came.places].astype(np.float64))
    if "phone" in observations["contacts"].columns:
        phone = token(observations, "contacts", "phone")
        figures["shared"] = _mean(dealer, np.where(phone == MISSING, np.nan, pd.Series(phone).duplicated(keep=False)))
    return pd.DataFrame(figures, index=dealer.names)
