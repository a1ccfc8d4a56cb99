"""The units of a dossier among the rows of a source: which rows are theirs, and whom they can be compared with."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from detectors.core.observations import Observations
from detectors.core.schemes import UnitKind

Places = NDArray[np.int64]


@dataclass(frozen=True)
class Own:
    """The rows of a source that are of one of the units.

    Parameters
    ----------
    rows
        Their places in the source's frame, unit by unit.
    unit
        The place of each row's unit, rising.
    units
        How many units there are.
    """

    rows: Places
    unit: Places
    units: int

    def each(self) -> Iterator[Places]:
        """Yield the rows of each unit in turn."""
        yield from np.split(self.rows, np.searchsorted(self.unit, np.arange(1, self.units)))


def own_rows(observations: Observations, source: str, kind: UnitKind, ids: "pd.Index[str]") -> Own:
    """Return the rows of a source that are of one of the units; none if it knows no such unit.

    Parameters
    ----------
    observations
        Where the rows are.
    source
        The source.
    kind, ids
        The units, each once.

    Examples
    --------
    >>> from datetime import date
    >>> surveys = pd.DataFrame({"dealer_id": ["D2", "D1", "D3", "D2"]}, dtype="str")
    >>> seen = Observations(date(2026, 10, 31), {"surveys": surveys})
    >>> own = own_rows(seen, "surveys", UnitKind.DEALER, pd.Index(["D1", "D2", "D9"]))
    >>> [rows.tolist() for rows in own.each()]
    [[1], [0, 3], []]
    """
    column = f"{kind}_id"
    if source not in observations.frames or column not in observations[source].columns:
        return Own(np.empty(0, np.int64), np.empty(0, np.int64), len(ids))
    unit = observations.coded(source, column).among(ids)
    rows = np.flatnonzero(unit >= 0)
    rows = rows[np.argsort(unit[rows], kind="stable")]
    return Own(rows, unit[rows], len(ids))
