"""Suspicious records: what several detectors say of one interview, review or contact, joined for the reviewer."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from detectors.core.codes import code, places_among
from detectors.core.evidence import no_records
from detectors.core.observations import Observations
from detectors.core.schemes import Scheme, UnitKind
from detectors.core.sentences import Said
from detectors.core.sources import SOURCES

WORTH_LISTENING_FROM = 0.05
"""Probability from which a record is listed for a reviewer."""

_NEGLIGIBLE_UNIT = 1e-3
_RECORD = ["source", "record_id"]
_NOTHING = no_records()


@dataclass(frozen=True)
class Carried:
    """The records that one detector names, and the schemes for which they count.

    Parameters
    ----------
    records
        Columns `evidence.RECORD_COLUMNS`; the probability is given that the unit practises the scheme.
    unit_kind
        Whose records they are.
    schemes
        The schemes.
    """

    records: pd.DataFrame
    unit_kind: UnitKind
    schemes: Sequence[Scheme]


def join_records(carried: Iterable[Carried], scores: pd.DataFrame) -> pd.DataFrame:
    """Join what several detectors say of one record, weighed by the probability that its unit cheats at all.

    Parameters
    ----------
    carried
        What each detector named.
    scores
        ``unit_kind, unit_id, scheme, probability`` of every unit; units that hardly cheat have no records.

    Returns
    -------
    pandas.DataFrame
        One row a record, unit and scheme: `findings.UNIT`, ``source``, ``record_id``, ``probability``,
        ``probability_of_unit`` (that it practises the scheme), ``reasons`` and ``reasons_zh``.

    Examples
    --------
    >>> named = pd.DataFrame(
    ...     [("surveys", "R1", "D1", 0.5, "It repeats a script.", "重复了话术。"),
    ...      ("surveys", "R1", "D1", 0.5, "Its facts differ.", "与过程事实不符。")],
    ...     columns=["source", "record_id", "unit_id", "probability", "reason", "reason_zh"])
    >>> unit = ["unit_kind", "unit_id", "scheme"]
    >>> scores = pd.DataFrame([("dealer", "D1", "coached", 0.8)], columns=[*unit, "probability"])
    >>> joined = join_records([Carried(named, UnitKind.DEALER, (Scheme.COACHED,))], scores).iloc[0]
    >>> round(float(joined["probability"]), 2), joined["reasons"], joined["reasons_zh"]
    (0.6, 'It repeats a script. Its facts differ.', '重复了话术。与过程事实不符。')
    """
    groups = list(carried)
    named = pd.concat([_NOTHING, *(group.records for group in groups)], ignore_index=True)
    sentences: dict[Said, int] = {}
    said = _coded(named, sentences)
    # Only numbers are sorted and added up: each text is looked at once, for however many schemes its record counts.
    coded = {column: code(named[column]) for column in ("unit_id", *_RECORD)}
    kinds, schemes = (pd.Index(sorted({str(each) for each in every}), dtype="str") for every in (UnitKind, Scheme))
    suspected = scores[scores["probability"] > _NEGLIGIBLE_UNIT]
    counted = [np.empty((3, 0), dtype=np.int64)]
    of_unit = [np.empty(0)]
    first = 0
    for group in groups:
        unit = coded["unit_id"].places[first : first + len(group.records)]
        for scheme in group.schemes:
            about = suspected[(suspected["unit_kind"] == str(group.unit_kind)) & (suspected["scheme"] == str(scheme))]
            known = about.set_index("unit_id")["probability"].reindex(coded["unit_id"].names).to_numpy()[unit]
            rows = np.flatnonzero(~np.isnan(known))
            place = [kinds.get_loc(str(group.unit_kind)), schemes.get_loc(str(scheme))]
            counted.append(np.stack([rows + first, *(np.full(len(rows), one) for one in place)]))
            of_unit.append(known[rows])
        first += len(group.records)
    row, kind, scheme_place = np.concatenate(counted, axis=1)
    unit, source, record = (coded[column].places[row] for column in ("unit_id", *_RECORD))
    order = np.lexsort([record, source, scheme_place, unit, kind])
    starts = _starts(np.stack([kind, unit, scheme_place, source, record])[:, order])
    doubt = np.log1p(-named["probability"].to_numpy(dtype=np.float64).clip(0.0, 1.0 - 1e-9))[row][order]
    told = _said_of(said[row][order], starts, sentences)
    at = order[starts]
    probability_of_unit = np.concatenate(of_unit)[at]
    doubts = np.add.reduceat(doubt, starts) if len(starts) else doubt
    return pd.DataFrame(
        {
            "unit_kind": kinds.take(kind[at]).array,
            "unit_id": coded["unit_id"].names.take(unit[at]).array,
            "scheme": schemes.take(scheme_place[at]).array,
            "source": coded["source"].names.take(source[at]).array,
            "record_id": coded["record_id"].names.take(record[at]).array,
            "probability_of_unit": probability_of_unit,
            "probability": -np.expm1(doubts) * probability_of_unit,
            "reasons": pd.array([one.en for one in sentences], dtype="str").take(told),
            "reasons_zh": pd.array([one.zh for one in sentences], dtype="str").take(told),
        }
    )


def _starts(places: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return where each new record begins, shape (records,), in places of sorted rows, shape (columns, rows)."""
    new = np.ones(places.shape[1], dtype=bool)
    new[1:] = (places[:, 1:] != places[:, :-1]).any(axis=0)
    return np.flatnonzero(new)


def _coded(records: pd.DataFrame, sentences: dict[Said, int]) -> NDArray[np.int64]:
    """Add what is said of the records to the sentences, and return its places: few sentences are said of many."""
    en, zh = code(records["reason"]), code(records["reason_zh"])
    place, pairs = pd.factorize(en.places * max(len(zh.names), 1) + zh.places)
    said = [Said(en.names[pair // len(zh.names)], zh.names[pair % len(zh.names)]) for pair in pairs.tolist()]
    among_all = np.array([sentences.setdefault(one, len(sentences)) for one in said], dtype=np.int64)
    return among_all[place]


def _said_of(said: NDArray[np.int64], starts: NDArray[np.int64], sentences: dict[Said, int]) -> NDArray[np.int64]:
    """Return the place of what is said of each record; of several sentences, joined, it is added to them."""
    ends, told = np.append(starts[1:], len(said)), said[starts]
    together: dict[tuple[int, ...], int] = {}
    single = list(sentences)
    for record in np.flatnonzero(ends - starts > 1):
        once = tuple(dict.fromkeys(said[starts[record] : ends[record]].tolist()))
        if once not in together:
            several = [single[place] for place in once]
            joined = Said(" ".join(one.en for one in several), "".join(one.zh for one in several))
            together[once] = sentences.setdefault(joined, len(sentences))
        told[record] = together[once]
    return told


def doubt_of(joined: pd.DataFrame) -> "pd.Series[float]":
    """Return the probability that a record is manipulated under whatever scheme.

    Schemes that explain the same evidence share its probability out among them, so theirs add up; where a unit surely
    practises several, a record is as likely manipulated as under one of them in the mean.

    Parameters
    ----------
    joined
        Records of one source, from `join_records`.

    Returns
    -------
    pandas.Series
        By ``record_id``.

    Examples
    --------
    >>> joined = pd.DataFrame({
    ...     "record_id": ["R1", "R1", "R2", "R2"], "probability": [0.3, 0.3, 0.8, 0.6],
    ...     "probability_of_unit": [0.5, 0.5, 1.0, 1.0]})
    >>> doubt_of(joined).round(2).to_dict()
    {'R1': 0.6, 'R2': 0.7}
    """
    record = code(joined["record_id"])
    suspicion, units = (record.sum(joined[name]) for name in ("probability", "probability_of_unit"))
    return pd.Series(suspicion / np.maximum(units, 1.0), index=record.names)


def worth_listening(joined: pd.DataFrame, observations: Observations) -> pd.DataFrame:
    """Return the records a reviewer should hear, the likeliest first, each with its dealer.

    Parameters
    ----------
    joined
        From `join_records`.
    observations
        Where the records stand.

    Returns
    -------
    pandas.DataFrame
        ``source, record_id, dealer_id, scheme, probability, reasons, reasons_zh``.
    """
    columns = ["source", "record_id", "dealer_id", "scheme", "probability", "reasons", "reasons_zh"]
    likely = joined[joined["probability"] >= WORTH_LISTENING_FROM]
    named = [likely.head(0).assign(dealer_id=pd.Series(dtype="str"))]
    for source in sorted(likely["source"].unique()):
        part = likely[likely["source"] == source]
        row = places_among(part["record_id"], observations[source][SOURCES[source].key])
        named.append(part.assign(dealer_id=observations[source]["dealer_id"].array.take(row)))
    everything = pd.concat(named, ignore_index=True)
    order = np.lexsort(
        [code(everything["scheme"]).places, code(everything["record_id"]).places, -everything["probability"].to_numpy()]
    )
    return everything.iloc[order][columns].astype({"dealer_id": "str"}).reset_index(drop=True)
