"""Real answers as an honest base: airline passengers turned into an inbox, with cheating planted in some dealers.

25,976 passengers rated fourteen items from 1 to 5 (0 is "does not apply") and said whether they were satisfied. They
are grouped into invented dealers whose quality differs as real dealers' does, and part of some dealers' interviews is
made to look coached, paid for, or gamed at the month's end. Contacts, texts and interviewers are not in these data, so
the detectors that need them abstain.

    python -m benchmarks.airline --data airline_satisfaction.csv.gz --inbox DIR --home DIR [--planted] [--seed 0]
    python -m benchmarks.airline --data airline_satisfaction.csv.gz --seeds 5      # writes the table

The settings that such an inbox needs are written into the home, as ``mingcha.toml``.
"""

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.metrics import average_precision_score

from benchmarks.tables import quote
from detectors.core.observations import Observations
from detectors.core.schemes import Scheme
from detectors.core.weighing import weigh

SURVEY = "AIR"
SCALE = (1, 5)
LAST_DAY = pd.Timestamp("2026-10-31")
DAYS = 184
DEALERS = 150
LATE_FROM_MINUTES = 15
ICC = 0.04
"""Share of the variance of answers that lies between dealers; hospital and dealer surveys report 2 to 6 %."""

SETTINGS = f'surveys = ["{SURVEY}"]\n\n[scales]\n{SURVEY} = [{SCALE[0]}, {SCALE[1]}]\n'


@dataclass(frozen=True)
class Planted:
    """An inbox's rows and what was planted in them.

    Parameters
    ----------
    surveys
        The source ``surveys``.
    truth
        ``unit_id``, ``scheme`` and ``affected_share`` of each dealer that cheats.
    records
        ``response_id`` of each manipulated interview.
    """

    surveys: pd.DataFrame
    truth: pd.DataFrame
    records: "pd.Series[str]"


def read(path: Path) -> pd.DataFrame:
    """Read the passengers: items ``q_01`` … ``q_14``, facts, and whether they were satisfied.

    Parameters
    ----------
    path
        ``airline_satisfaction.csv.gz``.
    """
    raw = pd.read_csv(path)
    names = list(raw.columns)
    items = raw[names[names.index("Inflight wifi service") : names.index("Cleanliness") + 1]].astype("float32")
    items = items.where(items > 0)
    items.columns = pd.Index([f"q_{place:02}" for place in range(1, items.shape[1] + 1)])
    facts = pd.DataFrame(
        {
            "fact_departed_on_time": raw["Departure Delay in Minutes"] < LATE_FROM_MINUTES,
            "fact_arrived_on_time": raw["Arrival Delay in Minutes"] < LATE_FROM_MINUTES,
        }
    ).astype("float32")
    facts.loc[raw["Arrival Delay in Minutes"].isna(), "fact_arrived_on_time"] = np.nan
    satisfied = raw["satisfaction"].eq("satisfied")
    mean = items.mean(axis=1)
    # The data say only satisfied or not; within each half the passenger's own items give the level.
    overall = mean.round().clip(4, 5).where(satisfied, mean.round().clip(1, 3)).fillna(3).astype("float32")
    passengers: pd.DataFrame = pd.concat([items, facts], axis=1).assign(overall=overall)
    return passengers


def build(passengers: pd.DataFrame, rng: np.random.Generator, *, planted: bool) -> Planted:
    """Group passengers into dealers and plant cheating in some.

    Parameters
    ----------
    passengers
        From `read`.
    rng
        Source of chance.
    planted
        Whether anybody cheats.

    Returns
    -------
    Planted
        Interviews in the inbox's columns, with the truth.
    """
    rows = len(passengers)
    items = [name for name in passengers.columns if name.startswith("q_")]
    level = passengers[items].mean(axis=1).fillna(3.0)
    standing = (level - level.mean()) / level.std()
    # A dealer's customers stand near it in a noisy order, so that its mean moves by the intended share of variance.
    mixed = np.sqrt(ICC) * standing + np.sqrt(1 - ICC) * rng.normal(size=rows)
    sizes = rng.lognormal(0.0, 0.5, size=DEALERS)
    edges = np.round(np.cumsum(sizes) / sizes.sum() * rows).astype(int)
    dealer = np.empty(rows, dtype=np.int64)
    dealer[np.argsort(mixed.to_numpy())] = np.searchsorted(edges, np.arange(rows), side="right")
    name = rng.permutation(DEALERS)[np.minimum(dealer, DEALERS - 1)]
    days = rng.integers(0, DAYS, size=rows)
    called_at = LAST_DAY - pd.to_timedelta(days, unit="D") + pd.to_timedelta(rng.integers(32400, 72000, rows), unit="s")
    surveys = passengers.assign(
        response_id=[f"R{place:06}" for place in range(rows)],
        survey=SURVEY,
        wave=called_at.strftime("%Y-%m"),
        dealer_id=pd.Series(name).map("D{:03}".format).to_numpy(),
        called_at=called_at.to_numpy(),
    )
    return _plant(surveys, items, rng) if planted else Planted(surveys, _truth([]), pd.Series(dtype="str"))


def _plant(surveys: pd.DataFrame, items: list[str], rng: np.random.Generator) -> Planted:
    schemes = [Scheme.COACHED] * 8 + [Scheme.INCENTIVISED] * 8 + [Scheme.TARGET_GAMING] * 8
    cheats = rng.choice(np.sort(surveys["dealer_id"].unique()), size=len(schemes), replace=False)
    touched, truth = np.zeros(len(surveys), dtype=bool), []
    closing = surveys["called_at"].dt.day > surveys["called_at"].dt.days_in_month - 6
    for dealer, scheme in zip(cheats, schemes, strict=True):
        own = surveys["dealer_id"].eq(dealer).to_numpy()
        asked = own & closing.to_numpy() if scheme is Scheme.TARGET_GAMING else own
        share = 0.8 if scheme is Scheme.TARGET_GAMING else rng.uniform(0.15, 0.55)
        manipulated = asked & (rng.random(len(surveys)) < share)
        touched |= manipulated
        truth.append((dealer, str(scheme), manipulated.sum() / own.sum()))
    told = surveys[[*items, "overall"]].to_numpy(copy=True)
    # What a customer is told to say: the top for whatever applies, now and then one step below.
    answers = np.where(rng.random(told.shape) < 0.06, SCALE[1] - 1, SCALE[1]).astype("float32")
    told = np.where(touched[:, None] & ~np.isnan(told), answers, told)
    return Planted(
        surveys.assign(**{name: told[:, place] for place, name in enumerate([*items, "overall"])}),
        _truth(truth),
        surveys.loc[touched, "response_id"],
    )


def _truth(rows: list[tuple[str, str, float]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["unit_id", "scheme", "affected_share"])


def write_inbox(planted: Planted, inbox: Path, home: Path) -> None:
    """Write the inbox and, into the home, the settings that its questionnaire needs."""
    inbox.mkdir(parents=True, exist_ok=True)
    home.mkdir(parents=True, exist_ok=True)
    planted.surveys.to_csv(inbox / "surveys_airline.csv", index=False, date_format="%Y-%m-%dT%H:%M:%S")
    (inbox / "truth").mkdir(exist_ok=True)
    planted.truth.to_csv(inbox / "truth" / "units.csv", index=False)
    (home / "mingcha.toml").write_text(SETTINGS, encoding="utf-8")


def observed(planted: Planted) -> Observations:
    """Return the interviews as the detectors receive them."""
    surveys = planted.surveys.astype({"response_id": "str", "survey": "str", "wave": "str", "dealer_id": "str"})
    surveys["called_at"] = surveys["called_at"].astype("datetime64[us]")
    return Observations(LAST_DAY.date(), {"surveys": surveys}, scales={SURVEY: SCALE})


def measure(passengers: pd.DataFrame, seed: int) -> dict[str, float]:
    """Weigh one planted and one untouched grouping of the passengers."""
    planted = build(passengers, np.random.default_rng(seed), planted=True)
    weighed = weigh(observed(planted))
    figures = {}
    for scheme in (Scheme.COACHED, Scheme.INCENTIVISED, Scheme.TARGET_GAMING):
        mine = weighed.scores[weighed.scores["scheme"] == str(scheme)].set_index("unit_id")
        own = planted.truth.loc[planted.truth["scheme"] == str(scheme), "unit_id"]
        compared = mine.loc[mine.index.isin(own) | ~mine.index.isin(planted.truth["unit_id"])]
        figures[f"{scheme} AP"] = float(average_precision_score(compared.index.isin(own), compared["bits"]))
    told = weighed.records.groupby("record_id")["probability"].max()
    suspicion = planted.surveys["response_id"].map(told).astype("float64").fillna(0.0)
    true = planted.surveys["response_id"].isin(planted.records)
    figures["manipulated interviews AP"] = float(average_precision_score(true, suspicion))
    untouched = weigh(observed(build(passengers, np.random.default_rng(1000 + seed), planted=False)))
    figures["false cases on the untouched base"] = float(untouched.scores["flagged"].sum())
    figures["mean 2^bits on the untouched base, coached"] = float(
        np.exp2(untouched.scores.loc[untouched.scores["scheme"] == "coached", "bits"]).mean()
    )
    return figures


def main() -> None:
    """Write an inbox, or measure and quote the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="airline_satisfaction.csv.gz")
    parser.add_argument("--inbox", type=Path, help="write an inbox there instead of measuring")
    parser.add_argument("--home", type=Path, help="where the nightly run will have its home")
    parser.add_argument("--planted", action="store_true", help="plant cheating in the inbox")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--seeds", type=int, default=5)
    arguments = parser.parse_args()
    passengers = read(arguments.data)
    if arguments.inbox and arguments.home:
        rows = build(passengers, np.random.default_rng(arguments.seed), planted=arguments.planted)
        write_inbox(rows, arguments.inbox, arguments.home)
        return
    figures = pd.DataFrame([measure(passengers, seed) for seed in range(arguments.seeds)])
    table = pd.DataFrame({"figure": figures.columns, "median": [f"{value:.3f}" for value in figures.median()]})
    command = f"python -m benchmarks.airline --data airline_satisfaction.csv.gz --seeds {arguments.seeds}"
    print(quote("airline", table, command))


if __name__ == "__main__":
    main()
