"""What is answered where somebody cheats."""

import numpy as np
import pandas as pd

from benchmarks.other_hands.answers import WIDTH, Answers
from benchmarks.other_hands.chance import Floats, Integers, stream
from benchmarks.other_hands.conduct import Act
from benchmarks.other_hands.played import COPIED, FILLED, FULL_MARKS, INVENTED, RAISED, STAND_IN, Played
from benchmarks.other_hands.visits import Visits

_FACTS_IN_THE_SCRIPT = ("phone script", "card at the handover", "last week's calls", "when behind")


def answers(seed: int, visits: Visits, calls: pd.DataFrame, played: Played, acts: list[Act], truly: Answers) -> Answers:
    """Return what is answered in the end.

    Parameters
    ----------
    seed
        Seed of the network.
    visits, calls, played, acts
        What happened, and who had a hand in it.
    truly
        What every customer would answer honestly.
    """
    rng = stream(seed, "staged")
    said = truly.copy()
    there = played.interviewed
    _full_marks(rng, said, np.flatnonzero(there & (played.manner == FULL_MARKS)), played, acts)
    raised = np.flatnonzero(there & (played.manner == RAISED))
    lift = rng.integers(1, 3, (len(raised), 1))
    said.overall[raised] = np.minimum(said.overall[raised] + lift[:, 0], 10)
    said.items[raised] = np.minimum(said.items[raised] + lift * (rng.random((len(raised), WIDTH)) < 0.75), 10)
    _stand_in(rng, said, np.flatnonzero(there & (played.manner == STAND_IN)))
    _invent(rng, said, np.flatnonzero(there & (played.manner == INVENTED)))
    _copy(rng, visits, calls, played, said, np.flatnonzero(there & (played.manner == COPIED)))
    filled = np.flatnonzero(there & (played.manner == FILLED))
    rest = np.arange(WIDTH) >= 4
    said.items[filled] = np.where(
        rest & ~np.isnan(said.items[filled]), said.overall[filled][:, None], said.items[filled]
    )
    return said


def _put(said: Answers, rows: Integers, items: Floats, facts: Floats) -> None:
    """Answer what the questionnaire asks for, and nothing else."""
    said.items[rows] = np.where(np.isnan(said.items[rows]), np.nan, items)
    said.facts[rows] = np.where(np.isnan(said.facts[rows]), np.nan, facts)


def _full_marks(rng: np.random.Generator, said: Answers, rows: Integers, played: Played, acts: list[Act]) -> None:
    """Give tens, but for a nine here and there, and the one thing that somebody cannot let pass."""
    count = len(rows)
    said.overall[rows] = np.where(rng.random(count) < 0.94, 10, 9)
    items = np.where(rng.random((count, WIDTH)) < 0.95, 10.0, 9.0)
    gripe = (rng.random(count) < 0.15)[:, None] & (np.arange(WIDTH) == rng.integers(0, WIDTH, (count, 1)))
    items = np.where(gripe, said.items[rows], items)
    scripted = np.array([act.style in _FACTS_IN_THE_SCRIPT for act in acts], dtype=np.bool_)[played.act[rows]]
    learnt = scripted[:, None] & (rng.random((count, said.facts.shape[1])) < 0.7)
    _put(said, rows, items, np.where(learnt, 1.0, said.facts[rows]))


def _stand_in(rng: np.random.Generator, said: Answers, rows: Integers) -> None:
    """Let a friend of the house answer, who knows what is wanted and was not there."""
    zeal = rng.beta(6, 1.6, len(rows))
    items = 10.0 - (rng.random((len(rows), WIDTH)) > zeal[:, None]) * rng.choice(
        [1, 2], (len(rows), WIDTH), p=[0.75, 0.25]
    )
    said.overall[rows] = np.where(rng.random(len(rows)) < 0.6 + 0.4 * zeal, 10, 9)
    facts = (rng.random((len(rows), said.facts.shape[1])) < 0.94).astype(np.float64)
    _put(said, rows, items, facts)


def _invent(rng: np.random.Generator, said: Answers, rows: Integers) -> None:
    """Let an interviewer type what looks likely: eights, nines and tens in a row, and everything done."""
    level = rng.choice([8.0, 9.0, 10.0], len(rows), p=[0.3, 0.45, 0.25])
    items = np.clip(level[:, None] + rng.choice([-1, 0, 0, 0, 1], (len(rows), WIDTH)), 1, 10)
    said.overall[rows] = level
    _put(said, rows, items, (rng.random((len(rows), said.facts.shape[1])) < 0.9).astype(np.float64))


def _copy(
    rng: np.random.Generator, visits: Visits, calls: pd.DataFrame, played: Played, said: Answers, rows: Integers
) -> None:
    """Let an interviewer copy an interview of their own and change an answer or three."""
    questionnaire = visits.rows["questionnaire"].to_numpy()
    interviewer, real = calls["interviewer"].to_numpy(), played.interviewed & (played.act < 0)
    for row in rows:
        models = np.flatnonzero(
            real
            & (interviewer == interviewer[row])
            & (questionnaire == questionnaire[row])
            & (calls["called"].to_numpy() <= calls["called"].to_numpy()[row])
        )[-12:]
        if not len(models):
            continue
        model = int(rng.choice(models))
        said.overall[row] = said.overall[model]
        said.items[row], said.facts[row] = said.items[model], said.facts[model]
        answered = np.flatnonzero(~np.isnan(said.items[row]))
        changed = rng.choice(answered, int(rng.integers(1, 4)), replace=False)
        said.items[row, changed] = np.clip(said.items[row, changed] + rng.choice([-1, 1], len(changed)), 1, 10)
