"""The network by region: the reported index and the adjusted one, and how far they are apart."""

from collections.abc import Sequence
from functools import cache

from review.charts.shapes import FITTED, OTHERS, THIS, Spec, filled
from review.language import words
from review.language.figures import points
from sql.network import RegionIndex

_ROW_PX = 26


def regions(language: str, index: Sequence[RegionIndex]) -> Spec:
    """Return the chart of one questionnaire, the widest gap first.

    Parameters
    ----------
    language
        ``en`` or ``zh``.
    index
        Its regions.
    """
    spoken = words(language)
    both = [row for row in index if row.reported_score is not None and row.adjusted_score is not None]
    rows = [
        {
            "region": row.region or spoken.gettext("region unknown"),
            "reported": round(row.reported_score or 0.0, 3),
            "adjusted": round(row.adjusted_score or 0.0, 3),
            "gap": _signed((row.adjusted_score or 0.0) - (row.reported_score or 0.0)),
            "left": round(min(row.adjusted_score or 0.0, row.reported_score or 0.0), 3),
            "dealers": row.dealers,
            "interviews": row.interviews,
        }
        for row in sorted(both, key=lambda row: (row.adjusted_score or 0.0) - (row.reported_score or 0.0))
    ]
    ends = [
        {"region": row["region"], "which": spoken.gettext(name), "points": row[name], "dealers": row["dealers"]}
        for name in ("reported", "adjusted")
        for row in rows
    ]
    return {**filled(_shape(language), regions=rows, ends=ends), "height": _ROW_PX * len(rows)}


def _signed(gap: float) -> str:
    return f"{'+' if round(gap, 2) > 0 else ''}{points(gap)}"


@cache
def _shape(language: str) -> Spec:
    import altair as alt  # noqa: PLC0415 - a second that only the first chart takes

    spoken = words(language)
    names = [spoken.gettext("reported"), spoken.gettext("adjusted")]
    spans, ends = (alt.Chart(alt.NamedData(name=name)) for name in ("regions", "ends"))
    y = alt.Y("region:N", sort=None, title=None, axis=alt.Axis(labelLimit=160, ticks=False, domain=False))
    x_scale = alt.Scale(zero=False, nice=False, padding=56)  # room for the gaps' figures
    axis = alt.Axis(labelOverlap=True, tickCount=6)
    legend = alt.Legend(title=None, orient="bottom")
    tips = [
        alt.Tooltip("region:N", title=" "),
        alt.Tooltip("which:N", title=" "),
        alt.Tooltip("points:Q", title=spoken.gettext("points"), format=".2f"),
        alt.Tooltip("dealers:Q", title=spoken.gettext("dealers")),
    ]
    rule = spans.mark_rule(color=OTHERS, strokeWidth=3, opacity=0.5).encode(
        x=alt.X("adjusted:Q", title=spoken.gettext("points"), scale=x_scale, axis=axis), x2="reported:Q", y=y
    )
    marks = ends.mark_point(filled=True, size=90, opacity=1).encode(
        x=alt.X("points:Q", scale=x_scale, axis=axis),
        y=y,
        color=alt.Color("which:N", legend=legend, scale=alt.Scale(domain=names, range=[OTHERS, THIS])),
        shape=alt.Shape("which:N", legend=legend, scale=alt.Scale(domain=names, range=["square", "circle"])),
        tooltip=tips,
    )
    gap = spans.mark_text(align="right", dx=-9).encode(x=alt.X("left:Q", scale=x_scale, axis=axis), y=y, text="gap:N")
    chart: Spec = (rule + marks + gap).properties(width="container", autosize=FITTED).to_dict()
    return chart
