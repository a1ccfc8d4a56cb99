"""A selection of a view: from the address that holds it, to the sentence a person reads and the SQL beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from detectors.core.errors import MingchaError
from review.language import Words, mark
from sql.browse import BrowseError, Filter, Operator, Sort, bounds, where_clause

OPERATORS = {
    Operator.IS: mark("is"),
    Operator.IS_NOT: mark("is not"),
    Operator.HAS: mark("contains"),
    Operator.AT_LEAST: mark("is at least"),
    Operator.AT_MOST: mark("is at most"),
    Operator.EMPTY: mark("is empty"),
    Operator.FILLED: mark("is not empty"),
}
"""What each comparison is called, in the order in which it is offered."""

MOST_CONDITIONS = 12


@dataclass(frozen=True)
class Selection:
    """Which rows of a view, in which order.

    Parameters
    ----------
    view
        The view.
    filters
        All of which must hold.
    sort
        The order; that of the view's keys if None.
    """

    view: str
    filters: tuple[Filter, ...] = ()
    sort: Sort | None = None

    def query(self, *, page: int | None = None, sort: Sort | None = None) -> str:
        """Return what an address says of it, on another page or in another order if that is given."""
        parts: list[tuple[str, str]] = []
        for condition in self.filters:
            parts += [("column", condition.column), ("is", condition.operator), ("value", condition.value)]
        order = sort or self.sort
        if order is not None:
            parts.append(("sort", order.column))
            if order.descending:
                parts.append(("down", "1"))
        if page is not None:
            parts.append(("page", str(page)))
        return urlencode(parts)

    def sentence(self, words: Words) -> str:
        """Return it as a person says it.

        Examples
        --------
        >>> from review.language import words
        >>> large = Selection("audit_scores", (Filter("bits", Operator.AT_LEAST, "5"),), Sort("bits", descending=True))
        >>> large.sentence(words("en"))
        'Rows where bits is at least 5; the largest bits first.'
        >>> Selection("audit_cases").sentence(words("en"))
        'Every row.'
        """
        _ = words.gettext
        told = [
            " ".join(part for part in (each.column, _(OPERATORS[each.operator]), each.value) if part)
            for each in self.filters
        ]
        where = _("Rows where {conditions}").format(conditions=_(" and ").join(told)) if told else _("Every row")
        if self.sort is None:
            return where + _(".")
        first = _("the largest {column} first") if self.sort.descending else _("the smallest {column} first")
        return where + _("; ") + first.format(column=self.sort.column) + _(".")

    def sql(self) -> str:
        """Return it as SQL that anyone may run on the view."""
        return where_clause(self.view, self.filters, self.sort)


def read(view: str, asked: QueryParams, newest_run_id: str | None) -> Selection:
    """Return the selection of an address; where a view keeps every night, the newest one unless another is named.

    Parameters
    ----------
    view
        The view.
    asked
        ``column``, ``is`` and ``value``, once for each condition; ``sort`` and ``down``.
    newest_run_id
        The newest night, if there is one.

    Raises
    ------
    BrowseError
        The address names no such comparison, or too many conditions.
    """
    named = list(zip(*(asked.getlist(name) for name in ("column", "is", "value")), strict=False))
    filters = [_condition(column, operator, value) for column, operator, value in named if column]
    if len(filters) > MOST_CONDITIONS:
        raise BrowseError(f"{len(filters)} conditions are too many.", remedy=f"Give at most {MOST_CONDITIONS}.")
    needed = bounds(view)
    given = {condition.column for condition in filters if condition.operator is Operator.IS}
    if needed and not given & set(needed):
        filters.insert(0, Filter("run_id", Operator.IS, newest_run_id or ""))
    sort = asked.get("sort")
    return Selection(view, tuple(filters), Sort(sort, descending=asked.get("down") == "1") if sort else None)


def told(error: MingchaError) -> str:
    """Return what is wrong with a selection, and what to do."""
    return f"{error.what} {error.remedy}"


def _condition(column: str, operator: str, value: str) -> Filter:
    known: Sequence[str] = [each.value for each in Operator]
    if operator not in known:
        raise BrowseError("There is no such comparison.", remedy=f"Use one of {', '.join(known)}.")
    if "\x00" in value:
        raise BrowseError("A value holds a character that no text has.", remedy="Type it anew.")
    return Filter(column, Operator(operator), value)
