"""Topics: what a unit's customers speak of, counted, each with a few of their sentences."""

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from detectors.core.dossiers.topic_words import TOPICS
from detectors.core.dossiers.units import Units, own_rows
from detectors.core.dossiers.words import words_of
from detectors.core.observations import Observations
from detectors.core.schemes import UnitKind
from detectors.core.sources import SOURCES

MOST_EXAMPLES = 4
"""How many texts are shown for each topic."""

_SOURCES = {UnitKind.DEALER: ("surveys", "reviews", "complaints"), UnitKind.INTERVIEWER: ("surveys",)}
_EXAMPLE = ["source", "record_id", "at", "text"]


def topics_of(observations: Observations, units: Units) -> list[dict[str, Any]]:
    """Return for each unit what its customers speak of, the commonest topic first.

    Parameters
    ----------
    observations
        The window.
    units
        The units.

    Returns
    -------
    list of dict
        ``texts``: how many texts there are; ``topics``: ``topic`` in both languages, ``n`` texts that touch on it, and
        the newest of them, each said once, as ``examples``: ``source``, ``record_id``, ``at`` (a day) and ``text``. A
        text may touch on several topics, or on none.

    Examples
    --------
    >>> from datetime import date
    >>> said = ["等了两个小时", "The price was fair", "等太久了，收费也贵", None]
    >>> surveys = {"response_id": list("abcd"), "dealer_id": ["D1"] * 4, "verbatim": said}
    >>> seen = Observations(date(2026, 10, 31), {"surveys": pd.DataFrame(surveys, dtype="str")})
    >>> found = topics_of(seen, Units.of(UnitKind.DEALER, [("dealer", "D1")]))[0]
    >>> found["texts"], [(topic["topic"]["en"], topic["n"]) for topic in found["topics"]]
    (3, [('waiting time', 2), ('price', 2)])
    """
    texts = pd.concat([_read(observations, source, units) for source in _SOURCES[units.kind]])
    texts = texts.sort_values(["unit", "at", "record_id"], ascending=[True, False, True], ignore_index=True)
    found: list[dict[str, Any]] = [{"texts": count, "topics": []} for count in _count(texts, units)]
    place, distinct = pd.factorize(texts["text"])
    said = pa.array(distinct, pa.large_string())
    for topic, words in TOPICS:
        touches = pc.match_substring_regex(said, words, ignore_case=True).to_numpy(zero_copy_only=False).astype(bool)
        mine = texts[touches[place]]
        once = mine.drop_duplicates(["unit", "text"])
        once = once[once.groupby("unit").cumcount() < MOST_EXAMPLES]
        examples: list[list[dict[str, str]]] = [[] for _ in units]
        shown_columns = (pa.array(once[name].array).to_pylist() for name in _EXAMPLE)
        for unit, *example in zip(once["unit"].tolist(), *shown_columns, strict=True):
            examples[unit].append(dict(zip(_EXAMPLE, example, strict=True)))
        for of_unit, n, shown in zip(found, _count(mine, units), examples, strict=True):
            if n:
                of_unit["topics"].append({"topic": topic._asdict(), "n": n, "examples": shown})
    for of_unit in found:
        of_unit["topics"].sort(key=lambda topic: -topic["n"])
    return found


def _count(texts: pd.DataFrame, units: Units) -> list[int]:
    counts: list[int] = np.bincount(texts["unit"], minlength=len(units)).tolist()
    return counts


def _read(observations: Observations, source: str, units: Units) -> pd.DataFrame:
    """Return ``unit, source, record_id, at, text`` of the units' texts in a source."""
    own = own_rows(observations, source, units)
    if not len(own.rows):
        return pd.DataFrame({"unit": own.unit} | {name: pd.Series(dtype="str") for name in _EXAMPLE})
    key, when = SOURCES[source].key, SOURCES[source].when
    whole = observations[source]
    frame = whole[[name for name in (key, when) if name in whole.columns]].take(own.rows)
    texts = pd.DataFrame(
        {
            "unit": own.unit,
            "source": source,
            "record_id": frame[key].array,
            "at": frame[when].dt.strftime("%Y-%m-%d").array if when in frame.columns else None,
            "text": words_of(observations, source, own.rows),
        }
    )
    texts["at"] = texts["at"].astype("str").fillna("")
    return texts[texts["text"].notna()]
