"""What to listen to first: a unit's likeliest records, and as many others beside them for comparison."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from detectors.core.codes import code, places_among
from detectors.core.dossiers.units import Places, Units, own_rows
from detectors.core.dossiers.words import words_of
from detectors.core.observations import Observations
from detectors.core.schemes import Scheme, UnitKind
from detectors.core.sources import SOURCES
from detectors.core.weighing import Weighing

MOST_RECORDS = 40
"""How many records a reviewer is asked to listen to at most."""

_HEARD = ("surveys", "reviews", "contacts")
"""Where records stand; of equally likely ones those with most to hear come first."""

_SHOWN = {
    **{name: name for name in ("dealer_id", "interviewer_id", "vendor", "survey", "duration_s", "overall")},
    **{name: name for name in ("rating", "platform", "disposition")},
    "phone_display": "phone_shown",
}
_RECORD = ["unit", "source", "record_id"]

Record = dict[str, Any]


def records_and_controls(
    observations: Observations, weighing: Weighing, units: Units, seed: int
) -> list[dict[str, list[Record]]]:
    """Return for each unit its suspicious records, the likeliest first, and as many that no detector named.

    Without records to compare them with, a reviewer finds something odd in whatever they listen to.

    Parameters
    ----------
    observations, weighing
        The window, and what was found in it.
    units
        The units.
    seed
        Which controls are chosen.

    Returns
    -------
    list of dict
        ``records`` and ``controls``, at most `MOST_RECORDS` each: ``source``, ``record_id``, ``at`` and what the source
        knows of ``dealer_id``, ``interviewer_id``, ``vendor``, ``survey``, ``duration_s``, ``overall``, ``rating``,
        ``platform``, ``disposition``, ``phone_display`` (masked) and ``verbatim``, null where it knows nothing, with
        the answered ``items`` and ``facts``. Records also have ``probability`` (the highest of any scheme),
        ``schemes``, ``reasons`` and ``reasons_zh``. Controls are of the same sources, as many of each.
    """
    named = _named(observations, weighing, units)
    first = named.drop_duplicates(_RECORD)
    first = first[first.groupby("unit").cumcount() < MOST_RECORDS]
    said = _said(named.merge(first[_RECORD], on=_RECORD))
    heard: list[dict[str, list[Record]]] = [{"records": [], "controls": []} for _ in units]
    for source in _HEARD:
        wanted = first[first["source"] == source]
        for unit, record in zip(wanted["unit"], _laid_out(observations, source, wanted["row"].to_numpy()), strict=True):
            heard[unit]["records"].append(record | said[unit, source, record["record_id"]])
        counts = np.bincount(wanted["unit"], minlength=len(units))
        unit_of, rows = _controls(observations, weighing, source, units, seed)
        chosen = _place_within(unit_of) < counts[unit_of]
        controls = _laid_out(observations, source, rows[chosen])
        for unit, record in zip(unit_of[chosen].tolist(), controls, strict=True):
            heard[unit]["controls"].append(record)
    for of_unit in heard:
        of_unit["records"].sort(key=lambda record: -record["probability"])
    return heard


def _named(observations: Observations, weighing: Weighing, units: Units) -> pd.DataFrame:
    """Return the units' records by scheme, the likeliest first, each with its ``unit`` and ``row`` in the source."""
    about = pd.Index([str(scheme) for scheme in Scheme if scheme.unit_kind is units.kind], dtype="str")
    records = weighing.records[code(weighing.records["scheme"]).among(about) >= 0]
    parts = [records.head(0).assign(unit=np.empty(0, np.int64), row=np.empty(0, np.int64), place=0)]
    for place, source in enumerate(_HEARD):
        of_source = records[records["source"] == source]
        if units.kind is UnitKind.DEALER:  # the records of other dealers need not be looked up
            of_source = of_source[code(of_source["dealer_id"]).among(units.ids) >= 0]
        if of_source.empty:
            continue
        # Only the units' own rows are looked through, not all that their records could be.
        own = own_rows(observations, source, units)
        found = places_among(of_source["record_id"], _keys(observations, source, own.rows))
        row, unit = (np.append(known, -1)[found] for known in (own.rows, own.unit))
        parts.append(of_source.assign(unit=unit, row=row, place=place)[found >= 0])
    everything = pd.concat(parts, ignore_index=True)
    likely = -everything["probability"].to_numpy(dtype=np.float64).round(2)
    return everything.iloc[np.lexsort((code(everything["record_id"]).places, everything["place"], likely))]


def _said(named: pd.DataFrame) -> dict[tuple[int, str, str], Record]:
    """Return what the schemes together say of each record."""
    said: dict[tuple[int, str, str], Record] = {}
    texts = named[["scheme", "reasons", "reasons_zh"]].fillna("")
    columns = [named["unit"].tolist(), *(_plain(named[name]) for name in _RECORD[1:]), named["probability"].tolist()]
    columns += [_plain(texts[name]) for name in texts.columns]
    for unit, source, record_id, probability, scheme, reasons, reasons_zh in zip(*columns, strict=True):
        record = said.setdefault(
            (unit, source, record_id), {"probability": 0.0, "schemes": [], "reasons": [], "reasons_zh": []}
        )
        record["probability"] = max(record["probability"], round(probability, 4))
        record["schemes"].append(scheme)
        record["reasons"].append(reasons)
        record["reasons_zh"].append(reasons_zh)
    for record in said.values():
        record["reasons"] = " ".join(dict.fromkeys(record["reasons"]))
        record["reasons_zh"] = "".join(dict.fromkeys(record["reasons_zh"]))
    return said


def _controls(
    observations: Observations, weighing: Weighing, source: str, units: Units, seed: int
) -> tuple[Places, Places]:
    """Return unit and row of the units' records that no detector named, unit by unit in random order."""
    if source not in observations.frames:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    own = own_rows(observations, source, units)
    names = _keys(observations, source, own.rows)
    doubted = weighing.records.loc[weighing.records["source"] == source, "record_id"]
    free = places_among(names, doubted) < 0
    # A record's luck depends on its name alone, so that tomorrow's rows leave tonight's choice alone.
    luck = pd.util.hash_array(np.asarray(names[free], dtype=object), hash_key=f"{seed:016d}", categorize=False)
    order = np.lexsort((luck, own.unit[free]))
    return own.unit[free][order], own.rows[free][order]


def _keys(observations: Observations, source: str, rows: Places) -> "pd.Series[str]":
    return pd.Series(observations[source][SOURCES[source].key].array.take(rows))


def _place_within(unit: Places) -> Places:
    """Return the place of each row among those of its unit, which stand together."""
    starts = np.searchsorted(unit, unit)
    return np.arange(len(unit)) - starts


def _laid_out(observations: Observations, source: str, rows: Places) -> list[Record]:
    """Return those rows of a source as a reviewer sees them."""
    if not len(rows):
        return []
    whole, described = observations[source], SOURCES[source]
    answered = [name for name in whole.columns if name.startswith(("q_", "fact_"))]
    shown_of = {described.key, described.when, *_SHOWN.values(), *answered}
    some = whole[[name for name in whole.columns if name in shown_of]].take(rows)

    def column(name: str | None) -> Sequence[Any]:
        return _plain(some[name]) if name in some.columns else [None] * len(some)

    columns = {"source": [source] * len(some), "record_id": column(described.key), "at": column(described.when)}
    columns |= {shown: column(name) for shown, name in _SHOWN.items()}
    columns["verbatim"] = _plain(words_of(observations, source, rows))
    records = [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]
    for shown, prefix in (("items", "q_"), ("facts", "fact_")):
        members = observations.members(source, prefix)
        answers = zip(*(_plain(some[name]) for name in members), strict=True) if members else [()] * len(some)
        for record, given in zip(records, answers, strict=True):
            record[shown] = {name: answer for name, answer in zip(members, given, strict=True) if answer is not None}
    return records


def _plain(values: pd.Series) -> list[Any]:
    """Return the values as JSON knows them: whole numbers without a point, moments as text, null for nothing."""
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        moments = np.datetime_as_string(values.to_numpy(dtype="datetime64[s]")).astype(object)
        return _known(moments, values)
    if pd.api.types.is_numeric_dtype(values.dtype):
        numbers = values.to_numpy(dtype=np.float64).round(2)
        known = numbers.astype(object)
        whole = np.isfinite(numbers) & (numbers == np.floor(numbers))
        known[whole] = numbers[whole].astype(np.int64)
        return _known(known, values)
    texts: list[Any] = pa.array(values.array, from_pandas=True).to_pylist()
    return texts


def _known(shown: NDArray[np.object_], values: pd.Series) -> list[Any]:
    shown[values.isna().to_numpy()] = None
    known: list[Any] = shown.tolist()
    return known
