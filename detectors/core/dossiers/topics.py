"""Topics: what a unit's customers speak of, counted, each with a few of their sentences."""

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from detectors.core.dossiers.topic_words import TOPICS
from detectors.core.dossiers.units import own_rows
from detectors.core.observations import Observations
from detectors.core.schemes import UnitKind
from detectors.core.sources import SOURCES

MOST_EXAMPLES = 4
"""How many texts are shown for each topic."""

_TEXTS = {
    UnitKind.DEALER: {"surveys": "verbatim", "reviews": "text", "complaints": "text"},
    UnitKind.INTERVIEWER: {"surveys": "verbatim"},
}


def topics_of(observations: Observations, kind: UnitKind, ids: "pd.Index[str]") -> list[dict[str, Any]]:
    """Return for each unit what its customers speak of, the commonest topic first.

    Parameters
    ----------
    observations
        The window.
    kind, ids
        The units.

    Returns
    -------
    list of dict
        ``texts``: how many texts there are; ``topics``: ``topic`` in both languages, ``n`` texts that touch on it, and
        the newest of them, each said once, as ``examples``: ``source``, ``record_id``, ``at`` and ``text``. A text may
        touch on several topics, or on none.

    Examples
    --------
    >>> from datetime import date
    >>> said = ["等了两个小时", "The price was fair", "等太久了，收费也贵", None]
    >>> surveys = pd.DataFrame({"response_id": list("abcd"), "dealer_id": "D1", "verbatim": pd.Series(said, dtype="str")})
    >>> seen = Observations(date(2026, 10, 31), {"surveys": surveys})
    >>> found = topics_of(seen, UnitKind.DEALER, pd.Index(["D1"], dtype="str"))[0]
    >>> found["texts"], [(topic["topic"]["en"], topic["n"]) for topic in found["topics"]]
    (3, [('waiting time', 2), ('price', 2)])
    """
    texts = pd.concat([_read(observations, source, column, kind, ids) for source, column in _TEXTS[kind].items()])
    texts = texts.sort_values(["unit", "at", "record_id"], ascending=[True, False, True], ignore_index=True)
    total = np.bincount(texts["unit"], minlength=len(ids))
    place, distinct = pd.factorize(texts["text"])
    letters = pa.array(distinct, pa.large_string())
    found: list[list[dict[str, Any]]] = [[] for _ in ids]
    for topic, pattern in TOPICS:
        touches = pc.match_substring_regex(letters, pattern, ignore_case=True).to_numpy(zero_copy_only=False)
        mine = texts[touches[place]] if len(distinct) else texts
        counts = np.bincount(mine["unit"], minlength=len(ids))
        once = mine.drop_duplicates(["unit", "text"])
        once = once[once.groupby("unit").cumcount() < MOST_EXAMPLES]
        for unit, examples in once.groupby("unit", sort=False):
            found[int(unit)].append(
                {
                    "topic": topic._asdict(),
                    "n": int(counts[int(unit)]),
                    "examples": examples[["source", "record_id", "at", "text"]].to_dict("records"),
                }
            )
    return [
        {"texts": int(total[unit]), "topics": sorted(topics, key=lambda topic: -topic["n"])}
        for unit, topics in enumerate(found)
    ]


def _read(observations: Observations, source: str, column: str, kind: UnitKind, ids: "pd.Index[str]") -> pd.DataFrame:
    """Return ``unit, source, record_id, at, text`` of the texts of the units."""
    own = own_rows(observations, source, kind, ids)
    if not len(own.rows) or column not in observations[source].columns:
        return pd.DataFrame(
            {"unit": own.unit[:0]} | {name: pd.Series(dtype="str") for name in ("source", "record_id", "at", "text")}
        )
    frame, when = observations[source].iloc[own.rows], SOURCES[source].when
    at = frame[when].dt.strftime("%Y-%m-%d") if when in frame.columns else ""
    texts = pd.DataFrame(
        {
            "unit": own.unit,
            "source": source,
            "record_id": frame[SOURCES[source].key].to_numpy(),
            "text": frame[column].to_numpy(),
        }
    ).assign(at=np.asarray(at))
    return texts[texts["text"].notna()]
