"""A scheme's evidence over time: bits by night, flagged nights marked, on the scale that a unit's charts share."""

from collections.abc import Sequence
from functools import cache

from review.charts.shapes import MARKED, OTHERS, THIS, Spec, filled
from review.language import words
from sql.units import NightScore

_LEAST_SPAN = (-3.0, 6.0)
"""Bits that the axis spans at least, so that an honest unit's wobble does not look like a mountain."""


def evidence(language: str, scores: Sequence[NightScore], span: tuple[float, float]) -> Spec:
    """Return the chart of one scheme.

    Parameters
    ----------
    language
        ``en`` or ``zh``.
    scores
        The nights, oldest first.
    span
        Least and most bits of the axis, from `span_of` all the unit's scores.
    """
    rows = [
        {
            "day": score.business_date,
            "bits": round(score.bits, 2),
            "flagged": score.flagged,
            "n": score.n,
            "probability": None if score.probability is None else round(score.probability, 4),
        }
        for score in scores
    ]
    ends = [{"bits": span[0]}, {"bits": span[1]}]
    return filled(_shape(language), nights=rows, ends=ends)


def span_of(scores: Sequence[NightScore]) -> tuple[float, float]:
    """Return the least and most bits of an axis that holds all the scores.

    Examples
    --------
    >>> span_of([])
    (-3.0, 6.0)
    """
    every = [*_LEAST_SPAN, *(score.bits for score in scores)]
    return min(every), max(every)


@cache
def _shape(language: str) -> Spec:
    import altair as alt  # noqa: PLC0415 - a second that only the first chart takes

    spoken = words(language)
    x = alt.X(
        "day:T",
        title=None,
        scale=alt.Scale(type="utc", padding=8),
        axis=alt.Axis(format="%Y-%m-%d", labelOverlap=True, tickCount=3, grid=False),
    )
    y = alt.Y("bits:Q", title=spoken.gettext("bits"), axis=alt.Axis(tickCount=4), scale=alt.Scale(nice=True))
    nights, ends = (alt.Chart(alt.NamedData(name=name)) for name in ("nights", "ends"))
    even = alt.Chart(alt.InlineData(values=[{"at": 0}])).mark_rule(strokeDash=[3, 3], color=OTHERS).encode(y="at:Q")
    tips = [
        alt.Tooltip("day:T", title=spoken.gettext("night"), format="%Y-%m-%d"),
        alt.Tooltip("bits:Q", title=spoken.gettext("bits")),
        alt.Tooltip("probability:Q", title=spoken.gettext("probability"), format=".1%"),
        alt.Tooltip("n:Q", title=spoken.gettext("rows")),
    ]
    flagged = "datum.flagged == 1"
    points = nights.mark_point(filled=True, opacity=1).encode(
        x=x,
        y=y,
        tooltip=tips,
        color=alt.condition(flagged, alt.value(MARKED), alt.value(THIS)),
        shape=alt.condition(flagged, alt.value("diamond"), alt.value("circle")),
        size=alt.condition(flagged, alt.value(80), alt.value(22)),
    )
    layers = (
        ends.mark_point(opacity=0).encode(y=y)
        + even
        + nights.mark_line(color=THIS, strokeWidth=1.5).encode(x=x, y=y)
        + points
    )
    chart: Spec = layers.properties(width="container", height=120).to_dict()
    return chart
