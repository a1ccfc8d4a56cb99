"""The interviews as the agencies deliver them: genuine answers, and what cheating puts in their place."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from simulation import answers
from simulation.chance import Flags, Floats, Integers, choose, happens, integers, normal, stream
from simulation.schemes import COACHED, HONEST, INVENTED, REWARDED, STAND_IN, Played
from simulation.text import TEXT, column, where
from simulation.verbatims import (
    BAD_MOOD,
    GOOD_MOOD,
    MIXED_MOOD,
    asides,
    random_topics,
    scripted,
    sentences,
    short,
    tells,
    written_down,
)  # fmt: skip
from simulation.visits import Scene

Speaker = Callable[[Integers], pa.Array]
"""Says something for each of those rows."""

_OBEDIENCE = {COACHED: (0.62, 0.26, 0.12), REWARDED: (0.5, 0.35, 0.15), STAND_IN: (0.75, 0.25, 0.0)}
"""Shares of those touched who answer everything with the top, mostly the top, or tire of it after the first items."""


@dataclass(frozen=True)
class Asked:
    """What the answers of a world come from.

    Parameters
    ----------
    scene, played
        What happened, and how it was cheated with.
    ruler, overall
        The scale; over visits the honest overall answer.
    called
        Places of the visits interviewed, in the order of the calls.
    """

    scene: Scene
    played: Played
    ruler: answers.Ruler
    overall: Floats
    called: Integers

    @property
    def interviewer(self) -> Integers:
        """Over `called`: who called."""
        return np.asarray(self.scene.visits.interviewer[self.called])

    @property
    def kind(self) -> Integers:
        """Over `called`: which questionnaire."""
        return np.asarray(self.scene.visits.kind[self.called])

    @property
    def manner(self) -> Integers:
        """Over `called`: how the interview was touched."""
        return self.played.manner[self.called]


def answered(asked: Asked) -> pd.DataFrame:
    """Return the answers, facts, open answers and durations of every interview, in the order of `called`.

    Parameters
    ----------
    asked
        What the answers come from.

    Returns
    -------
    pandas.DataFrame
        Columns ``duration_s``, ``overall``, ``q_<code>``, ``fact_<code>``, ``verbatim``, as far as the settings want.
    """
    scene, called = asked.scene, asked.called
    overall = asked.overall[called].copy()
    items = answers.genuine_items(scene, asked.ruler, asked.overall, called)
    _obey(asked, overall, items)
    facts: dict[str, Floats] = {}
    if scene.settings.facts:
        facts = answers.reported_facts(scene, called, asked.manner == STAND_IN)
    _copy(asked, overall, items, facts)
    frame = {"overall": overall, **{f"q_{code}": values for code, values in items.items()}}
    frame |= {f"fact_{code}": values for code, values in facts.items()}
    letters = np.zeros(len(called), dtype=np.int64)
    table = pd.DataFrame(frame)
    if scene.settings.verbatims:
        said = _say(asked, overall)
        letters = pc.fill_null(pc.utf8_length(said), 0).to_numpy(zero_copy_only=False).astype(np.int64)
        table["verbatim"] = column(said)
    table.insert(
        0, "duration_s",
        answers.duration_s(scene, called, letters, _hurry(asked)).astype(np.float64),
    )  # fmt: skip
    return table


def _hurry(asked: Asked) -> Floats:
    """Tens all the way take less time, and what was never asked takes least."""
    rng = stream(asked.scene.settings.seed, "hurry")
    manner, size = asked.manner, len(asked.called)
    invented = normal(rng, size, 0.2) - 0.6
    return np.select([manner == INVENTED, manner != HONEST], [invented, np.full(size, -0.1)], 0.0).astype(np.float32)


def _obey(asked: Asked, overall: Floats, items: dict[str, Floats]) -> None:
    """Give the answers that were asked for: everything the top, mostly the top, or the top until it gets boring."""
    rng, manner, top = stream(asked.scene.settings.seed, "obedience"), asked.manner, np.float32(asked.ruler.high)
    for kind, shares in _OBEDIENCE.items():
        rows = np.flatnonzero(manner == kind)
        size = len(rows)
        how = choose(rng, shares, size)
        nearly = happens(rng, np.where(how == 0, 0.03, 0.08), size)
        overall[rows] = np.maximum(top - nearly, overall[rows])
        bored_after = rng.uniform(0.4, 0.8, size)
        survey = asked.kind[rows]
        for place, (code, values) in enumerate(items.items()):
            of_survey = np.array([code in questions.items for questions in asked.scene.questionnaires])
            before = values[rows]
            slip = happens(rng, np.where(how == 0, 0.015, 0.16), size)
            told = np.maximum(top - slip, np.nan_to_num(before, nan=0))
            told = np.where(np.isnan(before) & happens(rng, 0.35, size), np.nan, told)
            bored = (how == 2) & (place / len(items) > bored_after)
            values[rows] = np.where(bored | ~of_survey[survey], before, told)


def _copy(asked: Asked, overall: Floats, items: dict[str, Floats], facts: dict[str, Floats]) -> None:
    """Copy an earlier interview of one's own with a few changes, or fill the form in from imagination."""
    rng = stream(asked.scene.settings.seed, "invention")
    invented = asked.manner == INVENTED
    interviewer, kind = asked.interviewer, asked.kind
    low, high = asked.ruler.low, asked.ruler.high
    for person in np.unique(interviewer[invented]):
        favourites = rng.random()
        for survey in (0, 1):
            own = np.flatnonzero((interviewer == person) & (kind == survey))
            rows = own[invented[own]]
            models = own[~invented[own]]
            if not len(rows):
                continue
            if len(models) == 0:
                models = rows[:1]
            models = models[overall[models] >= np.quantile(overall[models], 0.3)]
            model = models[integers(rng, min(len(models), 4 + int(favourites * 20)), len(rows))]
            copies = happens(rng, 0.65, len(rows))
            imagined = np.clip(high - choose(rng, [0.3, 0.4, 0.25, 0.05], len(rows)), low, high)
            overall[rows] = np.where(copies, overall[model], imagined)
            for code, values in items.items():
                if code not in asked.scene.questionnaires[survey].items:
                    continue
                change = np.where(happens(rng, 0.08, len(rows)), rng.choice([-1, 1], len(rows)), 0)
                about = imagined - choose(rng, [0.55, 0.35, 0.1], len(rows)) + happens(rng, 0.15, len(rows))
                values[rows] = np.clip(np.where(copies, values[model] + change, about), low, high)
            for code, values in facts.items():
                if code in asked.scene.questionnaires[survey].facts:
                    fancied = happens(rng, 0.9, len(rows)).astype(np.float32)
                    values[rows] = np.where(copies, values[model], fancied)


def _say(asked: Asked, overall: Floats) -> pa.Array:
    """Write down the open answers: nothing, next to nothing, something, or what somebody was told to say."""
    settings, visits, called = asked.scene.settings, asked.scene.visits, asked.called
    rng, size = stream(settings.seed, "verbatims"), len(called)
    manner, kind = asked.manner, visits.kind[called]
    low, high = settings.scale
    below = (high - overall) / (high - low)
    honest_below = (high - asked.overall[called]) / (high - low)
    leaks = happens(rng, np.where(np.isin(manner, (COACHED, REWARDED)), 0.3, 0.0), size)
    mood = _mood(rng, np.where(leaks, honest_below, below))
    person = asked.scene.person[called]
    talk = asked.scene.customers.talkative[person]
    answers_at_all = happens(
        rng, np.clip(settings.verbatim_share + 0.12 * talk + 0.15 * (mood == BAD_MOOD), 0, 1), size
    )
    brief = happens(rng, np.clip(np.choose(mood, (0.12, 0.3, 0.55)) - 0.12 * talk, 0, 1), size)

    long = answers_at_all & ~brief
    topic = _topics(rng, asked, mood)
    adviser = (visits.dealer[called] * 14 + visits.adviser[called]) * 2_654_435_761 % 10_007
    said = pa.nulls(size, TEXT)
    said = _put(said, np.flatnonzero(answers_at_all & brief), lambda rows: short(rng, mood[rows]))
    said = _put(
        said,
        np.flatnonzero(long),
        lambda rows: sentences(rng, topic=topic[rows], survey=kind[rows], mood=mood[rows], adviser=adviser[rows]),
    )
    said = _put(said, np.flatnonzero(happens(rng, 0.011, size)), lambda rows: asides(rng, len(rows)))
    said = _put_cheats(rng, asked, said)
    style = asked.scene.network.interviewer_style[visits.interviewer[called]]
    return where(pc.is_valid(said).to_numpy(zero_copy_only=False), written_down(rng, said, style), None)


def _put_cheats(rng: np.random.Generator, asked: Asked, said: pa.Array) -> pa.Array:
    settings, visits, called, manner = asked.scene.settings, asked.scene.visits, asked.called, asked.manner
    dealer, kind, size = visits.dealer[called], visits.kind[called], len(called)
    drawn = rng.random(size)
    follows = ((manner == COACHED) & (drawn < settings.script_share)) | ((manner == STAND_IN) & (drawn < 0.15))
    scripts = dealer * 4 + integers(rng, 1 + dealer % 4, size)
    said = _put(
        said,
        np.flatnonzero(follows),
        lambda rows: scripted(rng, scripts[rows], kind[rows], seed=settings.seed),
    )
    told = np.isin(manner, (COACHED, REWARDED)) & (
        drawn > 1 - settings.tell_share * np.where(manner == REWARDED, 1.5, 1)
    )
    said = _put(said, np.flatnonzero(told), lambda rows: tells(rng, manner[rows] == REWARDED))
    invented = np.flatnonzero((manner == INVENTED) & (drawn < 0.75))
    interviewer = visits.interviewer[called]
    return _put(
        said,
        invented,
        lambda rows: scripted(
            rng, interviewer[rows] * 8 + integers(rng, 8, len(rows)), kind[rows], seed=settings.seed + 77, faithful=0.85
        ),
    )


def _put(said: pa.Array, rows: Integers, speak: Speaker) -> pa.Array:
    """Let those rows say something else."""
    if not len(rows):
        return said
    mask = np.zeros(len(said), dtype=bool)
    mask[rows] = True
    return pc.replace_with_mask(said, pa.array(mask), speak(rows))


def _mood(rng: np.random.Generator, below: Floats) -> Integers:
    """Tell how someone speaks who answers that far (0 to 1) below the top."""
    bad = np.clip(1.6 * (below - 0.3), 0.004, 0.9)
    good = np.clip(0.93 - 2.0 * below, 0.02, 1)
    drawn = rng.random(len(below))
    return np.where(drawn < bad, BAD_MOOD, np.where(drawn > 1 - good, GOOD_MOOD, MIXED_MOOD)).astype(np.int64)


def _topics(rng: np.random.Generator, asked: Asked, mood: Integers) -> Integers:
    """Speak, if in a bad mood, mostly of something that was not done."""
    visits, called = asked.scene.visits, asked.called
    kind = visits.kind[called]
    topic = random_topics(rng, kind)
    about = np.stack([questions.fact_topics for questions in asked.scene.questionnaires])
    for fact in rng.permutation(len(visits.facts)):
        missed = ~visits.facts[fact, called] & (mood != GOOD_MOOD) & happens(rng, 0.5, len(called))
        topic = np.where(missed, about[kind, fact], topic)
    return topic


def genuine(asked: Asked, completed: Flags) -> pd.DataFrame:
    """Return the mean of overall that each dealer would have had if nobody had cheated.

    Parameters
    ----------
    asked
        The world's.
    completed
        Over visits: would have completed an interview.
    """
    rows = np.flatnonzero(completed)
    key = asked.scene.visits.dealer[rows] * 2 + asked.scene.visits.kind[rows]
    count = np.bincount(key, minlength=asked.scene.settings.dealers * 2)
    total = np.bincount(key, weights=asked.overall[rows], minlength=asked.scene.settings.dealers * 2)
    seen = np.flatnonzero(count)
    return pd.DataFrame(
        {
            "dealer_id": column(asked.scene.network.dealer_ids.take(pa.array(seen // 2))),
            "survey": pd.Series([asked.scene.questionnaires[place].survey for place in seen % 2], dtype="str"),
            "genuine_score": total[seen] / count[seen],
        }
    )
