"""Customers vary what they say, and what they say follows what they feel."""

import numpy as np

from simulation.chance import integers
from simulation.verbatims import BAD_MOOD, GOOD_MOOD, clauses, random_topics, scripted, sentences, short, tells


def test_a_hundred_thousand_answers_of_substance_hardly_repeat() -> None:
    rng = np.random.default_rng(1)
    survey = integers(rng, 2, 100_000)
    said = sentences(rng, topic=random_topics(rng, survey), survey=survey, mood=integers(rng, 3, 100_000))
    assert len(set(said.to_pylist())) > 95_000


def test_short_answers_are_few_and_common() -> None:
    said = short(np.random.default_rng(1), np.full(10_000, GOOD_MOOD)).to_pylist()
    assert len(set(said)) < 100
    assert said.count("挺好") + said.count("挺好。") > 1_500


def test_the_same_generator_says_the_same() -> None:
    first, again = (
        sentences(np.random.default_rng(9), topic=np.arange(50) % 6, survey=np.zeros(50, int), mood=np.arange(50) % 3)
        for _ in range(2)
    )
    assert first.to_pylist() == again.to_pylist()


def test_praise_and_complaint_have_no_clause_in_common() -> None:
    assert not set(clauses(True).written.to_pylist()) & set(clauses(False).written.to_pylist())


def test_complaints_sound_like_complaints() -> None:
    size = 500
    said = sentences(
        np.random.default_rng(2), topic=np.full(size, 4), survey=np.ones(size, int), mood=np.full(size, BAD_MOOD)
    ).to_pylist()
    assert sum("，值得推荐" in sentence or "，点赞" in sentence for sentence in said) == 0


def test_uses_of_one_script_are_paraphrases_and_other_scripts_are_others() -> None:
    script = np.repeat([0, 1], 200)
    said = scripted(np.random.default_rng(3), script, np.zeros(400, int), seed=1).to_pylist()

    def closeness(first: list[str], second: list[str]) -> float:
        pairs = [(set(one), set(other)) for one, other in zip(first, second, strict=True)]
        return float(np.mean([len(one & other) / len(one | other) for one, other in pairs]))

    assert len(set(said[:200])) > 150
    assert closeness(said[:100], said[100:200]) > 2 * closeness(said[:100], said[200:300])


def test_nothing_is_said_by_nobody() -> None:
    nobody = np.zeros(0, int)
    rng = np.random.default_rng(0)
    assert len(sentences(rng, topic=nobody, survey=nobody, mood=nobody)) == 0
    assert len(scripted(rng, nobody, nobody, seed=0)) == 0
    assert len(tells(rng, np.zeros(0, bool))) == 0
