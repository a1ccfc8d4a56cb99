"""The heat map: how the unit's customers answered each item, beside those of comparable units."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from review.charts.shapes import THIS, Rows, Spec, filled
from review.language import words

_ROW_PX = 20


def heat(language: str, survey: Mapping[str, Any], names: Sequence[str], side: str) -> Spec:
    """Return the chart of one side.

    Parameters
    ----------
    language
        ``en`` or ``zh``.
    survey
        A dossier's survey: ``low``, ``high`` and ``heat``.
    names
        What its rows are called, from `review.language.items.item_names`.
    side
        ``unit``, or ``peers`` for comparable units.
    """
    rows = _answers(survey, names, side)
    return {**filled(_shape(language), answers=rows), "height": _ROW_PX * len(survey["heat"][side])}


def _answers(survey: Mapping[str, Any], names: Sequence[str], side: str) -> Rows:
    return [
        {"item": item, "answer": survey["low"] + step, "share": share}
        for item, shares in zip(names, survey["heat"][side], strict=True)
        for step, share in enumerate(shares)
        if share is not None
    ]


@cache
def _shape(language: str) -> Spec:
    import altair as alt  # noqa: PLC0415 - a second that only the first chart takes

    _ = words(language).gettext
    title = _("share of answers")
    scale = alt.Scale(domain=[0, 1], range=["var(--sunken)", THIS], type="sqrt")
    legend = alt.Legend(title=title, format=".0%", orient="bottom", direction="horizontal")
    chart: Spec = (
        alt.Chart(alt.NamedData(name="answers"))
        .mark_rect()
        .encode(
            x=alt.X("answer:O", title=None, axis=alt.Axis(labelAngle=0, ticks=False, domain=False)),
            y=alt.Y("item:N", sort=None, title=None, axis=alt.Axis(labelLimit=130, ticks=False, domain=False)),
            color=alt.Color("share:Q", scale=scale, legend=legend),
            tooltip=["item:N", "answer:O", alt.Tooltip("share:Q", format=".0%")],
        )
        .properties(width="container")
        .to_dict()
    )
    return chart
