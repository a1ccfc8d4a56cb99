"""What every chart is made of: a shape that Altair draws up once in each language, and the rows of a page.

Drawing up and checking a shape takes Altair fifty milliseconds, so a page only puts its rows into one that is there.
"""

from collections.abc import Sequence
from typing import Any

Spec = dict[str, Any]
"""A chart in Vega-Lite."""
Rows = Sequence[dict[str, Any]]
"""Rows of a chart's data, each by column."""

THIS, OTHERS, HONEST, MARKED = "var(--accent)", "var(--muted)", "var(--for)", "var(--against)"
"""This unit, everybody else, what speaks for honesty, what is to be noticed: colours of the stylesheet."""

FITTED = {"type": "fit-x", "contains": "padding"}
"""A chart as wide as its place. Its height is set by its rows: a step for each row would draw complaints."""


def filled(shape: Spec, **rows: Rows) -> Spec:
    """Return the shape with rows for each of its named data.

    Examples
    --------
    >>> filled({"mark": "bar", "data": {"name": "families"}}, families=[{"bits": 3}])["datasets"]
    {'families': [{'bits': 3}]}
    """
    # Altair keeps a shape's own rows, such as a line at nought, in the same place.
    return {**shape, "datasets": {**shape.get("datasets", {}), **{name: list(values) for name, values in rows.items()}}}
