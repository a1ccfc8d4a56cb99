"""Pace: interviews too short for what was asked and written down.

The pattern. Reading ten items aloud and writing down an answer takes minutes. Interviews that are filled in at the
desk take as long as clicking does, and leave a cluster of durations far below everyone else's.

Why it matters. It is the one trace of invention that better answers do not hide.

What honest thing can look the same. Some interviewers speak fast and some customers are short: an interview is
compared with interviews of the same questionnaire, agency and month, with as many answered items and as long a text,
and the share of an interviewer's interviews among the shortest hundredth is compared with how far *honest
interviewers differ* in it, fast ones included. A fast interviewer is fast by a constant factor, so an interview
counts only if it is also far below the interviewer's own longer half. An agency that records no durations is not
judged. What is left is a clock that contradicts the answers, interview by interview, so this may open a case by itself.

References
----------
Bhuiyan & Lackie (2016) and Murphy et al. (2016), Statistical Journal of the IAOS 32, on timing paradata and
falsification. De Haas & Winker (2016), ibid., on partly faked workloads.

Examples
--------
>>> from datetime import date
>>> import numpy as np, pandas as pd
>>> rng = np.random.default_rng(1)
>>> duration = np.exp(rng.normal(6.0, 0.25, 3000)).round()
>>> duration[:25] = rng.integers(40, 90, 25)
>>> duration[100:200] *= 0.75
>>> surveys = pd.DataFrame({
...     "response_id": [f"R{place}" for place in range(3000)], "survey": "SSI", "wave": "2026-10", "overall": 9.0,
...     "dealer_id": [f"D{place % 9}" for place in range(3000)], "q_attitude": 9.0, "duration_s": duration,
...     "interviewer_id": np.repeat([f"I{place:02d}" for place in range(30)], 100),
... })
>>> seen, detector = Observations(date(2026, 10, 31), {"surveys": surveys}), Pace()
>>> units = detector.weigh(seen, detector.learn(seen)).units
>>> bool(units["bits"].drop("I00").max() < 3 < 6 < units.loc["I00", "bits"])
True
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from detectors.core.codes import Coded
from detectors.core.detector import Detector, NotEnough
from detectors.core.evidence import Weighed, records
from detectors.core.instruments.spread import Floats
from detectors.core.instruments.usual import Usual, learn_usual, weigh_excess
from detectors.core.observations import Observations
from detectors.core.schemes import Scheme
from detectors.core.sentences import Said
from detectors.core.verbatims import verbatims

_GROUPS = ("survey", "vendor", "wave")
_FEW = Said(
    "{{trials}} timed interviews; with fewer than {fewest} an interviewer is not judged.",
    "有时长记录的访问有 {{trials}} 份；不足 {fewest} 份的访员不作判断。",
)
_TOLD = Said(
    "{hits} of {trials} interviews were too short for their items and text; interviewers like this one have {fewest} "
    "to {most}.",
    "{trials} 份访问中有 {hits} 份按题目数和记录字数衡量用时过短；同类访员为 {fewest} 至 {most} 份。",
)
_RECORD = Said(
    "It took {seconds:.0f} seconds; such interviews mostly take {mostly:.0f}.",
    "用时 {seconds:.0f} 秒；这样的访问通常需要 {mostly:.0f} 秒。",
)


@dataclass(frozen=True)
class _Yardstick:
    """Log-durations: effects of items and letters, the middle by group, what is short, an upper quartile."""

    effects: Floats
    middles: "pd.Series[float]"
    middle: float
    short_below: float
    upper_quartile: float


@dataclass(frozen=True)
class _Learnt:
    yardstick: _Yardstick
    usual: Usual


@dataclass(frozen=True)
class Pace(Detector):
    """Interviews too short for what was asked and written down.

    Parameters
    ----------
    fewest_interviews
        An interviewer with fewer timed interviews is not judged.
    fewest_timed
        The network needs so many timed interviews to say what is short.
    shortest_share
        Share of the network's interviews that are called short.
    potency
        Probability that an invented interview is short.
    """

    fewest_interviews: int = 20
    fewest_timed: int = 500
    shortest_share: float = 0.01
    potency: float = 0.6

    title: ClassVar[Said] = Said("Interviews too short for their questions", "访问用时过短")
    honest: ClassVar[tuple[Said, ...]] = (
        Said(
            "Short questionnaires and short answers take less time: an interview is compared with those of the same "
            "questionnaire, agency and month, with as many answers and as long a text.",
            "问卷短、回答短，用时自然少：一份访问只与同一问卷、同一调研公司、同一月份、题数和文字长度相当的访问相比。",
        ),
        Said(
            "A fast interviewer is fast throughout: an interview counts only if it is also far below the "
            "interviewer's own longer half.",
            "语速快的访员一贯都快：只有当一份访问也远短于该访员自己较长的那一半时才计入。",
        ),
        Said(
            "Some customers are brisk: how much honest interviewers differ in short interviews is learnt from the "
            "network.",
            "有的客户干脆利落：正常访员在短访问上差异多大，从全网学得。",
        ),
    )
    schemes: ClassVar[tuple[Scheme, ...]] = (Scheme.FABRICATED,)
    needs: ClassVar[Mapping[str, tuple[str, ...]]] = {"surveys": ("interviewer_id", "duration_s")}
    decisive: ClassVar[bool] = True

    def _learn(self, network: Observations) -> _Learnt:
        timed = network.shared(_timed)
        if len(timed.rows) < self.fewest_timed or np.count_nonzero(timed.interviewer.count()) < 2:
            raise NotEnough(
                f"With fewer than {self.fewest_timed} timed interviews nobody can say what is short.",
                f"有时长记录的访问不足 {self.fewest_timed} 份，无法判断怎样算短。",
            )
        centred = timed.what - timed.what.mean(axis=0)
        effects = np.linalg.lstsq(centred, timed.log_s - timed.log_s.mean(), rcond=None)[0]
        rest = pd.Series(timed.log_s - timed.what @ effects)
        middles = rest.groupby(timed.group.places).median()
        excess = rest.to_numpy() - middles.reindex(range(len(timed.group.names))).to_numpy()[timed.group.places]
        short_below = float(np.quantile(excess, self.shortest_share))
        upper = float(np.nanmedian(_upper_quartiles(timed.interviewer, excess)))
        middles = middles.rename(index=dict(enumerate(timed.group.names)))
        yardstick = _Yardstick(effects, middles, float(rest.median()), short_below, upper)
        counts = _counts(timed, _excess(timed, yardstick)[1])
        return _Learnt(yardstick, learn_usual(counts["hits"], counts["trials"], potency=self.potency))

    def _weigh(self, observations: Observations, learned: _Learnt) -> Weighed:
        timed = observations.shared(_timed)
        excess, is_short = _excess(timed, learned.yardstick)
        counts = _counts(timed, is_short)
        units = weigh_excess(
            counts,
            learned.usual,
            fewest=self.fewest_interviews,
            few=_FEW.filled(fewest=self.fewest_interviews),
            sentence=_TOLD,
        )
        short = np.flatnonzero(is_short)
        named = observations["surveys"].loc[timed.rows[short], ["response_id", "interviewer_id"]]
        chance = (units["expected"] / units["observed"].clip(lower=1.0)).clip(0.05, 1.0)
        lasted, usual = np.exp(timed.log_s[short]), np.exp(timed.log_s[short] - excess[short])
        said = named.set_axis(["record_id", "unit_id"], axis=1).assign(
            probability=named["interviewer_id"].map(1.0 - chance).astype("float64")
        )
        reason = [_RECORD.filled(seconds=seconds, mostly=mostly) for seconds, mostly in zip(lasted, usual, strict=True)]
        return Weighed(units, records("surveys", said, reason))


@dataclass(frozen=True)
class _Timed:
    """The interviews with a duration and an interviewer: whose, how long, what had to fit into it, what is like it."""

    rows: NDArray[np.int64]
    interviewer: Coded
    log_s: Floats
    what: Floats
    group: Coded


def _timed(observations: Observations) -> _Timed:
    surveys, interviewer = observations["surveys"], observations.coded("surveys", "interviewer_id")
    seconds = surveys["duration_s"].to_numpy(dtype=np.float64)
    rows = np.flatnonzero((interviewer.places >= 0) & (seconds > 0))
    items, letters = np.zeros((2, len(surveys)))
    for item in observations.members("surveys", "q_"):
        items += ~np.isnan(surveys[item].to_numpy())
    if "verbatim" in surveys.columns:
        texts = observations.shared(verbatims)
        letters = np.append(texts.unique.str.len().to_numpy(dtype=np.float64), 0.0)[texts.places]
    places, names = np.zeros(len(surveys), dtype=np.int64), [""]
    for column in _GROUPS:
        if column in surveys.columns:
            coded = observations.coded("surveys", column)
            # The last stands for a missing one, whose place is -1.
            values = [*coded.names, ""]
            places = places * len(values) + coded.places % len(values)
            names = [f"{name}|{value}" for name in names for value in values]
    what = np.column_stack([items[rows], np.sqrt(letters[rows])])
    group = Coded(places[rows], pd.Index(names, dtype="str"))
    return _Timed(rows, Coded(interviewer.places[rows], interviewer.names), np.log(seconds[rows]), what, group)


def _excess(timed: _Timed, yardstick: _Yardstick) -> tuple[Floats, NDArray[np.bool_]]:
    """Return how long the interviews lasted beyond the usual, and which were short also for who held them."""
    usual = yardstick.middles.reindex(timed.group.names).fillna(yardstick.middle).to_numpy()
    excess = np.asarray(timed.log_s - timed.what @ yardstick.effects - usual[timed.group.places], dtype=np.float64)
    # The upper quartile is the interviewer's own pace even if half the interviews are invented.
    faster = np.minimum(_upper_quartiles(timed.interviewer, excess) - yardstick.upper_quartile, 0.0)
    return excess, excess - faster[timed.interviewer.places] < yardstick.short_below


def _upper_quartiles(interviewer: Coded, excess: Floats) -> Floats:
    """Return the upper quartile of each interviewer; NaN of one without interviews."""
    quartiles = pd.Series(excess).groupby(interviewer.places).quantile(0.75)
    return np.asarray(quartiles.reindex(range(len(interviewer.names))), dtype=np.float64)


def _counts(timed: _Timed, short: NDArray[np.bool_]) -> pd.DataFrame:
    hits, trials = timed.interviewer.count(short), timed.interviewer.count()
    return pd.DataFrame({"hits": hits, "trials": trials}, index=timed.interviewer.names)[trials > 0]
