"""The queue's filter as it stands in an address: whoever follows a link sees the same cases in the same order."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from fastapi import Request
from starlette.datastructures import QueryParams

from detectors.core.schemes import Scheme, UnitKind
from review.security.permissions import Person
from sql import queue
from sql.queue import QueueFilter

ME = "me"
"""The assignee in the address that is whoever looks."""

_KEYS = {
    "status": "status",
    "scheme": "scheme",
    "region": "region",
    "brand": "brand",
    "group": "dealer_group",
    "vendor": "vendor",
    "assignee": "assignee",
    "unit": "unit_kind",
    "severity": "severity",
    "age": "age_days",
    "due": "due",
    "q": "text",
    "order": "order",
    "page": "page",
}
"""What each field of a filter is called in the address."""

_CLOSED: Mapping[str, tuple[str, ...]] = {
    "status": queue.STATUSES,
    "scheme": tuple(Scheme),
    "unit_kind": tuple(UnitKind),
    "severity": tuple(queue.SEVERITY_WEIGHT),
    "due": queue.DUES,
    "order": queue.ORDERS,
}
"""Fields that take only some values; another in the address counts as none."""

_LONGEST_TEXT, _LONGEST_QUERY = 100, 2000
"""Characters of a field, and of a whole filter, that are looked at."""


def filter_of(params: QueryParams, today: date) -> QueueFilter:
    """Return the filter that an address says; whatever it says that is not understood counts as not said.

    Examples
    --------
    >>> said = QueryParams("status=closed&scheme=coached&q=+D12+&page=x&due=never")
    >>> wanted = filter_of(said, date(2026, 11, 2))
    >>> wanted.status, wanted.scheme, wanted.text, wanted.page, wanted.due
    ('closed', 'coached', 'D12', 1, '')
    """
    values: dict[str, Any] = {}
    for key, name in _KEYS.items():
        value = params.get(key, "").strip()[:_LONGEST_TEXT]
        if name in {"age_days", "page"}:
            values[name] = min(int(value), 9999) if value.isdecimal() and value.isascii() and value != "0" else None
        elif value and ("\0" not in value) and (name not in _CLOSED or value in _CLOSED[name]):
            values[name] = value
    return QueueFilter(today, **{name: value for name, value in values.items() if value is not None})


def query_of(wanted: QueueFilter) -> str:
    """Return what stands behind the question mark of a filter's address; what is as usual is not said.

    Examples
    --------
    >>> query_of(QueueFilter(date(2026, 11, 2), status="closed", text="明达", page=3))
    'status=closed&q=%E6%98%8E%E8%BE%BE&page=3'
    """
    usual, said = vars(QueueFilter(wanted.today)), vars(wanted)
    return urlencode({key: said[name] for key, name in _KEYS.items() if said[name] != usual[name]})


def of_person(wanted: QueueFilter, person: Person) -> QueueFilter:
    """Return the filter with ``me`` as the account that it stands for."""
    return replace(wanted, assignee=person.account) if wanted.assignee == ME else wanted


def filter_sent(request: Request, query: str) -> QueueFilter:
    """Return the filter that a form sent back: what stood behind the question mark when it was shown."""
    return filter_of(QueryParams(query[:_LONGEST_QUERY]), today(request))


def address(path: str, wanted: QueueFilter) -> str:
    """Return the address of a page with a filter.

    Examples
    --------
    >>> address("/cases/12", QueueFilter(date(2026, 11, 2), status="closed"))
    '/cases/12?status=closed'
    >>> address("/cases/12", QueueFilter(date(2026, 11, 2)))
    '/cases/12'
    """
    query = query_of(wanted)
    return f"{path}?{query}" if query else path


def today(request: Request) -> date:
    """Return the day in Shanghai."""
    day: date = request.app.state.clock().date()
    return day
