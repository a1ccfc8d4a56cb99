"""The lake read back: the rows of a trailing window, as every detector receives them."""

from collections.abc import Collection, Mapping
from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from deltalake import DeltaTable

from detectors.core.observations import Observations
from detectors.core.sources import SOURCES, Source
from lake.tables import BOOKKEEPING, delivered, open_table, read, string_field, to_pandas


def observe(
    root: Path | str,
    *,
    business_date: date,
    window_months: int = 6,
    versions: Mapping[str, int] | None = None,
    scales: Mapping[str, tuple[int, int]] | None = None,
    closing_months: int = 1,
    columns: Mapping[str, Collection[str]] | None = None,
    storage_options: dict[str, str] | None = None,
) -> Observations:
    """Read the window that ends with the business date.

    Parameters
    ----------
    root
        The lake.
    business_date
        The window's last day.
    window_months
        Its length in months: six months to 31 October begin on 1 May. A row whose time is missing is placed by its
        ``wave``, and left out if it has none; sources without time are read whole.
    versions
        The version of each table to read, as a run recorded them; a source not named was not there. The present
        versions if None.
    scales, closing_months
        Passed on to `Observations`.
    columns
        The columns wanted of each source, ``q_`` meaning the whole family; a source not named is not read. All if None.
    storage_options
        Credentials and the like for an object store.

    Returns
    -------
    Observations
        A frame for each source that has a table.

    Raises
    ------
    LakeUnreadable
        If a table or the version asked for cannot be read.
    """
    there = delivered(root, storage_options) if versions is None else [name for name in SOURCES if name in versions]
    frames = {}
    for name in there:
        if columns is not None and name not in columns:
            continue
        table = open_table(root, name, None if versions is None else versions[name], storage_options)
        wanted = _wanted(table, None if columns is None else columns[name])
        frames[name] = _read(table, SOURCES[name], wanted, business_date, window_months)
    return Observations(business_date, frames, dict(scales or {}), closing_months)


def newest(root: Path | str, *, storage_options: dict[str, str] | None = None) -> date | None:
    """Return the newest day of which the lake has an interview or a review, read from the tables' statistics.

    Parameters
    ----------
    root
        The lake.
    storage_options
        Credentials and the like for an object store.

    Returns
    -------
    datetime.date or None
        None if there is neither an interview nor a review.
    """
    days = []
    for name in ("surveys", "reviews"):
        if name in delivered(root, storage_options):
            table = open_table(root, name, None, storage_options)
            latest = pc.max(pa.table(table.get_add_actions(flatten=True)).column(f"max.{SOURCES[name].when}")).as_py()
            days += [] if latest is None else [latest.date()]
    return max(days, default=None)


def _wanted(table: DeltaTable, columns: Collection[str] | None) -> list[str]:
    held = [field.name for field in table.schema().fields if field.name not in BOOKKEEPING]
    if columns is None:
        return held
    families = tuple(name for name in columns if name.endswith("_"))
    return [name for name in held if name in columns or name.startswith(families)]


def _read(table: DeltaTable, source: Source, columns: list[str], last_day: date, months: int) -> pd.DataFrame:
    held = {field.name for field in table.schema().fields}
    inside = None
    if source.when is not None:
        after = pd.Timestamp(last_day) + pd.Timedelta(days=1)
        first = pd.Timestamp(last_day) - pd.DateOffset(months=months) + pd.Timedelta(days=1)
        when = pc.field(source.when)
        if source.when in held:
            inside = (when >= _instant(first)) & (when < _instant(after))
        if "wave" in held:
            wave = string_field("wave")
            by_wave = (wave >= first.strftime("%Y-%m")) & (wave <= last_day.strftime("%Y-%m"))
            inside = inside | (when.is_null() & by_wave) if inside is not None else by_wave
        if inside is None:
            inside = pc.scalar(False)
    return to_pandas(read(table, columns, inside))


def _instant(moment: pd.Timestamp) -> pa.Scalar:
    return pa.scalar(moment.to_pydatetime(), pa.timestamp("us"))
