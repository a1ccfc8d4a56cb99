"""What a unit's customers said, read from the lake when somebody asks, by topic.

Personal numbers in these texts were masked when they landed (`lake.free_text`), and nothing else of the rows is read.
"""

import re
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from threading import Lock
from typing import Any

from detectors.core.schemes import UnitKind
from detectors.core.sources import SOURCES

_TEXTS = {
    UnitKind.DEALER: {"surveys": "verbatim", "reviews": "text", "complaints": "text"},
    UnitKind.INTERVIEWER: {"surveys": "verbatim"},
}
_SCORES = {"surveys": "overall", "reviews": "rating", "complaints": "category"}
_UNITS_KEPT = 64


@dataclass(frozen=True)
class Verbatim:
    """One thing that a customer said.

    Parameters
    ----------
    source, record_id
        The record.
    at
        The day, YYYY-MM-DD; empty if it is not known.
    text
        The words.
    score
        Overall satisfaction, stars, or a complaint's category.
    """

    source: str
    record_id: str
    at: str
    text: str
    score: str


@dataclass(frozen=True)
class Topic:
    """What customers speak of, in both languages, with how many do and their words, the newest first."""

    key: str
    name: str
    name_zh: str
    said: tuple[Verbatim, ...]


class Verbatims:
    """The texts of one lake, those of the units asked for last kept until a table changes.

    Parameters
    ----------
    lake
        The folder or URL.
    storage
        The object store's options.
    """

    def __init__(self, lake: Path | str, storage: Mapping[str, str] | None = None) -> None:
        self._lake, self._storage = lake, dict(storage or {}) or None
        self._kept: OrderedDict[tuple[Any, ...], tuple[Verbatim, ...]] = OrderedDict()
        self._lock = Lock()

    def of(self, kind: UnitKind, unit_id: str, *, until: date, months: int) -> tuple[Verbatim, ...]:
        """Return what was said of a unit in the months that end with a day, the newest first.

        Raises
        ------
        LakeUnreadable
            A table is broken.
        """
        from lake.tables import delivered, open_table  # noqa: PLC0415 - half a second, for who asks

        there = [source for source in delivered(self._lake, self._storage) if source in _TEXTS[kind]]
        tables = {source: open_table(self._lake, source, None, self._storage) for source in there}
        versions = tuple((source, table.version()) for source, table in tables.items())
        key = (kind, unit_id, until, months, versions)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        days = (until - timedelta(days=31 * months), until + timedelta(days=1))
        found = [said for source, table in tables.items() for said in _read(table, source, kind, unit_id, days)]
        said = tuple(sorted(found, key=lambda each: (each.at, each.record_id), reverse=True))
        with self._lock:
            self._kept[key] = said
            while len(self._kept) > _UNITS_KEPT:
                self._kept.popitem(last=False)
        return said


def by_topic(said: Sequence[Verbatim]) -> list[Topic]:
    """Return the topics that the texts touch on, the commonest first; a text may touch on several, or on none.

    Examples
    --------
    >>> said = [Verbatim("surveys", "R1", "2026-10-01", "等了两个小时，收费也贵", "6")]
    >>> [(topic.name, topic.name_zh, len(topic.said)) for topic in by_topic(said)]
    [('waiting time', '等待时间', 1), ('price', '价格', 1)]
    """
    from detectors.core.dossiers.topic_words import TOPICS  # noqa: PLC0415 - its package loads pandas

    found = []
    for number, (name, pattern) in enumerate(TOPICS, start=1):
        touches = re.compile(pattern, re.IGNORECASE)
        mine = tuple(each for each in said if touches.search(each.text))
        if mine:
            found.append(Topic(str(number), name.en, name.zh, mine))
    return sorted(found, key=lambda topic: -len(topic.said))


def _read(table: Any, source: str, kind: UnitKind, unit_id: str, days: tuple[date, date]) -> list[Verbatim]:
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.compute as pc  # noqa: PLC0415

    from lake.tables import read, string_field  # noqa: PLC0415

    described, text, unit = SOURCES[source], _TEXTS[kind][source], f"{kind}_id"
    held = {field.name for field in table.schema().fields}
    if not {unit, text, described.key} <= held:
        return []
    wanted = [name for name in (described.key, described.when, text, _SCORES[source]) if name is not None]
    where = (string_field(unit) == unit_id) & pc.field(text).is_valid()
    if described.when in held:
        when = pc.field(described.when)
        first, last = (pa.scalar(day, pa.date32()).cast(pa.timestamp("us")) for day in days)
        where = where & (when.is_null() | ((when >= first) & (when < last)))
    rows = read(table, [name for name in wanted if name in held], where).to_pylist()
    return [_verbatim(source, row, text) for row in rows if row[text].strip()]


def _verbatim(source: str, row: Mapping[str, Any], text: str) -> Verbatim:
    described = SOURCES[source]
    at = row.get(described.when or "")
    score = row.get(_SCORES[source])
    shown = f"{score:g}" if isinstance(score, float) else str(score or "")
    return Verbatim(source, row[described.key], "" if at is None else at.date().isoformat(), row[text], shown)
