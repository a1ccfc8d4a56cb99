"""What rated items and facts are called: as the settings name them, else by the code of their column."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from review.language import Words
from review.settings import ItemTitle

Titles = Mapping[str, ItemTitle]
"""Titles by column, ``q_attitude`` or ``fact_car_washed``."""


def item_name(words: Words, titles: Titles, column: str) -> str:
    """Return what a rated item or a fact is called, from the name of its column.

    Examples
    --------
    >>> from review.language import words
    >>> titles = {"q_wait_time": ItemTitle(en="Waiting time", zh="等待时间")}
    >>> item_name(words("zh"), titles, "q_wait_time"), item_name(words("zh"), titles, "fact_greeted_promptly")
    ('等待时间', 'greeted promptly')
    """
    title = titles.get(column)
    return words.said(title.en, title.zh) if title else _code(column)


def item_names(words: Words, titles: Titles, survey: Mapping[str, Any]) -> list[str]:
    """Return what the rows of a dossier's heat map are called: overall, then the items.

    Examples
    --------
    >>> from review.language import words
    >>> item_names(words("en"), {}, {"items": ["overall", "q_speed_of_service"]})
    ['overall', 'speed of service']
    """
    items = [item for item in survey["items"] if item != "overall"]
    return [words.gettext("overall"), *(item_name(words, titles, item) for item in items)]


@cache
def _code(column: str) -> str:
    return column.removeprefix("q_").removeprefix("fact_").replace("_", " ")
