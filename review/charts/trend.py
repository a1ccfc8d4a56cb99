"""The trend: full marks by month, and in the days when the bonus period closes, beside the network's."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from review.charts.shapes import MARKED, OTHERS, THIS, Rows, Spec, filled
from review.language import words


def trend(language: str, months: Sequence[Mapping[str, Any]]) -> Spec:
    """Return the chart.

    Parameters
    ----------
    language
        ``en`` or ``zh``.
    months
        A dossier's months of one questionnaire.
    """
    return filled(_shape(language), months=_lines(language, months), closings=_closings(language, months))


def _lines(language: str, months: Sequence[Mapping[str, Any]]) -> Rows:
    _ = words(language).gettext
    this, network = _("this unit"), _("network")
    return [
        {"month": month["month"], "who": who, "full": month[column], "n": month["n"] if column == "full" else None}
        for who, column in ((this, "full"), (network, "network_full"))
        for month in months
        if month[column] is not None
    ]


def _closings(language: str, months: Sequence[Mapping[str, Any]]) -> Rows:
    _ = words(language).gettext
    this, network = _("this unit, last days"), _("network, last days")
    return [
        {"month": month["month"], "who": who, "full": month[column], "n": month["closing_n"]}
        for who, column in ((this, "closing_full"), (network, "network_closing_full"))
        for month in months
        if month[column] is not None
    ]


@cache
def _shape(language: str) -> Spec:
    import altair as alt  # noqa: PLC0415 - a second that only the first chart takes

    _ = words(language).gettext
    names = [
        *(_("this unit"), _("network")),
        *(_("this unit, last days"), _("network, last days")),
    ]
    x = alt.X("month:O", title=None, axis=alt.Axis(labelAngle=0, labelOverlap=True, labelSeparation=10))
    y = alt.Y(
        "full:Q",
        title=_("share with full marks"),
        axis=alt.Axis(format=".0%"),
        scale=alt.Scale(domainMin=0),
    )
    legend = alt.Legend(title=None, orient="bottom", columns=2, symbolOpacity=1, labelLimit=200)
    colour = alt.Color(
        "who:N", legend=legend, scale=alt.Scale(domain=names, range=[THIS, OTHERS, MARKED, "var(--caution)"])
    )
    shapes = alt.Scale(domain=names, range=["circle", "circle", "diamond", "diamond"])
    shape = alt.Shape("who:N", legend=legend, scale=shapes)
    tips = ["month:O", "who:N", alt.Tooltip("full:Q", format=".0%"), "n:Q"]
    months, closings = (alt.Chart(alt.NamedData(name=name)) for name in ("months", "closings"))
    lines = months.mark_line().encode(x=x, y=y, color=colour)
    marks = {"x": x, "y": y, "color": colour, "shape": shape, "tooltip": tips}
    both = lines + months.mark_point(filled=True, size=40, opacity=1).encode(**marks)
    both += closings.mark_point(filled=True, size=90, opacity=1).encode(**marks)
    chart: Spec = both.properties(width="container", height=220).to_dict()
    return chart
