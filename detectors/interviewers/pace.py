"""Pace: interviews too short for what was asked and written down.

The pattern. Reading ten items aloud and writing down an answer takes minutes. Interviews that are filled in at the
desk take as long as clicking does, and leave a cluster of durations far below everyone else's.

Why it matters. It is the one trace of invention that better answers do not hide.

What honest thing can look the same. Some interviewers speak fast and some customers are short: an interview is
compared with interviews of the same questionnaire, agency and month, with as many answered items and as long a text,
and the share of an interviewer's interviews among the shortest hundredth is compared with how far *honest
interviewers differ* in it, fast ones included. A fast interviewer is fast by a constant factor, so an interview
counts only if it is also far below the interviewer's own longer half. An agency that records no durations is not
judged.

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

from detectors.core.detector import Detector, NotEnough
from detectors.core.evidence import Weighed, records
from detectors.core.instruments.spread import Floats
from detectors.core.instruments.usual import Usual, learn_usual, weigh_excess
from detectors.core.observations import Observations
from detectors.core.schemes import Scheme

_GROUPS = ("survey", "vendor", "wave")


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

    schemes: ClassVar[tuple[Scheme, ...]] = (Scheme.FABRICATED,)
    needs: ClassVar[Mapping[str, tuple[str, ...]]] = {"surveys": ("interviewer_id", "duration_s")}

    def _learn(self, network: Observations) -> _Learnt:
        timed = _timed(network)
        if len(timed) < self.fewest_timed or timed["interviewer_id"].nunique() < 2:
            raise NotEnough(f"With fewer than {self.fewest_timed} timed interviews nobody can say what is short.")
        what = timed[["items", "letters"]].to_numpy()
        centred = what - what.mean(axis=0)
        effects = np.linalg.lstsq(centred, timed["log_s"].to_numpy() - timed["log_s"].mean(), rcond=None)[0]
        rest = timed["log_s"] - what @ effects
        middles = rest.groupby(timed["group"]).median()
        excess = rest - timed["group"].map(middles)
        short_below = float(np.quantile(excess, self.shortest_share))
        upper = float(excess.groupby(timed["interviewer_id"]).quantile(0.75).median())
        yardstick = _Yardstick(effects, middles, float(rest.median()), short_below, upper)
        counts = _counts(_short(timed, yardstick))
        return _Learnt(yardstick, learn_usual(counts["hits"], counts["trials"], potency=self.potency))

    def _weigh(self, observations: Observations, learned: _Learnt) -> Weighed:
        timed = _short(_timed(observations), learned.yardstick)
        counts = _counts(timed)
        units = weigh_excess(
            counts,
            learned.usual,
            fewest=self.fewest_interviews,
            few=f"{{trials}} timed interviews; with fewer than {self.fewest_interviews} an interviewer is not judged.",
            sentence="{hits} of {trials} interviews were too short for their items and text; interviewers like "
            "this one have {fewest} to {most}.",
        )
        rows = timed[timed["short"]]
        said = pd.DataFrame(
            {
                "record_id": rows["response_id"],
                "unit_id": rows["interviewer_id"],
                "probability": rows["interviewer_id"].map(
                    1.0 - (units["expected"] / units["observed"].clip(lower=1.0)).clip(0.05, 1.0)
                ),
                "reason": [
                    f"It took {seconds:.0f} seconds; such interviews mostly take {usual:.0f}."
                    for seconds, usual in zip(
                        np.exp(rows["log_s"]), np.exp(rows["log_s"] - rows["excess"]), strict=True
                    )
                ],
            }
        )
        return Weighed(units, records("surveys", said.astype({"probability": "float64"})))


def _timed(observations: Observations) -> pd.DataFrame:
    """Return the interviews with a duration and an interviewer: what they had to fit into it."""
    surveys = observations["surveys"]
    kept = surveys["interviewer_id"].notna() & (surveys["duration_s"] > 0)
    rows = surveys[kept]
    items = rows[observations.members("surveys", "q_")].notna().sum(axis=1)
    letters = rows["verbatim"].str.len().fillna(0) if "verbatim" in rows.columns else 0.0
    group = rows["survey"]
    for column in _GROUPS[1:]:
        if column in rows.columns:
            group = group + "|" + rows[column].fillna("")
    return rows[["response_id", "interviewer_id"]].assign(
        log_s=np.log(rows["duration_s"]),
        items=items.astype("float64"),
        letters=np.sqrt(np.asarray(letters, dtype=np.float64)),
        group=group,
    )


def _short(timed: pd.DataFrame, yardstick: _Yardstick) -> pd.DataFrame:
    """Mark the interviews that are short for what they had to hold, and for who held them."""
    rest = timed["log_s"] - timed[["items", "letters"]].to_numpy() @ yardstick.effects
    excess = rest - timed["group"].map(yardstick.middles).astype("float64").fillna(yardstick.middle)
    # The upper quartile is the interviewer's own pace even if half the interviews are invented.
    own = timed["interviewer_id"].map(excess.groupby(timed["interviewer_id"]).quantile(0.75)).astype("float64")
    faster = (own - yardstick.upper_quartile).clip(upper=0.0)
    short = excess - faster < yardstick.short_below
    return timed.assign(excess=excess, short=short)


def _counts(timed: pd.DataFrame) -> pd.DataFrame:
    by_interviewer = timed.groupby("interviewer_id", sort=True)["short"]
    return pd.DataFrame({"hits": by_interviewer.sum(), "trials": by_interviewer.size()})
