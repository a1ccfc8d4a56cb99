"""Peers: which units one is fairly compared with, and the words that say so."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from detectors.core.observations import Observations
from detectors.core.schemes import UnitKind
from detectors.core.sentences import Said
from detectors.core.weighing import Weighing

ENOUGH_UNITS, ENOUGH_INTERVIEWS = 8, 200
"""How many peers, with how many interviews together, make a comparison steady; with fewer a wider circle is drawn."""

LIKE_SIZE = 2
"""Units of like size have at least half, and at most twice, as many interviews."""


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


@dataclass(frozen=True)
class Candidates:
    """The units of a network that answered one questionnaire; where there is nothing of a unit, it is nobody's peer.

    Parameters
    ----------
    kind
        What they are.
    survey
        The questionnaire.
    sizes
        Interviews of each.
    circles
        The region of each dealer, or the agency of each interviewer; None where it is not known.
    flagged
        Which of them are flagged. They are nobody's peers: what they may have done would hide what is looked for.
    """

    kind: UnitKind
    survey: str
    sizes: NDArray[np.int64]
    circles: NDArray[np.object_]
    flagged: NDArray[np.bool_]

    def peers_of(self, place: int) -> Peers:
        """Choose the peers of a unit: as far as there are enough, of its region or agency, and of its size.

        Generous regions and lenient agencies are honest, so those come before size.

        Examples
        --------
        >>> sizes = np.array([40, 30, 60, 200] + [300] * 10)
        >>> regions = np.array(["east"] * 12 + ["west"] * 2, dtype=object)
        >>> flagged = np.arange(14) == 1
        >>> print(Candidates(UnitKind.DEALER, "SSI", sizes, regions, flagged).peers_of(0).said.en)
        10 dealers of the region east with SSI interviews; units that are flagged are left out.
        """
        others = (self.sizes > 0) & ~self.flagged
        others[place] = False
        fewest, most = -(-self.sizes[place] // LIKE_SIZE), self.sizes[place] * LIKE_SIZE
        near = (self.sizes >= fewest) & (self.sizes <= most)
        circle = self.circles[place]
        beside = np.asarray(self.circles == circle, dtype=bool) if isinstance(circle, str) else np.zeros_like(near)
        for among, where, sizes in (
            (others & beside & near, circle, (fewest, most)),
            (others & beside, circle, None),
            (others & near, None, (fewest, most)),
        ):
            places = np.flatnonzero(among)
            if len(places) >= ENOUGH_UNITS and self.sizes[places].sum() >= ENOUGH_INTERVIEWS:
                return Peers(places, _said(self.kind, self.survey, len(places), where, sizes))
        places = np.flatnonzero(others)
        return Peers(places, _said(self.kind, self.survey, len(places), None, None))


def candidates(
    observations: Observations, weighing: Weighing, kind: UnitKind, survey: str, sizes: NDArray[np.int64]
) -> Candidates:
    """Return who of the network may be compared.

    Parameters
    ----------
    observations, weighing
        The window, and what was found in it.
    kind
        What the units are.
    survey
        The questionnaire.
    sizes
        Interviews of each unit that interviews name, in order.
    """
    names = observations.coded("surveys", f"{kind}_id").names
    found = weighing.scores[(weighing.scores["flagged"] == 1) & (weighing.scores["unit_kind"] == str(kind))]
    circles = _regions(observations) if kind is UnitKind.DEALER else _agency_of_each(observations)
    known = circles.reindex(names)
    return Candidates(
        kind,
        survey,
        sizes,
        known.astype(object).where(known.notna(), None).to_numpy(),
        np.asarray(names.isin(found["unit_id"].tolist()), dtype=bool),
    )


def _regions(observations: Observations) -> "pd.Series[str]":
    if not observations.has("dealers", "region"):
        return pd.Series(dtype="str")
    return observations["dealers"].drop_duplicates("dealer_id", keep="last").set_index("dealer_id")["region"]


def _agency_of_each(observations: Observations) -> "pd.Series[str]":
    return agencies(observations).set_index("interviewer_id")["vendor"]


def agencies(observations: Observations) -> pd.DataFrame:
    """Return for which agency each interviewer calls: the one with most interviews, the first by name if two are equal.

    Parameters
    ----------
    observations
        The window.

    Returns
    -------
    pandas.DataFrame
        ``interviewer_id`` and ``vendor``; interviewers of no agency are left out.

    Examples
    --------
    >>> from datetime import date
    >>> calls = {"interviewer_id": ["A1", "A1", "A1", "B2"], "vendor": ["b", "a", "a", None]}
    >>> agencies(Observations(date(2026, 10, 31), {"surveys": pd.DataFrame(calls, dtype="str")})).to_dict("records")
    [{'interviewer_id': 'A1', 'vendor': 'a'}]
    """
    if not observations.has("surveys", "interviewer_id", "vendor"):
        return pd.DataFrame({"interviewer_id": [], "vendor": []}, dtype="str")
    interviewer, vendor = (observations.coded("surveys", name) for name in ("interviewer_id", "vendor"))
    shape = (len(interviewer.names), len(vendor.names))
    known = (interviewer.places >= 0) & (vendor.places >= 0)
    pairs = interviewer.places[known] * shape[1] + vendor.places[known]
    calls = np.bincount(pairs, minlength=shape[0] * shape[1]).reshape(shape)
    some = np.flatnonzero(calls.any(axis=1))
    most = calls[some].argmax(axis=1)
    return pd.DataFrame({"interviewer_id": interviewer.names.take(some), "vendor": vendor.names.take(most)})


def _said(kind: UnitKind, survey: str, units: int, circle: str | None, sizes: tuple[int, int] | None) -> Said:
    """Say who the peers are."""
    is_dealer = kind is UnitKind.DEALER
    if not units:
        return Said(
            f"No other {kind} with {survey} interviews can be compared.",
            f"没有可比较的其他{'经销商' if is_dealer else '访员'}（{survey} 访问）。",
        )
    where, where_zh = "", ""
    if circle is not None:
        where = f" of the region {circle}" if is_dealer else f" of {circle}"
        where_zh = f"{circle}区域 " if is_dealer else f"{circle} 的 "
    many, many_zh = f"with {survey} interviews", f"有 {survey} 访问"
    if sizes is not None:
        many = f"with {sizes[0]} to {sizes[1]} {survey} interviews each"
        many_zh = f"各有 {sizes[0]} 至 {sizes[1]} 份 {survey} 访问"
    return Said(
        f"{units} {kind}s{where} {many}; units that are flagged are left out.",
        f"{where_zh}{units} {'家经销商' if is_dealer else '名访员'}，{many_zh}；被标记的不计入。",
    )
