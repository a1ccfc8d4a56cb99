"""The funnel: what a detector counted at every unit of that night against how many rows each has, this one marked."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from statistics import median

from review.charts.shapes import ACCENT, OTHERS, WARM, Rows, Spec, filled
from review.language import words
from sql.peers import Peer

_CELLS_PER_DECADE, _CELLS_OF_SHARE = 40, 120
"""How finely units with nearly the same place are told apart; those that are not share a dot."""

_BINS_PER_DECADE = 8


@dataclass(frozen=True)
class FunnelRows:
    """The rows of a funnel.

    Parameters
    ----------
    others
        ``n``, ``share`` and ``units`` (how many share the dot) of everybody else.
    limits
        ``n``, ``low`` and ``high``: the fair limits at that many rows, in the middle of the units of about that size.
    this
        The unit itself, with its own fair limits; empty if the detector abstained.
    is_share
        Whether ``share`` is observed / n, and not a measure of its own.
    """

    others: Rows
    limits: Rows
    this: Rows
    is_share: bool


def funnel(language: str, rows: FunnelRows) -> Spec:
    """Return the chart in ``en`` or ``zh``."""
    return filled(_shape(language, rows.is_share), others=rows.others, limits=rows.limits, this=rows.this)


def funnel_rows(peers: Sequence[Peer], unit_id: str) -> FunnelRows:
    """Lay out a night's units for the chart.

    Parameters
    ----------
    peers
        What the detector said of each unit, this one included.
    unit_id
        The unit to be marked.

    Examples
    --------
    >>> peers = [Peer("D1", 40, 1, 0, 2), Peer("D2", 40, 1, 0, 2), Peer("D3", 50, 20, 0, 3)]
    >>> rows = funnel_rows(peers, "D3")
    >>> list(rows.others), [(limit["n"], limit["high"]) for limit in rows.limits]
    ([{'n': 40.0, 'share': 0.025, 'units': 2}], [(40, 0.05), (50, 0.06)])
    >>> rows.this[0]["share"]
    0.4
    """
    is_share = all(float(peer.observed).is_integer() and peer.observed <= peer.n for peer in peers)
    return FunnelRows(
        _dots(peers, unit_id, is_share), _limits(peers, is_share), _this(peers, unit_id, is_share), is_share
    )


def _dots(peers: Sequence[Peer], unit_id: str, is_share: bool) -> Rows:
    cells: dict[tuple[int, int], list[tuple[int, float]]] = {}
    for peer in peers:
        if peer.unit_id != unit_id:
            share = peer.observed / peer.n if is_share else peer.observed
            cell = (round(math.log10(peer.n) * _CELLS_PER_DECADE), round(share * _CELLS_OF_SHARE))
            cells.setdefault(cell, []).append((peer.n, share))
    return [
        {
            "n": round(sum(n for n, _ in held) / len(held), 1),
            "share": round(sum(share for _, share in held) / len(held), 4),
            "units": len(held),
        }
        for _, held in sorted(cells.items())
    ]


def _limits(peers: Sequence[Peer], is_share: bool) -> Rows:
    bins: dict[int, list[tuple[int, float, float]]] = {}
    for peer in peers:
        if peer.fair_low is not None and peer.fair_high is not None:
            of = peer.n if is_share else 1
            held = bins.setdefault(math.floor(math.log10(peer.n) * _BINS_PER_DECADE), [])
            held.append((peer.n, peer.fair_low / of, peer.fair_high / of))
    return [
        {
            "n": round(median(n for n, _, _ in held)),
            "low": round(median(low for _, low, _ in held), 4),
            "high": round(median(high for _, _, high in held), 4),
        }
        for _, held in sorted(bins.items())
    ]


def _this(peers: Sequence[Peer], unit_id: str, is_share: bool) -> Rows:
    found = []
    for peer in peers:
        if peer.unit_id == unit_id:
            of = peer.n if is_share else 1
            limits = {"low": peer.fair_low, "high": peer.fair_high}
            shares = {name: None if limit is None else round(limit / of, 4) for name, limit in limits.items()}
            found.append({"unit": unit_id, "n": peer.n, "share": round(peer.observed / of, 4), **shares})
    return found


@cache
def _shape(language: str, is_share: bool) -> Spec:
    import altair as alt  # noqa: PLC0415 - a second that only the first chart takes

    spoken = words(language)
    y_title = spoken.gettext("share with the pattern") if is_share else spoken.gettext("what was measured")
    number = ".0%" if is_share else ".2~f"
    x = alt.X(
        "n:Q", scale=alt.Scale(type="log", nice=False, padding=12), title=spoken.gettext("rows looked at (log scale)")
    )
    y_axis = alt.Axis(format=number)
    units, this, limits = (alt.Chart(alt.NamedData(name=name)) for name in ("others", "this", "limits"))
    band = limits.mark_area(opacity=0.22, color=OTHERS, interpolate="monotone").encode(x=x, y="low:Q", y2="high:Q")
    dots = units.mark_circle(color=OTHERS, opacity=0.6).encode(
        x=x,
        y=alt.Y("share:Q", title=y_title, axis=y_axis, scale=alt.Scale(zero=True, nice=True)),
        size=alt.Size("units:Q", legend=None, scale=alt.Scale(type="sqrt", domain=[1, 50], range=[22, 260])),
        tooltip=[
            alt.Tooltip("units:Q", title=spoken.gettext("units")),
            alt.Tooltip("n:Q", title=spoken.gettext("rows")),
            alt.Tooltip("share:Q", title=y_title, format=number),
        ],
    )
    own = this.mark_rule(color=ACCENT, strokeWidth=3, opacity=0.7).encode(x=x, y="low:Q", y2="high:Q")
    marked = this.mark_point(color=WARM, filled=True, shape="diamond", size=170, opacity=1).encode(x=x, y="share:Q")
    named = this.mark_text(align="right", dx=-10, fontWeight="bold").encode(x=x, y="share:Q", text="unit:N")
    chart: Spec = (band + dots + own + marked + named).properties(width="container", height=300).to_dict()
    return chart
