"""The open answer of an honest interview."""

import re
from dataclasses import dataclass

import numpy as np

from benchmarks.other_hands import phrases
from benchmarks.other_hands.chance import Dice, Floats
from benchmarks.other_hands.grammar import Grammar, typed
from benchmarks.other_hands.questionnaire import Questionnaire

GRAMMAR = Grammar(
    {
        **phrases.DETAIL,
        "kind": phrases.KIND,
        "short": phrases.SHORT_PRAISE,
        "place": phrases.PLACE,
        "open": phrases.OPENING,
    }
)

_STOCK = ("客户对服务表示认可，无其他意见", "受访者表示满意，没有补充", "无补充意见", "客户表示一切正常")
_REPORTED = ("客户表示", "客户说", "车主反映", "受访者称", "客户觉得")


@dataclass(frozen=True)
class Teller:
    """Who speaks, of what.

    Parameters
    ----------
    questionnaire
        Of which visit.
    did
        By process: 1 done, 0 not done, NaN does not apply.
    content
        How content they are, in points.
    talkative
        How much they talk, 0 the usual.
    dialect
        Their region.
    english
        Whether they mix languages.
    habit
        How the interviewer takes notes.
    story
        The story of their dealer.
    person
        Whom they deal with.
    """

    questionnaire: Questionnaire
    did: Floats
    content: float
    talkative: float
    dialect: int
    english: bool
    habit: str
    story: str
    person: str


def say(teller: Teller, dice: Dice) -> str:
    """Return what the customer says when asked for anything else to tell, as the interviewer types it.

    Parameters
    ----------
    teller
        Who speaks.
    dice
        Source of chance.

    Examples
    --------
    >>> from benchmarks.other_hands.questionnaire import SERVICE
    >>> happy = Teller(SERVICE, np.ones(9), 9.4, 0.0, 5, False, "", "", "小王")
    >>> len(say(happy, Dice(1))) > 0
    True
    """
    text = _spoken(teller, dice)
    if teller.habit == "stock" and len(text) < 7:
        text = dice.pick(_STOCK)
    elif teller.habit == "third_person" and len(text) > 3:
        text = dice.pick(_REPORTED) + text
    elif teller.habit == "terse":
        text = max(re.split("[。，；]", text), key=len)
    return typed(text, dice)


def _spoken(teller: Teller, dice: Dice) -> str:
    short = 0.52 - 0.12 * teller.talkative
    if teller.story == "asks_for_feedback" and dice.happens(0.07):
        return GRAMMAR.say(dice.pick(phrases.FEEDBACK_ASKED), dice)
    if dice.happens(0.10 if teller.story == "gifts_for_everybody" else 0.008):
        return GRAMMAR.say(_joined(dice.pick(phrases.GIFTS_IN_PASSING), _topic(teller, dice), dice), dice)
    if dice.happens(0.014):
        return GRAMMAR.say(dice.pick(phrases.SCORES_IN_PASSING), dice)
    if teller.english and dice.happens(0.6):
        return GRAMMAR.say(dice.pick(phrases.ENGLISH), dice)
    if dice.happens(short):
        return _short(teller, dice)
    return GRAMMAR.say(_long(teller, dice), dice)


def _short(teller: Teller, dice: Dice) -> str:
    if dice.happens(0.4):
        return dice.favour(phrases.NOTHING)
    if teller.content < 6.5:
        return GRAMMAR.say(_failed(teller, dice) or dice.pick(phrases.MIDDLING), dice)
    if teller.content < 8:
        return dice.pick(phrases.MIDDLING)
    if dice.happens(0.12):
        return dice.pick(phrases.DIALECT[teller.dialect])
    return dice.favour(phrases.SHORT_PRAISE)


def _long(teller: Teller, dice: Dice) -> str:
    if teller.story == "beloved_adviser" and dice.happens(0.3):
        return teller.person + dice.pick(("真的好，", "人太好了，", "，没话说，", "服务一流，")) + "{kind}"
    kind = dice.number()
    if kind < 0.06 and teller.content > 8:
        return dice.pick(phrases.STORY)
    if kind < 0.20 and teller.content > 7.5:
        return _joined(dice.pick(phrases.WARM), _topic(teller, dice), dice)
    if kind < 0.27:
        return _joined(_topic(teller, dice), dice.pick(phrases.COMPARE), dice)
    if kind < 0.35:
        return _joined(_topic(teller, dice), dice.pick(phrases.WISH), dice)
    if kind < 0.43:
        return _joined(_topic(teller, dice), "{place}", dice)
    if kind < 0.49:
        return _joined(_topic(teller, dice), dice.pick(phrases.CAR), dice)
    first, second = _topic(teller, dice), _topic(teller, dice)
    return "{open}" + (_joined(first, second, dice) if second != first and dice.happens(0.45) else first)


def _topic(teller: Teller, dice: Dice) -> str:
    """Tell of something that happened, or of something that did not; the unhappy tell of what did not."""
    failed = _failed(teller, dice)
    if failed and dice.happens(0.85 if teller.content < 7.5 else 0.3):
        return (
            failed
            if teller.content < 7
            else dice.pick(("都还行", "总体不错", "服务可以", "人都挺好")) + dice.pick(phrases.TURN) + failed
        )
    done = np.flatnonzero(teller.did == 1)
    if not len(done):
        return dice.pick(phrases.MIDDLING)
    process = teller.questionnaire.processes[int(dice.pick(done.tolist()))]
    return dice.pick(phrases.PRAISE[process.name])


def _failed(teller: Teller, dice: Dice) -> str:
    """Tell of something that was not done, what cost most first; nothing where all was."""
    missed = np.flatnonzero(teller.did == 0)
    if not len(missed):
        return ""
    losses = teller.questionnaire.losses()[missed]
    place = int(missed[losses.argmax()]) if dice.happens(0.6) else int(dice.pick(missed.tolist()))
    return dice.pick(phrases.COMPLAINT[teller.questionnaire.processes[place].name])


def _joined(first: str, second: str, dice: Dice) -> str:
    return first + dice.pick(phrases.LINK) + second
