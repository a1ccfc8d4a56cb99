"""Any view of the auditors, read a page at a time: narrowed by its columns, sorted, and quick on millions of rows.

A page reads the tables behind a view and not the view itself: a name (a run, a unit, a scheme) is turned into its key
first, so that the tables' own order and indices serve the page. A test holds every view against what is read here.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, BinaryIO

from sqlalchemy import ColumnElement, Connection, Engine, FromClause, Select, func, literal_column, select

from detectors.core.errors import MingchaError
from sql.audit import VIEWS, AuditColumn, View
from sql.behind import BEHIND, Behind
from sql.connection import reading

ROWS_A_PAGE = 50
DEEPEST = 10_000
"""Rows that can be paged through; who wants more narrows the selection, or exports it."""

_ROWS_AT_ONCE = 20_000


class Operator(StrEnum):
    """How a column is compared with a value.

    ``has`` looks for a part of a text, whatever its case; ``empty`` and ``filled`` take no value.
    """

    IS = "is"
    IS_NOT = "is_not"
    HAS = "has"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    EMPTY = "empty"
    FILLED = "filled"

    @property
    def takes_value(self) -> bool:
        """Whether it compares with a value."""
        return self not in {Operator.EMPTY, Operator.FILLED}


class BrowseError(MingchaError):
    """A selection that makes no sense, or would read a whole history."""


@dataclass(frozen=True)
class Filter:
    """One condition on a column.

    Parameters
    ----------
    column
        A column of the view.
    operator
        How to compare.
    value
        With what, as a person types it.
    """

    column: str
    operator: Operator
    value: str = ""


@dataclass(frozen=True)
class Sort:
    """The order of the rows.

    Parameters
    ----------
    column
        A column of the view.
    descending
        Largest first. Whatever is empty comes last either way.
    """

    column: str
    descending: bool = False


@dataclass(frozen=True)
class Page:
    """A page of a view.

    Parameters
    ----------
    rows
        Values in the order of the view's columns.
    number
        Which page, from 1.
    count
        Rows of the whole selection, `DEEPEST` + 1 if there are more than `DEEPEST`.
    """

    rows: tuple[tuple[Any, ...], ...]
    number: int
    count: int

    @property
    def last(self) -> int:
        """The number of the last page that can be shown."""
        return max(1, math.ceil(min(self.count, DEEPEST) / ROWS_A_PAGE))


def bounds(view: str) -> tuple[str, ...]:
    """Return the columns of which a selection must give one, none if the view may be read whole.

    Examples
    --------
    >>> bounds("audit_evidence"), bounds("audit_cases")
    (('run_id', 'unit_id'), ())
    """
    return _behind(view).bounds


def browse(
    connection: Connection, view: str, filters: Sequence[Filter] = (), sort: Sort | None = None, page: int = 1
) -> Page:
    """Return a page of a view.

    Parameters
    ----------
    connection
        For reading.
    view
        One of `sql.audit.VIEWS`.
    filters
        All of which must hold.
    sort
        The order; that of the view's keys if None.
    page
        Which page, from 1.

    Raises
    ------
    BrowseError
        There is no such view or column, a value is no number where one is needed, the page is deeper than `DEEPEST`
        rows, or a view that keeps every night is read without naming one of `bounds`.
    """
    deepest = DEEPEST // ROWS_A_PAGE
    if not 1 <= page <= deepest:
        raise BrowseError(
            f"There is no page {page}: the first {DEEPEST:,} rows can be paged through.",
            remedy="Narrow the selection, or export it.",
        )
    rows = selection(view, filters, sort).limit(ROWS_A_PAGE).offset((page - 1) * ROWS_A_PAGE)
    behind = _behind(view)
    some: Select[Any] = (
        select(literal_column("1").label("one")).select_from(behind.table).where(*_conditions(view, filters))
    )
    counted = select(func.count()).select_from(some.limit(DEEPEST + 1).subquery())
    count = int(connection.execute(counted).scalar_one())
    return Page(tuple(tuple(row) for row in connection.execute(rows)), page, count)


def selection(view: str, filters: Sequence[Filter] = (), sort: Sort | None = None) -> Select[Any]:
    """Return the query of the whole selection, with the columns of the view in its order: for pages and exports.

    Raises
    ------
    BrowseError
        As `browse` does.
    """
    behind = _behind(view)
    order = behind.order()
    if sort is not None:
        column = behind.column(_known(view, sort.column).name)
        order = [(column.desc() if sort.descending else column.asc()).nulls_last(), *order]
    whole: FromClause = behind.table
    for name in {name.named: name for name in behind.names.values()}.values():
        whole = whole.outerjoin(name.named, behind.table.c[name.through] == name.key)
    columns = [behind.column(described.name).label(described.name) for described in VIEWS[view].columns]
    return select(*columns).select_from(whole).where(*_conditions(view, filters)).order_by(*order)


def export(query: Select[Any], engine: Engine, view: str, to: BinaryIO, form: str) -> int:
    """Write a `selection` of a view as `sql.export` writes the whole of it, and return how many rows it has.

    Parameters
    ----------
    query
        From `selection`.
    engine
        The database.
    view
        The view.
    to
        A binary stream.
    form
        ``csv``, ``xlsx`` or ``parquet``.

    Raises
    ------
    StoreError
        It has more rows than a sheet can hold, or the database cannot be read.
    """
    from sql.export import Format, write  # noqa: PLC0415 - pandas and pyarrow, for who exports

    with reading(engine) as connection:
        streamed = connection.execution_options(stream_results=True, yield_per=_ROWS_AT_ONCE)
        with streamed.execute(query) as result:
            parts = ([tuple(row) for row in part] for part in result.partitions())
            return write(_described(view), parts, to, Format(form))


def where_clause(view: str, filters: Sequence[Filter], sort: Sort | None = None) -> str:
    """Return the selection as SQL that anyone may run on the view.

    Examples
    --------
    >>> where_clause("audit_scores", [Filter("scheme", Operator.IS, "coached"), Filter("bits", Operator.AT_LEAST, "5")])
    "select * from audit_scores where scheme = 'coached' and bits >= 5"
    """
    told = [_in_sql(_known(view, condition.column), condition) for condition in filters]
    where = f" where {' and '.join(told)}" if told else ""
    direction = " desc" if sort and sort.descending else ""
    order = f" order by {_known(view, sort.column).name}{direction} nulls last" if sort else ""
    return f"select * from {view}{where}{order}"  # noqa: S608 - shown to a person, never run here


def _behind(view: str) -> Behind:
    if view not in BEHIND:
        raise BrowseError(f"There is no view {view!r}.", remedy=f"The views are {', '.join(VIEWS)}.")
    return BEHIND[view]


def _known(view: str, name: str) -> AuditColumn:
    columns = {described.name: described for described in _described(view).columns}
    if name not in columns:
        raise BrowseError(f"{view} has no column {name!r}.", remedy=f"It has {', '.join(columns)}.")
    return columns[name]


def _described(view: str) -> View:
    _behind(view)
    return VIEWS[view]


def _conditions(view: str, filters: Sequence[Filter]) -> list[ColumnElement[bool]]:
    behind = _behind(view)
    given = {condition.column for condition in filters if condition.operator is Operator.IS}
    if behind.bounds and not given & set(behind.bounds):
        raise BrowseError(
            f"{view} keeps every night.", remedy=f"Name one of {', '.join(behind.bounds)}, and see all of that."
        )
    return [_held(behind, _known(view, condition.column), condition) for condition in filters]


def _held(behind: Behind, described: AuditColumn, condition: Filter) -> ColumnElement[bool]:
    """Return the condition as the table behind the view can answer it: a name is looked up for its key first."""
    met = _met(behind.column(described.name), described, condition)
    name = behind.names.get(described.name)
    if name is None:
        return met
    key = behind.table.c[name.through]
    if condition.operator is Operator.EMPTY:
        return key.is_(None)
    keys = select(name.key).where(met).correlate(None)
    if condition.operator is Operator.IS and name.is_unique:
        # One key, which the database then looks up before it decides how to read: the rows of a run lie together.
        return key == keys.scalar_subquery()
    named = key.in_(keys)
    return named | key.is_(None) if condition.operator is Operator.IS_NOT else named


def _met(column: ColumnElement[Any], described: AuditColumn, condition: Filter) -> ColumnElement[bool]:
    operator, value = condition.operator, _typed(described, condition)
    if operator is Operator.IS:
        return column == value
    if operator is Operator.IS_NOT:
        return column.is_distinct_from(value)
    if operator is Operator.HAS:
        return column.icontains(value, autoescape=True)
    if operator is Operator.AT_LEAST:
        return column >= value
    if operator is Operator.AT_MOST:
        return column <= value
    return column.is_(None) if operator is Operator.EMPTY else column.is_not(None)


def _typed(described: AuditColumn, condition: Filter) -> str | float | int:
    if described.type == "text" or not condition.operator.takes_value:
        return condition.value
    if condition.operator is Operator.HAS:
        raise BrowseError(
            f"{described.name} is a number, and has no part of a text.", remedy="Compare it with at least or at most."
        )
    try:
        number = float(condition.value)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise BrowseError(f"{described.name} is compared with what is no number.", remedy="Type a number such as 4.5.")
    return int(number) if number.is_integer() and abs(number) < 2**53 else number


def _in_sql(described: AuditColumn, condition: Filter) -> str:
    name, value = described.name, _typed(described, condition)
    told = f"'{_doubled(value)}'" if isinstance(value, str) else f"{value}"
    if condition.operator is Operator.HAS:
        sought = _doubled(condition.value.lower())
        for special in ("/", "%", "_"):
            sought = sought.replace(special, f"/{special}")
        return f"lower({name}) like '%{sought}%' escape '/'"
    comparison = {
        Operator.IS: f"{name} = {told}",
        Operator.IS_NOT: f"({name} <> {told} or {name} is null)",
        Operator.AT_LEAST: f"{name} >= {told}",
        Operator.AT_MOST: f"{name} <= {told}",
        Operator.EMPTY: f"{name} is null",
        Operator.FILLED: f"{name} is not null",
    }
    return comparison[condition.operator]


def _doubled(text: str) -> str:
    return text.replace("'", "''")
