"""Scripts side by side: a unit's texts that say nearly the same, with what they share marked.

A group is a cluster of likeness of which chance hardly brings two to a unit of this size, as common as it is elsewhere,
so that "fine, thank you" never fills a dossier.
"""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from detectors.core.codes import Coded
from detectors.core.dossiers.units import Own, own_rows
from detectors.core.instruments.folding import plain
from detectors.core.instruments.likeness import cluster, read_texts
from detectors.core.instruments.repeats import find_repeats, learn_rarity
from detectors.core.observations import Observations
from detectors.core.schemes import UnitKind
from detectors.core.sources import SOURCES
from detectors.core.verbatims import verbatim_clusters, verbatims

MOST_GROUPS, MOST_TEXTS = 5, 6
"""How many groups of texts a reviewer is shown, and how many texts of each."""

SHORTEST = 10
"""Letters; shorter texts are said alike by chance."""

_OTHER_REVIEWS = 50_000
"""How many reviews of other dealers are enough to know which words are common."""

_LETTERS = 3
"""What texts share is shown from three letters on, the length by which their likeness is measured."""

Groups = list[dict[str, Any]]


def script_groups(observations: Observations, kind: UnitKind, ids: "pd.Index[str]") -> list[Groups]:
    """Return for each unit its groups of near-duplicate texts, the largest first.

    Parameters
    ----------
    observations
        The window.
    kind, ids
        The units: for dealers open answers and reviews are compared, for interviewers the open answers they wrote down.

    Returns
    -------
    list of list of dict
        Each group has ``records``: ``source``, ``record_id`` and ``segments``; and ``n``, how many texts it has in all.
    """
    found: list[Groups] = [[] for _ in ids]
    if observations.has("surveys", "verbatim"):
        _add(found, _of_verbatims(observations, kind, ids), "surveys", observations["surveys"], "verbatim")
    if kind is UnitKind.DEALER and observations.has("reviews", "text"):
        _add(found, _of_reviews(observations, ids), "reviews", observations["reviews"], "text")
    return [sorted(groups, key=lambda group: -group["n"])[:MOST_GROUPS] for groups in found]


def _of_verbatims(observations: Observations, kind: UnitKind, ids: "pd.Index[str]") -> pd.DataFrame:
    texts = observations.shared(verbatims)
    keys = observations.shared(verbatim_clusters).keys(texts)
    own = own_rows(observations, "surveys", kind, ids)
    everybody = observations.coded("surveys", f"{kind}_id") if len(own.rows) else Coded(np.empty(0, np.int64), ids)
    grouped = _grouped(
        own, np.asarray(texts.letters >= SHORTEST), keys, everybody, observations["surveys"]["response_id"]
    )
    # What only one interviewer wrote of a dealer is that interviewer's style; what only one dealer's customers told an
    # interviewer may be that dealer's script. So the other side of each group must be more than one.
    other = "interviewer_id" if kind is UnitKind.DEALER else "dealer_id"
    if not observations.has("surveys", other):
        return grouped
    beside = observations.coded("surveys", other)
    grouped["other"] = beside.places[grouped["row"]]
    known = grouped["other"] >= 0
    others = grouped["other"].where(known).groupby([grouped["unit"], grouped["key"]]).transform("nunique")
    met = pd.Series(beside.places[own.rows]).groupby(own.unit).nunique().reindex(range(len(ids)), fill_value=0)
    alone = (others == 1) & (met.to_numpy()[grouped["unit"]] > 1)
    return grouped[~alone]


def _of_reviews(observations: Observations, ids: "pd.Index[str]") -> pd.DataFrame:
    """Group the reviews of the units, against a sample of the other dealers' reviews."""
    own = own_rows(observations, "reviews", UnitKind.DEALER, ids)
    dealer = observations.coded("reviews", "dealer_id")
    others = np.setdiff1d(np.flatnonzero(dealer.places >= 0), own.rows)
    others = others[:: max(1, len(others) // _OTHER_REVIEWS)]
    rows = np.concatenate([own.rows, others])
    texts = read_texts(observations["reviews"]["text"].iloc[rows])
    keys = cluster(texts).keys(texts)
    sample = Coded(dealer.places[rows], dealer.names)
    within = Own(np.arange(len(own.rows)), own.unit, own.units)
    grouped = _grouped(
        within, np.asarray(texts.letters >= SHORTEST), keys, sample, observations["reviews"]["review_id"].iloc[rows]
    )
    return grouped.assign(row=rows[grouped["row"]])


def _grouped(
    own: Own, long: NDArray[np.bool_], keys: NDArray[np.int64], network: Coded, names: "pd.Series[str]"
) -> pd.DataFrame:
    """Return ``unit``, ``row`` and ``key`` of the units' texts that repeat another text of theirs, rare elsewhere."""
    judged = np.flatnonzero(long & (network.places >= 0))
    rarity = learn_rarity(Coded(network.places[judged], network.names), keys[judged])
    mine = long[own.rows]
    rows, unit = own.rows[mine], own.unit[mine]
    of_rows = Coded(network.places[rows], network.names)
    echo = find_repeats(of_rows, keys[rows], names.array.take(rows), rarity).echo
    return pd.DataFrame({"unit": unit[echo], "row": rows[echo], "key": keys[rows[echo]]})


def _add(found: list[Groups], grouped: pd.DataFrame, source: str, frame: pd.DataFrame, column: str) -> None:
    """Lay each unit's largest groups out."""
    grouped = grouped.assign(n=grouped.groupby(["unit", "key"])["row"].transform("size"))
    grouped = grouped[grouped["n"] > 1].sort_values(["unit", "n", "key", "row"], ascending=[True, False, True, True])
    groups = grouped.drop_duplicates(["unit", "key"])
    groups = groups[groups.groupby("unit").cumcount() < MOST_GROUPS]
    shown = grouped[grouped.groupby(["unit", "key"]).cumcount() < MOST_TEXTS]
    shown = shown.merge(groups[["unit", "key"]], on=["unit", "key"])
    texts = frame[column].iloc[shown["row"]].tolist()
    names = frame[SOURCES[source].key].iloc[shown["row"]].tolist()
    shown = shown.assign(text=texts, name=names)
    for (unit, _key), group in shown.groupby(["unit", "key"], sort=False):
        segments = shared_segments(group["text"].tolist())
        found[int(unit)].append(
            {
                "n": int(group["n"].iloc[0]),
                "records": [
                    {"source": source, "record_id": name, "segments": parts}
                    for name, parts in zip(group["name"], segments, strict=True)
                ],
            }
        )


_TOKEN = re.compile(r"[A-Za-z'’]+|\d+|.", re.DOTALL)


def shared_segments(texts: Sequence[str]) -> list[list[list[str | bool]]]:
    """Cut each text into what another of them has too and what is its own.

    Scripts are told in another order, so texts are not aligned from left to right: a piece is shared if the same words
    stand together in another text, wherever they do. Width, case and traditional characters do not matter.

    Parameters
    ----------
    texts
        Texts that are alike.

    Returns
    -------
    list of list
        The segments of each text in order, ``[text, shared]``; joined they are the text.

    Examples
    --------
    >>> shared_segments(["顾问很专业，环境也好。", "环境也好，顾问很專業！"])[1]
    [['环境也好', True], ['，', False], ['顾问很專業', True], ['！', False]]
    >>> shared_segments(["Please give full marks", "they said: give full marks"])[0]
    [['Please ', False], ['give full marks', True]]
    """
    split = [_TOKEN.findall(text) for text in texts]
    read = [_read(tokens) for tokens in split]
    held = Counter(piece for pieces in read for piece in {words for words, _, _ in pieces})
    marked = []
    for tokens, pieces in zip(split, read, strict=True):
        shared = np.zeros(len(tokens), dtype=bool)
        for words, first, last in pieces:
            if held[words] > 1:
                shared[first : last + 1] = True
        marked.append(_joined(tokens, shared))
    return marked


def _read(tokens: Sequence[str]) -> list[tuple[tuple[str, ...], int, int]]:
    """Return the shortest runs of at least two words and three letters, each with its first and last token."""
    words = [(place, word) for place, word in enumerate(plain(tokens)) if word.isalnum()]
    pieces = []
    for start in range(len(words)):
        run: list[str] = []
        for place, word in words[start:]:
            run.append(word)
            if len(run) > 1 and sum(map(len, run)) >= _LETTERS:
                pieces.append((tuple(run), words[start][0], place))
                break
    return pieces


def _joined(tokens: Sequence[str], shared: NDArray[np.bool_]) -> list[list[str | bool]]:
    segments: list[list[str | bool]] = []
    for token, is_shared in zip(tokens, shared.tolist(), strict=True):
        if segments and segments[-1][1] == is_shared:
            segments[-1][0] = f"{segments[-1][0]}{token}"
        else:
            segments.append([token, is_shared])
    return segments
