"""An agency's interviewers on the newest night: bits against how many interviews each did."""

from collections.abc import Sequence
from functools import cache

from review.charts.shapes import MARKED, OTHERS, THIS, Spec, filled
from review.language import words
from sql.agencies import Caller


def callers(language: str, interviewers: Sequence[Caller]) -> Spec:
    """Return the chart.

    Parameters
    ----------
    language
        ``en`` or ``zh``.
    interviewers
        Those of the agency; who was not weighed is left out.
    """
    rows = [
        {"id": caller.unit_id, "n": caller.n, "bits": round(caller.bits, 2), "flagged": caller.flagged}
        for caller in interviewers
        if caller.bits is not None
    ]
    return filled(_shape(language), callers=rows)


@cache
def _shape(language: str) -> Spec:
    import altair as alt  # noqa: PLC0415 - a second that only the first chart takes

    spoken = words(language)
    everyone = alt.Chart(alt.NamedData(name="callers"))
    x = alt.X(
        "n:Q",
        title=spoken.gettext("interviews in the window"),
        scale=alt.Scale(zero=False, nice=True, padding=12),
        axis=alt.Axis(tickCount=6, grid=False),
    )
    y = alt.Y("bits:Q", title=spoken.gettext("bits"), scale=alt.Scale(nice=True), axis=alt.Axis(tickCount=6))
    tips = [
        alt.Tooltip("id:N", title=spoken.gettext("interviewer")),
        alt.Tooltip("bits:Q", title=spoken.gettext("bits")),
        alt.Tooltip("n:Q", title=spoken.gettext("interviews")),
    ]
    even = alt.Chart(alt.InlineData(values=[{"at": 0}])).mark_rule(strokeDash=[3, 3], color=OTHERS).encode(y="at:Q")
    flagged = "datum.flagged == 1"
    points = everyone.mark_point(filled=True, opacity=0.8).encode(
        x=x,
        y=y,
        tooltip=tips,
        color=alt.condition(flagged, alt.value(MARKED), alt.value(THIS)),
        shape=alt.condition(flagged, alt.value("diamond"), alt.value("circle")),
        size=alt.condition(flagged, alt.value(120), alt.value(45)),
    )
    named = everyone.mark_text(align="left", dx=9).encode(
        x=x, y=y, text=alt.condition(flagged, alt.Text("id:N"), alt.value(""))
    )
    layers = even + points + named
    chart: Spec = layers.properties(width="container", height=260).to_dict()
    return chart
