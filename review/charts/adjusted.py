"""A dealer's reported score over time, beside the score adjusted for interviews that may not be genuine."""

from collections.abc import Sequence
from functools import cache

from review.charts.shapes import OTHERS, THIS, Spec, filled
from review.language import words
from sql.units import NightIndex


def adjusted(language: str, index: Sequence[NightIndex], target: float | None = None) -> Spec:
    """Return the chart of one questionnaire.

    Parameters
    ----------
    language
        ``en`` or ``zh``.
    index
        The nights, oldest first.
    target
        The score from which the bonus is paid, in points.
    """
    spoken = words(language)
    named = {"reported": spoken.gettext("reported"), "adjusted": spoken.gettext("adjusted, with its interval")}
    lines = [
        {"day": said.business_date, "which": named[name], "points": round(value, 3), "n": said.n}
        for name in named
        for said in index
        if (value := said.reported_score if name == "reported" else said.adjusted_score) is not None
    ]
    bands = [
        {"day": said.business_date, "low": round(said.adjusted_low, 3), "high": round(said.adjusted_high, 3)}
        for said in index
        if said.adjusted_low is not None and said.adjusted_high is not None
    ]
    targets = [] if target is None else [{"points": target, "label": spoken.gettext("bonus from here")}]
    return filled(_shape(language), lines=lines, bands=bands, targets=targets)


@cache
def _shape(language: str) -> Spec:
    import altair as alt  # noqa: PLC0415 - a second that only the first chart takes

    spoken = words(language)
    names = [spoken.gettext("reported"), spoken.gettext("adjusted, with its interval")]
    x = alt.X(
        "day:T",
        title=None,
        scale=alt.Scale(type="utc", padding=8),
        axis=alt.Axis(format="%Y-%m-%d", labelOverlap=True, tickCount=4, grid=False),
    )
    y = alt.Y("points:Q", title=spoken.gettext("points"), scale=alt.Scale(zero=False, nice=True))
    legend = alt.Legend(title=None, orient="bottom", labelLimit=260)
    colour = alt.Color("which:N", legend=legend, scale=alt.Scale(domain=names, range=[OTHERS, THIS]))
    shape = alt.Shape("which:N", legend=legend, scale=alt.Scale(domain=names, range=["square", "circle"]))
    tips = [
        alt.Tooltip("day:T", title=spoken.gettext("night"), format="%Y-%m-%d"),
        alt.Tooltip("which:N", title=" "),
        alt.Tooltip("points:Q", title=spoken.gettext("points"), format=".2f"),
        alt.Tooltip("n:Q", title=spoken.gettext("interviews")),
    ]
    lines, bands, targets = (alt.Chart(alt.NamedData(name=name)) for name in ("lines", "bands", "targets"))
    band = bands.mark_area(color=THIS, opacity=0.2).encode(x=x, y="low:Q", y2="high:Q")
    # One night alone has no area, so each has its ends marked too.
    ends = bands.mark_rule(color=THIS, opacity=0.35).encode(x=x, y="low:Q", y2="high:Q")
    line = lines.mark_line(strokeWidth=2).encode(x=x, y=y, color=colour)
    points = lines.mark_point(filled=True, size=42, opacity=1).encode(x=x, y=y, color=colour, shape=shape, tooltip=tips)
    target = targets.mark_rule(strokeDash=[4, 4], color=OTHERS).encode(y="points:Q")
    named = targets.mark_text(align="right", dy=-7, x="width").encode(y="points:Q", text="label:N")
    halo = targets.mark_text(align="right", dy=-7, x="width", stroke="var(--surface)", strokeWidth=4).encode(
        y="points:Q", text="label:N"
    )
    layers = band + ends + target + line + points + halo + named
    chart: Spec = layers.properties(width="container", height=220).to_dict()
    return chart
