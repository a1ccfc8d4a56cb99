"""Near-duplicate texts land in one cluster, whatever order they come in, and short praise never does by likeness."""

import time

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.core.instruments.folding import fold, plain
from detectors.core.instruments.likeness import ALIKE, cluster, read_texts

SCRIPT = "服务顾问全程陪同，讲解车辆功能非常细致，交车仪式也很有心，整体特别满意"
VARIANTS = [
    SCRIPT,
    "讲解车辆功能非常细致，服务顾问全程陪同，整体特别满意，交车仪式也很有心",
    "服务顾问全程陪同，讲解车辆功能非常细致，整体特别满意",
    "服務顧問全程陪同，講解車輛功能非常細緻！交車儀式也很有心，整體很滿意。",
    "服务顾问全程陪着，讲解车辆功能非常细致，交车仪式也有心，整体特别满意",
]
OTHERS = ["等了两个小时才有人接待，洗车也没洗干净", "价格比别家贵了三千块，不过试驾体验还可以", "挺好", "没什么意见"]


def keys_of(texts: list[str]) -> list[int]:
    """Return the cluster key of each text."""
    read = read_texts(pd.Series(texts, dtype="str"))
    return [int(key) for key in cluster(read).keys(read)]


def test_a_script_reordered_trimmed_reworded_or_in_traditional_characters_is_one_cluster() -> None:
    keys = keys_of(VARIANTS + OTHERS)
    assert len(set(keys[: len(VARIANTS)])) == 1
    assert len(set(keys)) == 1 + len(OTHERS)


@settings(max_examples=30, deadline=None)
@given(st.permutations(VARIANTS + OTHERS))
def test_clusters_do_not_depend_on_the_order_of_the_texts(texts: list[str]) -> None:
    expected = dict(zip(VARIANTS + OTHERS, keys_of(VARIANTS + OTHERS), strict=True))
    assert keys_of(texts) == [expected[text] for text in texts]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.text(max_size=12), max_size=6))
def test_folding_keeps_every_text_apart_and_is_the_same_alone_as_in_company(texts: list[str]) -> None:
    folded = fold(texts)
    assert [folded.text(place) for place in range(len(texts))] == [fold([text]).text(0) for text in texts]
    assert len(plain(texts)) == len(texts)


def test_missing_and_wordless_texts_have_no_letters_and_no_fingerprint() -> None:
    read = read_texts(pd.Series([None, "！！！", "", "好"], dtype="str"))
    assert read.letters.tolist() == [0, 0, 0, 1]
    assert np.flatnonzero(read.fingerprints).tolist() == [3]
    assert len(cluster(read_texts(pd.Series([], dtype="str"))).leader) == 0


def test_a_text_as_long_as_a_book_stands_beside_short_ones() -> None:
    keys = keys_of([SCRIPT * 20_000, *VARIANTS, *OTHERS])
    assert len(set(keys[1 : 1 + len(VARIANTS)])) == 1


WORDS = st.sampled_from(["服务顾问", "讲解", "非常细致", "交车仪式", "等了很久", "满意", "环境", "整体", "价格贵"])


@settings(max_examples=100, deadline=None)
@given(*[st.lists(WORDS, min_size=3, max_size=9).map("".join) for _ in range(2)])
def test_two_texts_in_one_cluster_share_the_shingles_that_make_them_alike(one: str, other: str) -> None:
    pieces, others = ({text[at : at + 3] for at in range(len(text) - 2)} for text in (one, other))
    same = len(set(keys_of([one, other]))) == 1
    likeness = len(pieces & others) / len(pieces | others)
    assert likeness >= ALIKE if same else likeness < 0.9


def test_a_million_identical_verbatims_take_no_time_and_like_texts_are_found_among_many() -> None:
    began = time.perf_counter()
    cluster(read_texts(pd.Series([SCRIPT] * 1_000_000, dtype="str")))
    assert time.perf_counter() - began < 2.0

    rng = np.random.default_rng(3)
    letters = rng.integers(0x4E00, 0x4E00 + 3000, size=(20_000, 24), dtype=np.uint32)
    texts = [row.tobytes().decode("utf-32-le") for row in letters]
    trimmed = [text[6:] for text in texts[:2000]]
    keys = keys_of(texts + trimmed)
    found = np.mean([keys[place] == keys[20_000 + place] for place in range(2000)])
    assert found > 0.97
