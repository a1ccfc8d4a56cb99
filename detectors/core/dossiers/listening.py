"""What to listen to first: a unit's likeliest records, and as many others beside them for comparison."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from detectors.core.codes import code
from detectors.core.dossiers.units import own_rows
from detectors.core.observations import Observations
from detectors.core.schemes import Scheme, UnitKind
from detectors.core.sources import SOURCES
from detectors.core.weighing import Weighing

MOST_RECORDS = 40
"""How many records a reviewer is asked to listen to at most."""

_HEARD = ("surveys", "contacts", "reviews")
_SHOWN = {
    "dealer_id": "dealer_id",
    "interviewer_id": "interviewer_id",
    "vendor": "vendor",
    "survey": "survey",
    "duration_s": "duration_s",
    "overall": "overall",
    "rating": "rating",
    "platform": "platform",
    "disposition": "disposition",
    "phone_display": "phone_shown",
}
_WORDS = {"surveys": "verbatim", "reviews": "text"}


def records_and_controls(
    observations: Observations, weighing: Weighing, kind: UnitKind, ids: "pd.Index[str]", seed: int
) -> list[dict[str, list[dict[str, Any]]]]:
    """Return for each unit its suspicious records, the likeliest first, and as many that no detector named.

    Without records to compare them with, a reviewer finds something odd in whatever they listen to.

    Parameters
    ----------
    observations, weighing
        The window, and what was found in it.
    kind, ids
        The units.
    seed
        Which controls are chosen.

    Returns
    -------
    list of dict
        ``records`` and ``controls``, at most `MOST_RECORDS` each: ``source``, ``record_id``, ``at`` and what the source
        knows of ``dealer_id``, ``interviewer_id``, ``vendor``, ``survey``, ``duration_s``, ``overall``, ``items``,
        ``facts``, ``rating``, ``platform``, ``disposition``, ``phone_display`` (masked) and ``verbatim``; null where it
        knows nothing. Records also have ``probability`` (the highest of any scheme), ``schemes``, ``reasons`` and
        ``reasons_zh``. Controls are of the same sources, as many of each.
    """
    named = _named(observations, weighing, kind, ids)
    first = named.drop_duplicates(["unit", "source", "record_id"])
    first = first[first.groupby("unit").cumcount() < MOST_RECORDS]
    heard: list[dict[str, list[dict[str, Any]]]] = [{"records": [], "controls": []} for _ in ids]
    said = _said(named.merge(first[["unit", "source", "record_id"]], on=["unit", "source", "record_id"]))
    for source in _HEARD:
        wanted = first[first["source"] == source]
        if wanted.empty:
            continue
        for unit, row in zip(wanted["unit"], _laid_out(observations, source, wanted["row"].to_numpy()), strict=True):
            heard[unit]["records"].append(row | said[unit, source, row["record_id"]])
        counts = np.bincount(wanted["unit"], minlength=len(ids))
        unit, rows = _controls(observations, weighing, source, kind, ids, counts, seed)
        for place, row in zip(unit, _laid_out(observations, source, rows), strict=True):
            heard[place]["controls"].append(row)
    for of_unit in heard:
        of_unit["records"].sort(key=lambda row: -row["probability"])
    return heard


def _named(observations: Observations, weighing: Weighing, kind: UnitKind, ids: "pd.Index[str]") -> pd.DataFrame:
    """Return the units' records by scheme, the likeliest first, each with ``unit`` and its ``row`` in the source."""
    about = {str(scheme) for scheme in Scheme if scheme.unit_kind is kind}
    records = weighing.records[weighing.records["scheme"].isin(list(about))]
    if "reasons_zh" not in records.columns:
        records = records.assign(reasons_zh="")
    parts = [records.head(0).assign(unit=np.empty(0, np.int64), row=np.empty(0, np.int64))]
    for source in _HEARD:
        of_source = records[records["source"] == source]
        if of_source.empty or f"{kind}_id" not in observations[source].columns:
            continue
        if kind is UnitKind.DEALER:  # millions of keys need not be looked up for the records of other dealers
            of_source = of_source[of_source["dealer_id"].isin(ids)]
        row = pd.Index(observations[source][SOURCES[source].key]).get_indexer(pd.Index(of_source["record_id"]))
        unit = observations.coded(source, f"{kind}_id").among(ids)[row]
        parts.append(of_source.assign(unit=unit, row=row)[unit >= 0])
    everything = pd.concat(parts, ignore_index=True)
    order = np.lexsort(
        (code(everything["record_id"]).places, -everything["probability"].to_numpy(), everything["unit"])
    )
    return everything.iloc[order]


def _said(named: pd.DataFrame) -> dict[tuple[int, str, str], dict[str, Any]]:
    """Return what the schemes together say of each record."""
    return {
        (int(unit), source, record_id): {
            "probability": round(float(group["probability"].max()), 4),
            "schemes": list(dict.fromkeys(group["scheme"])),
            "reasons": _together(group["reasons"], " "),
            "reasons_zh": _together(group["reasons_zh"], ""),
        }
        for (unit, source, record_id), group in named.groupby(["unit", "source", "record_id"], sort=False)
    }


def _together(reasons: Iterable[str], between: str) -> str:
    return between.join(dict.fromkeys(reasons))


def _controls(
    observations: Observations,
    weighing: Weighing,
    source: str,
    kind: UnitKind,
    ids: "pd.Index[str]",
    counts: NDArray[np.int64],
    seed: int,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return unit and row of as many records of each unit as asked for, none of which any detector named."""
    own = own_rows(observations, source, kind, ids)
    names = observations[source][SOURCES[source].key].iloc[own.rows]
    doubted = weighing.records.loc[weighing.records["source"] == source, "record_id"]
    free = ~names.isin(doubted).to_numpy()
    rows, unit = own.rows[free], own.unit[free]
    # A record's chance to be chosen depends on its name alone, so that tomorrow's rows leave tonight's choice alone.
    chance = pd.util.hash_array(names[free].to_numpy(dtype=object), hash_key=f"{seed:016d}")
    order = np.lexsort((chance, unit))
    rows, unit = rows[order], unit[order]
    begins = np.searchsorted(unit, np.arange(len(ids)))
    chosen = np.arange(len(unit)) - begins[unit] < counts[unit]
    return unit[chosen], rows[chosen]


def _laid_out(observations: Observations, source: str, rows: NDArray[np.int64]) -> list[dict[str, Any]]:
    """Return those rows of a source as a reviewer sees them."""
    frame, described = observations[source], SOURCES[source]
    some = frame.iloc[rows]

    def column(name: str | None) -> Sequence[Any]:
        return [None] * len(some) if name is None or name not in some.columns else _plain(some[name])

    columns = {"record_id": column(described.key), "at": column(described.when)}
    columns |= {shown: column(name) for shown, name in _SHOWN.items()}
    columns["verbatim"] = column(_WORDS.get(source))
    family = {
        shown: {name: column(name) for name in observations.members(source, prefix)}
        for shown, prefix in (("items", "q_"), ("facts", "fact_"))
    }
    return [
        {
            "source": source,
            **{shown: values[place] for shown, values in columns.items()},
            **{
                shown: {name: values[place] for name, values in members.items() if values[place] is not None}
                for shown, members in family.items()
            },
        }
        for place in range(len(some))
    ]


def _plain(values: pd.Series) -> list[Any]:
    """Return the values as JSON knows them: whole numbers without a point, moments as text, null for nothing."""
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        return [None if pd.isna(moment) else moment.isoformat(timespec="seconds") for moment in values]
    if pd.api.types.is_numeric_dtype(values.dtype):
        return [
            None if number != number else int(number) if number == int(number) else round(number, 2)  # noqa: PLR0124
            for number in values.astype("float64").tolist()
        ]
    return values.astype(object).where(values.notna(), None).tolist()
