"""The waterfall: from the prior, by a bar for each family of evidence, to the probability."""

import math
from collections.abc import Sequence
from functools import cache
from typing import Any

from review.charts.shapes import HONEST, OTHERS, THIS, Spec, filled
from review.language import words
from review.language.figures import bits, percent

_MARKED = (0.001, 0.01, 0.1, 0.5, 0.9, 0.99, 0.999, 0.9999)
"""Probabilities on the axis, which is even in bits."""

_UNEXPLAINED_BITS = 0.05

_BAR_PX = 30


def waterfall(
    language: str,
    prior_bits: float,
    families: Sequence[tuple[str, float]],
    total_bits: float,
    explained_bits: float = 0.0,
) -> Spec:
    """Return the chart.

    Parameters
    ----------
    language
        ``en`` or ``zh``.
    prior_bits
        log2 of the prior odds.
    families
        Name and bits of each bar, in order.
    total_bits
        What they add up to; where they do not (families that overlap), one more bar says by how much.
    explained_bits
        What is taken from the scheme since another explains the same evidence, in bits of its odds; 0 if nothing is.

    Returns
    -------
    dict
        A Vega-Lite spec.
    """
    rows = steps(language, prior_bits, families, total_bits, explained_bits)
    return {**filled(_shape(language), steps=rows), "height": _BAR_PX * len(rows)}


def steps(
    language: str,
    prior_bits: float,
    families: Sequence[tuple[str, float]],
    total_bits: float,
    explained_bits: float = 0.0,
) -> list[dict[str, Any]]:
    """Return the bars: name, kind, from and to (bits), label.

    Examples
    --------
    >>> for step in steps("en", -5.0, [("contacts", 11.0), ("ratings", -1.0)], 10.0):
    ...     print(step["name"], step["from"], step["to"], step["kind"])
    Before any evidence 0.0 -5.0 end
    contacts -5.0 6.0 for
    ratings 6.0 5.0 against
    All together 0.0 5.0 end
    """
    _ = words(language).gettext
    rows = [_step(_("Before any evidence"), "end", 0.0, prior_bits, percent(_probability(prior_bits), 1))]
    at = prior_bits
    overlap = total_bits - sum(added for _, added in families)
    bars = [*families]
    if abs(overlap) >= _UNEXPLAINED_BITS:
        bars.append((_("Families overlap"), overlap))
    if abs(explained_bits) >= _UNEXPLAINED_BITS:
        bars.append((_("Another scheme explains it too"), explained_bits))
    for name, added in bars:
        rows.append(_step(name, "for" if added >= 0 else "against", at, at + added, bits(added)))
        at += added
    end = prior_bits + total_bits + explained_bits
    return [*rows, _step(_("All together"), "end", 0.0, end, percent(_probability(end), 1))]


def _step(name: str, kind: str, start: float, end: float, label: str) -> dict[str, Any]:
    edge = max(start, end)
    places = {"from": round(start, 3), "to": round(end, 3), "edge": round(edge, 3)}
    return {"name": name, "kind": kind, **places, "label": label}


def _probability(odds_bits: float) -> float:
    return float(1 / (1 + 2.0 ** -max(min(odds_bits, 900.0), -900.0)))


@cache
def _shape(language: str) -> Spec:
    import altair as alt  # noqa: PLC0415 - a second that only the first chart takes

    _ = words(language).gettext
    title = _("probability")
    marked = [round(math.log2(probability / (1 - probability)), 4) for probability in _MARKED]
    share = "pow(2, datum.value) / (1 + pow(2, datum.value))"
    axis = alt.Axis(
        values=marked,
        labelExpr=f"format({share}, '.2~%')",
        title=title,
        grid=True,
        labelOverlap=True,
        labelBound=True,
    )
    base = alt.Chart(alt.NamedData(name="steps"))
    y = alt.Y("name:N", sort=None, title=None, axis=alt.Axis(labelLimit=220, ticks=False, domain=False))
    colour = alt.Color(
        "kind:N", legend=None, scale=alt.Scale(domain=["for", "against", "end"], range=[THIS, HONEST, OTHERS])
    )
    bars = base.mark_bar(height={"band": 0.62}, cornerRadius=1).encode(
        x=alt.X("from:Q", axis=axis, scale=alt.Scale(zero=True, nice=False, padding=48)),
        x2=alt.X2("to:Q"),
        y=y,
        color=colour,
    )
    labels = base.mark_text(align="left", dx=5, fontWeight="bold").encode(x="edge:Q", y=y, text="label:N")
    even = base.mark_rule(strokeDash=[3, 3], color=OTHERS, aria=False).encode(x=alt.datum(0))
    chart: Spec = (even + bars + labels).properties(width="container").to_dict()
    return chart
