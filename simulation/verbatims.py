"""What customers say: a grammar of many independent slots, spoken for a whole column of interviews at once.

A sentence is put together from an opener, one to three clauses (subject, adverb, judgement, by topic), advisers' names,
details with numbers, turns, wishes, endings, and an interviewer's way of writing down. About half of all open answers
are none of this: they are "挺好" and "没什么意见", again and again.

Examples
--------
>>> rng = np.random.default_rng(3)
>>> said = sentences(rng, topic=np.zeros(1000, int), survey=np.zeros(1000, int), mood=np.full(1000, GOOD_MOOD))
>>> len(set(said.to_pylist())) > 950
True
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
import pyarrow as pa

from simulation import sayings
from simulation import vocabulary as words
from simulation.chance import Flags, Floats, Integers, choose, happens, integers, stream
from simulation.questionnaire import TOPICS, TOPICS_OF
from simulation.text import TEXT, join, take, where

BAD_MOOD, MIXED_MOOD, GOOD_MOOD = 0, 1, 2


@dataclass(frozen=True)
class Clauses:
    """Every clause about every topic in one good or bad sense, addressed by topic, subject, adverb and judgement.

    Parameters
    ----------
    written
        The clauses, topic by topic.
    subjects, adverbs, judgements
        How many there are of each; the same for every topic.
    """

    written: pa.Array
    subjects: int
    adverbs: int
    judgements: int

    def say(self, topic: Integers, subject: Integers, adverb: Integers, judgement: Integers) -> pa.Array:
        """Return the clause at each address."""
        place = ((topic * self.subjects + subject) * self.adverbs + adverb) * self.judgements + judgement
        return self.written.take(pa.array(place))

    def draw(self, rng: np.random.Generator, topic: Integers) -> pa.Array:
        """Draw a clause about each topic."""
        size = len(topic)
        return self.say(
            topic,
            integers(rng, self.subjects, size),
            integers(rng, self.adverbs, size),
            integers(rng, self.judgements, size),
        )


@cache
def clauses(good: bool) -> Clauses:
    """Return the clauses of praise or of complaint."""
    judgements, adverbs = (words.GOOD, words.GOOD_ADVERBS) if good else (words.BAD, words.BAD_ADVERBS)
    written = [
        subject + judgement if place >= len(judgements[topic][0]) else subject + adverb + judgement
        for topic in TOPICS
        for subject in words.SUBJECTS[topic]
        for adverb in adverbs
        for place, judgement in enumerate(judgements[topic][0] + judgements[topic][1])
    ]
    return Clauses(pa.array(written, TEXT), 10, len(adverbs), 12)


def _any(rng: np.random.Generator, vocabulary: tuple[str, ...], size: int) -> pa.Array:
    return take(vocabulary, integers(rng, len(vocabulary), size))


def _common_first(rng: np.random.Generator, vocabulary: tuple[str, ...], size: int) -> pa.Array:
    """Draw as people do: the first few words nearly always."""
    return take(vocabulary, choose(rng, 1 / np.arange(1, len(vocabulary) + 1) ** 1.15, size))


def random_topics(rng: np.random.Generator, survey: Integers) -> Integers:
    """Draw a topic of each survey's questionnaire."""
    table = np.zeros((2, max(len(topics) for topics in TOPICS_OF)), dtype=np.int64)
    for place, topics in enumerate(TOPICS_OF):
        table[place] = np.resize(topics, table.shape[1])
    return np.asarray(table[survey, integers(rng, table.shape[1], len(survey))])


def sentences(
    rng: np.random.Generator, *, topic: Integers, survey: Integers, mood: Integers, adviser: Integers | None = None,
    length: Floats | float = 0.45,
) -> pa.Array:  # fmt: skip
    """Say something of substance.

    Parameters
    ----------
    rng
        The generator.
    topic, survey, mood
        Over sentences: what it is about, which questionnaire, and whether good, mixed or bad.
    adviser
        Over sentences: number that stands for a person at the dealer, who may then be named.
    length
        How likely each further clause is.
    """
    size = len(topic)
    bad = mood == BAD_MOOD
    praise, blame = clauses(True), clauses(False)
    first = where(bad, blame.draw(rng, topic), praise.draw(rng, topic))
    parts = [
        _any(rng, words.OPENERS, size),
        _note_name(rng, adviser, bad, size),
        first,
        _any(rng, words.PARTICLES, size),
    ]
    for further in (1.0, 0.5):
        goes_on = happens(rng, np.asarray(length) * further, size)
        other = random_topics(rng, survey)
        more = where(bad, blame.draw(rng, other), praise.draw(rng, other))
        parts.append(where(goes_on, join(_any(rng, words.CONNECTORS, size), more), ""))
    parts.append(where(happens(rng, 0.16, size), join("，", _detail(rng, size)), ""))
    turned = blame.draw(rng, random_topics(rng, survey))
    parts.append(where(mood == MIXED_MOOD, join(_any(rng, words.TURNS, size), turned), ""))
    parts.append(where(mood == GOOD_MOOD, _any(rng, words.CLOSINGS, size), _any(rng, words.WISHES, size)))
    parts.append(_any(rng, words.ENDS, size))
    spoken = join(*parts)
    spoken = where(happens(rng, 0.02, size), join(_any(rng, sayings.MIXED_IN, size), "，", spoken), spoken)
    return where(happens(rng, 0.015, size), _english(rng, bad), spoken)


def _detail(rng: np.random.Generator, size: int) -> pa.Array:
    """Count something."""
    which = integers(rng, len(words.DETAILS), size)
    low, high = (np.array([detail[place] for detail in words.DETAILS])[which] for place in (1, 2))
    number = low + integers(rng, high - low + 1, size)
    return _filled(take([detail[0] for detail in words.DETAILS], which), pa.compute.cast(pa.array(number), TEXT))


def _filled(templates: pa.Array, fillings: pa.Array) -> pa.Array:
    """Put a word where each template has its braces."""
    halves = pa.compute.split_pattern(templates, "{}")
    return join(pa.compute.list_element(halves, 0), fillings, pa.compute.list_element(halves, 1))


def _note_name(rng: np.random.Generator, adviser: Integers | None, bad: Flags, size: int) -> pa.Array:
    """Name the adviser in one answer of eight; a name belongs to a person, how it is said varies."""
    if adviser is None:
        return _any(rng, ("",), size)
    surname = take(words.SURNAMES, adviser % len(words.SURNAMES))
    called = take(words.CALLED, (adviser // 7) % len(words.CALLED))
    name = _filled(called, surname)
    said = where(bad, _any(rng, words.NAMED_BAD, size), _any(rng, words.NAMED_GOOD, size))
    return where(happens(rng, 0.12, size), join(name, said, "，"), "")


def _english(rng: np.random.Generator, bad: Flags) -> pa.Array:
    size = len(bad)
    said = where(bad, _any(rng, sayings.ENGLISH_BAD_SAID, size), _any(rng, sayings.ENGLISH_GOOD_SAID, size))
    end = where(bad, _any(rng, sayings.ENGLISH_BAD_ENDS, size), _any(rng, sayings.ENGLISH_ENDS, size))
    return join(_any(rng, sayings.ENGLISH_OPENERS, size), _any(rng, sayings.ENGLISH_GOOD, size), said, end)


def short(rng: np.random.Generator, mood: Integers) -> pa.Array:
    """Say as little as most people do."""
    size = len(mood)
    polite = where(
        mood == BAD_MOOD, _common_first(rng, sayings.SHORT_BAD, size), _common_first(rng, sayings.SHORT_MIXED, size)
    )
    said = where(mood == GOOD_MOOD, _common_first(rng, sayings.SHORT_GOOD, size), polite)
    return join(said, where(happens(rng, 0.15, size), "。", ""))


def asides(rng: np.random.Generator, size: int) -> pa.Array:
    """Say the honest things that sound like cheating: nobody told me; a gift in the deal; they said you would call."""
    what = choose(rng, [0.4, 0.35, 0.25], size)
    said = where(
        what == 0,
        _any(rng, sayings.NOBODY_TOLD, size),
        where(what == 1, _any(rng, sayings.HONEST_GIFT, size), _any(rng, sayings.REMINDED, size)),
    )
    return join(_any(rng, words.OPENERS, size), said, _any(rng, words.CLOSINGS, size), _any(rng, words.ENDS, size))


def tells(rng: np.random.Generator, gift: Flags) -> pa.Array:
    """Tell the interviewer what the dealer asked for, or promised."""
    size = len(gift)
    said = where(gift, _any(rng, sayings.PROMISED, size), _any(rng, sayings.ASKED_TEN, size))
    return join(
        _any(rng, sayings.TOLD_LEADS, size), _any(rng, sayings.WHO_TOLD, size), said,
        _any(rng, sayings.TOLD_ENDS, size), _any(rng, words.ENDS, size),
    )  # fmt: skip


def scripted(
    rng: np.random.Generator, script: Integers, survey: Integers, *, seed: int, faithful: float = 0.72
) -> pa.Array:
    """Follow a script as people do: in part, in other words, in another order.

    Parameters
    ----------
    rng
        The generator.
    script
        Over sentences: number of the script; equal numbers have equal scripts.
    survey
        Over sentences: which questionnaire; a script speaks of its topics.
    seed
        Scripts of different seeds differ.
    faithful
        How likely each word of the script survives.
    """
    size, praise = len(script), clauses(True)
    known, place = np.unique(script * 2 + survey, return_inverse=True)
    written = stream(seed, "scripts")
    table = written.integers(0, 10**6, (int(known.max(initial=0)) + 1, 4, 4)) if size else np.zeros((1, 4, 4), int)
    lines = table[known][place]
    topics = np.array([np.resize(choice, 12) for choice in TOPICS_OF])
    order = np.where(happens(rng, 0.25, size)[:, None], np.argsort(rng.random((size, 3)), axis=1), np.arange(3))
    said: list[pa.Array | str] = []
    for turn in range(3):
        line = lines[np.arange(size), order[:, turn]]
        subject, adverb, judgement = (
            np.where(happens(rng, keep, size), line[:, 1 + slot] % many, integers(rng, many, size))
            for slot, (many, keep) in enumerate(
                ((praise.subjects, faithful), (praise.adverbs, faithful - 0.25), (praise.judgements, faithful + 0.1))
            )
        )
        clause = praise.say(topics[survey, line[:, 0] % 12], subject, adverb, judgement)
        kept = happens(rng, 1.0 if turn == 0 else 0.8, size)
        joint = _any(rng, ("，", "，", "，", " ", "。", "、", "，而且"), size) if turn else ""
        said.append(where(kept, join(joint, clause), "") if turn else clause)
    closing = take(words.CLOSINGS[7:], lines[:, 3, 0] % (len(words.CLOSINGS) - 7))
    said.append(where(happens(rng, faithful - 0.1, size), closing, ""))
    return join(*said, _any(rng, words.ENDS, size))


def written_down(rng: np.random.Generator, said: pa.Array, style: Integers) -> pa.Array:
    """Write answers down in each interviewer's way."""
    leads = np.array(sayings.NOTE_TAKERS)
    lead = pa.array(leads.ravel(), TEXT).take(
        pa.array(style * leads.shape[1] + integers(rng, leads.shape[1], len(style)))
    )
    return join(lead, said)


def complaints(rng: np.random.Generator, survey: Integers) -> pa.Array:
    """Complain in writing."""
    size = len(survey)
    said = sentences(rng, topic=random_topics(rng, survey), survey=survey, mood=np.full(size, BAD_MOOD), length=0.7)
    return join(_any(rng, sayings.COMPLAINT_LEADS, size), said)


def review_texts(
    rng: np.random.Generator, survey: Integers, mood: Integers, promotion: Flags, occasion: Integers
) -> pa.Array:
    """Write reviews: longer than what is said on the phone, some empty-handed, some about the dealer's promotion."""
    size = len(survey)
    long = sentences(rng, topic=random_topics(rng, survey), survey=survey, mood=mood, length=0.75)
    name = take(sayings.PROMOTIONS, occasion % len(sayings.PROMOTIONS))
    came_for = _filled(_any(rng, sayings.PROMOTION_SAID, size), name)
    told = join(where(promotion & happens(rng, 0.5, size), came_for, ""), long)
    brief = happens(rng, 0.14, size) & (mood == GOOD_MOOD)
    return where(brief, _common_first(rng, sayings.PLATFORM_DEFAULTS, size), told)
