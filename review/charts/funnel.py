"""The funnel: what a detector counted at every unit of that night against how many rows each has, this one marked."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from statistics import median

from review.charts.shapes import MARKED, OTHERS, THIS, Rows, Spec, filled
from review.language import words
from sql.peers import Peer

_CELLS_PER_DECADE, _CELLS_OF_SHARE = 40, 120
"""How finely units with nearly the same place are told apart; those that are not share a dot."""

_BINS_PER_DECADE = 8


@dataclass(frozen=True)
class Night:
    """The units of a night, the same for every case of it.

    Parameters
    ----------
    dots
        ``n``, ``share`` and ``units`` (how many share the dot).
    limits
        ``n``, ``low`` and ``high``: the fair limits at that many rows, in the middle of the units of about that size.
    is_share
        Whether ``share`` is observed / n, and not a measure of its own.
    units
        How many there are.
    """

    dots: Rows
    limits: Rows
    is_share: bool
    units: int


def funnel(language: str, night: Night, this: Peer) -> Spec:
    """Return the chart in ``en`` or ``zh``, with one unit marked."""
    of = this.n if night.is_share else 1
    limits = {"low": this.fair_low, "high": this.fair_high}
    shares = {name: None if limit is None else round(limit / of, 4) for name, limit in limits.items()}
    marked = {"unit": this.unit_id, "n": this.n, "share": round(this.observed / of, 4), **shares}
    return filled(_shape(language, night.is_share), dots=night.dots, limits=night.limits, this=[marked])


def night_of(peers: Sequence[Peer]) -> Night:
    """Lay out what a detector said of each unit of a night.

    Examples
    --------
    >>> night = night_of([Peer("D1", 40, 1, 0, 2), Peer("D2", 40, 1, 0, 2), Peer("D3", 50, 20, 0, 3)])
    >>> [(dot["n"], dot["share"], dot["units"]) for dot in night.dots]
    [(40.0, 0.025, 2), (50.0, 0.4, 1)]
    >>> [(limit["n"], limit["high"]) for limit in night.limits]
    [(40, 0.05), (50, 0.06)]
    """
    is_share = all(float(peer.observed).is_integer() and peer.observed <= peer.n for peer in peers)
    return Night(_dots(peers, is_share), _limits(peers, is_share), is_share, len(peers))


def _dots(peers: Sequence[Peer], is_share: bool) -> Rows:
    cells: dict[tuple[int, int], list[float]] = {}
    column = {n: round(math.log10(n) * _CELLS_PER_DECADE) for n in {peer.n for peer in peers}}
    for peer in peers:
        share = peer.observed / peer.n if is_share else peer.observed
        held = cells.setdefault((column[peer.n], round(share * _CELLS_OF_SHARE)), [0, 0.0, 0.0])
        held[0] += 1
        held[1] += peer.n
        held[2] += share
    return [
        {"n": round(n / units, 1), "share": round(share / units, 4), "units": units}
        for _, (units, n, share) in sorted(cells.items())
    ]


def _limits(peers: Sequence[Peer], is_share: bool) -> Rows:
    bins: dict[int, list[tuple[int, float, float]]] = {}
    column = {n: math.floor(math.log10(n) * _BINS_PER_DECADE) for n in {peer.n for peer in peers}}
    for peer in peers:
        if peer.fair_low is not None and peer.fair_high is not None:
            of = peer.n if is_share else 1
            held = bins.setdefault(column[peer.n], [])
            held.append((peer.n, peer.fair_low / of, peer.fair_high / of))
    return [
        {
            "n": round(median(n for n, _, _ in held)),
            "low": round(median(low for _, low, _ in held), 4),
            "high": round(median(high for _, _, high in held), 4),
        }
        for _, held in sorted(bins.items())
    ]


@cache
def _shape(language: str, is_share: bool) -> Spec:
    import altair as alt  # noqa: PLC0415 - a second that only the first chart takes

    _ = words(language).gettext
    y_title = _("share with the pattern") if is_share else _("what was measured")
    number = ".0%" if is_share else ".2~f"
    x = alt.X("n:Q", scale=alt.Scale(type="log", nice=False, padding=12), title=_("rows looked at (log scale)"))
    y_axis = alt.Axis(format=number)
    units, this, limits = (alt.Chart(alt.NamedData(name=name)) for name in ("dots", "this", "limits"))
    band = limits.mark_area(opacity=0.22, color=OTHERS, interpolate="monotone").encode(x=x, y="low:Q", y2="high:Q")
    dots = units.mark_circle(color=OTHERS, opacity=0.6).encode(
        x=x,
        y=alt.Y("share:Q", title=y_title, axis=y_axis, scale=alt.Scale(zero=True, nice=True)),
        size=alt.Size("units:Q", legend=None, scale=alt.Scale(type="sqrt", domain=[1, 50], range=[22, 260])),
        tooltip=[
            alt.Tooltip("units:Q", title=_("units")),
            alt.Tooltip("n:Q", title=_("rows")),
            alt.Tooltip("share:Q", title=y_title, format=number),
        ],
    )
    own = this.mark_rule(color=THIS, strokeWidth=3, opacity=0.7).encode(x=x, y="low:Q", y2="high:Q")
    marked = this.mark_point(color=MARKED, filled=True, shape="diamond", size=170, opacity=1).encode(x=x, y="share:Q")
    named = this.mark_text(align="right", dx=-10, fontWeight="bold").encode(x=x, y="share:Q", text="unit:N")
    chart: Spec = (band + dots + own + marked + named).properties(width="container", height=300).to_dict()
    return chart
