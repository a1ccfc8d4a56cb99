"""Peers: which units one is fairly compared with, and the words that say so."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from detectors.core.observations import Observations
from detectors.core.schemes import UnitKind
from detectors.core.sentences import Said
from detectors.core.weighing import Weighing

ENOUGH_UNITS, ENOUGH_INTERVIEWS = 6, 200
"""How many peers, with how many interviews together, make a comparison steady; with fewer a wider circle is drawn."""

_LIKE_SIZE = 2.0
"""Units of like size have at least half, and at most twice, as many interviews."""

_NAMES = {UnitKind.DEALER: Said("dealers", "家经销商"), UnitKind.INTERVIEWER: Said("interviewers", "名访问员")}


@dataclass(frozen=True)
class Peers:
    """Whom a unit is compared with.

    Parameters
    ----------
    places
        Their places in the list of units.
    said
        Who they are.
    """

    places: NDArray[np.int64]
    said: Said


def choose_peers(
    observations: Observations,
    weighing: Weighing,
    kind: UnitKind,
    names: "pd.Index[str]",
    survey: str,
    sizes: NDArray[np.int64],
    wanted: NDArray[np.int64],
) -> list[Peers]:
    """Choose the peers of each unit: the same questionnaire, and as far as there are enough the same region and size.

    Generous regions and lenient agencies are honest, so that comes before size. Units that are flagged are nobody's
    peers: what they may have done would hide what is looked for.

    Parameters
    ----------
    observations, weighing
        The window, and what was found in it.
    kind, names
        The units of the network.
    survey
        The questionnaire.
    sizes
        Interviews of each unit with that questionnaire.
    wanted
        Places in `names` of the units whose peers are chosen.
    """
    circle = circles(observations, kind).reindex(names).to_numpy(dtype=object)
    flagged = weighing.scores.loc[weighing.scores["flagged"] == 1, ["unit_kind", "unit_id"]]
    unflagged = ~names.isin(flagged.loc[flagged["unit_kind"] == str(kind), "unit_id"])
    usable = (sizes > 0) & unflagged
    found = []
    for at in wanted:
        others = usable.copy()
        others[at] = False
        fewest, most = int(np.ceil(sizes[at] / _LIKE_SIZE)), int(sizes[at] * _LIKE_SIZE)
        near = (sizes >= fewest) & (sizes <= most)
        same = np.asarray(circle == circle[at], dtype=bool) & isinstance(circle[at], str)
        for by_circle, by_size, among in (
            (True, True, others & same & near),
            (True, False, others & same),
            (False, True, others & near),
            (False, False, others),
        ):
            places = np.flatnonzero(among)
            if len(places) >= ENOUGH_UNITS and sizes[places].sum() >= ENOUGH_INTERVIEWS:
                break
        where = circle[at] if by_circle else None
        found.append(Peers(places, _said(kind, len(places), survey, where, (fewest, most) if by_size else None)))
    return found


def circles(observations: Observations, kind: UnitKind) -> "pd.Series[str]":
    """Return the region of each dealer, or the agency for which each interviewer calls most."""
    if kind is UnitKind.DEALER:
        if not observations.has("dealers", "region"):
            return pd.Series(dtype="str")
        dealers = observations["dealers"].drop_duplicates("dealer_id", keep="last")
        return dealers.set_index("dealer_id")["region"]
    return agencies(observations).set_index("interviewer_id")["vendor"]


def agencies(observations: Observations) -> pd.DataFrame:
    """Return for which agency each interviewer calls: the one with most interviews, the first by name if two are equal.

    Returns
    -------
    pandas.DataFrame
        ``interviewer_id`` and ``vendor``; interviewers of no agency are left out.

    Examples
    --------
    >>> from datetime import date
    >>> surveys = pd.DataFrame({"interviewer_id": ["A1", "A1", "A1", "B2"], "vendor": ["b", "a", "a", None]}, dtype="str")
    >>> agencies(Observations(date(2026, 10, 31), {"surveys": surveys})).to_dict("records")
    [{'interviewer_id': 'A1', 'vendor': 'a'}]
    """
    if not observations.has("surveys", "interviewer_id", "vendor"):
        return pd.DataFrame({"interviewer_id": [], "vendor": []}, dtype="str")
    interviewer, vendor = (observations.coded("surveys", name) for name in ("interviewer_id", "vendor"))
    known = (interviewer.places >= 0) & (vendor.places >= 0)
    many = len(vendor.names)
    pairs = np.bincount(
        interviewer.places[known] * many + vendor.places[known], minlength=len(interviewer.names) * many
    )
    calls = pairs.reshape(-1, many)
    called = calls.sum(axis=1) > 0
    return pd.DataFrame({"interviewer_id": interviewer.names, "vendor": vendor.names.take(calls.argmax(axis=1))})[
        called
    ]


def _said(kind: UnitKind, units: int, survey: str, circle: str | None, sizes: tuple[int, int] | None) -> Said:
    name = _NAMES[kind]
    if not units:
        return Said(
            f"There are no other {name.en} with {survey} interviews.", f"没有其他{name.zh[1:]}做过 {survey} 访问。"
        )
    region = Said("", "")
    if circle is not None and kind is UnitKind.DEALER:
        region = Said(f" of the region {circle}", f"{circle}区域的")
    elif circle is not None:
        region = Said(f" of {circle}", f" {circle} 的")
    size = Said(f" with {survey} interviews", f"有 {survey} 访问")
    if sizes is not None:
        size = Said(
            f" with {sizes[0]} to {sizes[1]} {survey} interviews each",
            f"各有 {sizes[0]} 至 {sizes[1]} 次 {survey} 访问",
        )
    return Said(
        f"{units} {name.en}{region.en}{size.en}; units that are flagged are left out.",
        f"{region.zh}{units} {name.zh}，{size.zh}；被标记的不计入。".strip(),
    )
