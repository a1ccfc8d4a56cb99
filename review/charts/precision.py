"""How often each scheme's findings held: the confirmed share with its interval, beside what was said beforehand."""

from collections.abc import Sequence
from functools import cache

from review.charts.shapes import FITTED, MARKED, OTHERS, THIS, Spec, filled
from review.language import words
from review.language.names import SCHEMES, named
from sql.network import SchemeOutcomes

_ROW_PX = 30


def precision(language: str, outcomes: Sequence[SchemeOutcomes]) -> Spec:
    """Return the chart of the schemes that have enough outcomes.

    Parameters
    ----------
    language
        ``en`` or ``zh``.
    outcomes
        What reviewers decided so far.
    """
    rows = [
        {
            "scheme": named(words(language), SCHEMES, row.scheme),
            "precision": round(row.precision, 4),
            "low": round(row.interval[0], 4),
            "high": round(row.interval[1], 4),
            "said": None if row.said is None else round(row.said, 4),
            "n": row.settled,
        }
        for row in outcomes
        if row.precision is not None and row.interval is not None
    ]
    return {**filled(_shape(language), schemes=rows), "height": _ROW_PX * len(rows)}


@cache
def _shape(language: str) -> Spec:
    import altair as alt  # noqa: PLC0415 - a second that only the first chart takes

    spoken = words(language)
    schemes = alt.Chart(alt.NamedData(name="schemes"))
    y = alt.Y("scheme:N", sort=None, title=None, axis=alt.Axis(labelLimit=230, ticks=False, domain=False))
    x = alt.X(
        "low:Q",
        title=spoken.gettext("share confirmed; the tick is the probability that was said"),
        scale=alt.Scale(domain=[0, 1]),
        axis=alt.Axis(format=".0%"),
    )
    tips = [
        alt.Tooltip("scheme:N", title=" "),
        alt.Tooltip("precision:Q", title=spoken.gettext("confirmed"), format=".0%"),
        alt.Tooltip("said:Q", title=spoken.gettext("probability said"), format=".0%"),
        alt.Tooltip("n:Q", title=spoken.gettext("settled findings")),
    ]
    interval = schemes.mark_rule(color=OTHERS, strokeWidth=3, opacity=0.6).encode(x=x, x2="high:Q", y=y)
    share = schemes.mark_circle(color=THIS, size=110, opacity=1).encode(x="precision:Q", y=y, tooltip=tips)
    said = schemes.mark_tick(color=MARKED, thickness=3, size=18).encode(x="said:Q", y=y, tooltip=tips)
    chart: Spec = (interval + share + said).properties(width="container", autosize=FITTED).to_dict()
    return chart
