"""Topics: which words tell them, how they are counted, and which sentences stand for them."""

import re

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from detectors.core.dossiers.topic_words import TOPICS
from detectors.core.dossiers.topics import topics_of
from detectors.core.dossiers.units import Units
from detectors.core.schemes import UnitKind
from tests.detectors.core.dossiers.networks import observed


def touched(text: str) -> set[str]:
    said = pa.array([text], pa.large_string())
    return {topic.en for topic, words in TOPICS if pc.match_substring_regex(said, words, ignore_case=True)[0].as_py()}


@pytest.mark.parametrize(
    ("text", "topics"),
    [
        ("排队排了两个小时", {"waiting time"}),
        ("I had to wait for two hours", {"waiting time"}),
        ("工时费太贵", {"price"}),
        ("前台爱理不理", {"reception and attitude"}),
        ("师傅没修好，又返修了", {"repair quality"}),
        ("休息区有茶水", {"facilities"}),
        ("提车那天上牌手续办得快", {"delivery of the car"}),
        ("让我给十分，说送一张洗车券", {"marks and ratings", "gifts", "car wash"}),
        ("They asked for full marks", {"marks and ratings"}),
        ("十分满意", set()),
        ("挺好的", set()),
        ("The party was often costly", {"price"}),
    ],
)
def test_a_text_touches_on_the_topics_of_its_words_alone(text: str, topics: set[str]) -> None:
    assert touched(text) == topics


def test_every_topic_is_named_once_in_both_languages_by_words_of_both() -> None:
    for said in zip(*(topic for topic, _ in TOPICS), strict=True):
        assert len(set(said)) == len(TOPICS)
    for _, words in TOPICS:
        assert re.search(r"[\u4e00-\u9fff]", words)
        assert re.search(r"[a-z]{3}", words)


def test_texts_of_all_sources_are_counted_and_the_newest_shown_each_once() -> None:
    rows = [
        {"called_at": f"2026-10-{day:02}", "verbatim": text}
        for day, text in [(1, "等了一小时"), (2, "等了两小时"), (3, "等了两小时"), (4, None), (5, "挺好")]
    ]
    complaints = pd.DataFrame({"complaint_id": ["C1"], "dealer_id": ["D1"], "text": ["排队太久"]}, dtype="str").assign(
        filed_on=pd.Timestamp("2026-10-02")
    )
    (found,) = topics_of(observed(rows, complaints=complaints), Units.of(UnitKind.DEALER, [("dealer", "D1")]))
    assert found == {
        "texts": 5,
        "topics": [
            {
                "topic": {"en": "waiting time", "zh": "等待时间"},
                "n": 4,
                "examples": [
                    {"source": "surveys", "record_id": "R2", "at": "2026-10-03", "text": "等了两小时"},
                    {"source": "complaints", "record_id": "C1", "at": "2026-10-02", "text": "排队太久"},
                    {"source": "surveys", "record_id": "R0", "at": "2026-10-01", "text": "等了一小时"},
                ],
            }
        ],
    }
