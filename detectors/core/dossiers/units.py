"""The units of a dossier among the rows of a source."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from detectors.core.observations import Observations
from detectors.core.schemes import UnitKind

Places = NDArray[np.int64]


@dataclass(frozen=True)
class Units:
    """Units of one kind, in order of their ids.

    Parameters
    ----------
    kind
        What they are.
    ids
        Each once, sorted.
    """

    kind: UnitKind
    ids: "pd.Index[str]"

    @classmethod
    def of(cls, kind: UnitKind, named: Collection[tuple[str, str]]) -> "Units":
        """Return those of a kind among kinds and ids."""
        ids = sorted({unit_id for of_kind, unit_id in named if of_kind == kind})
        return cls(kind, pd.Index(ids, dtype="str", name="unit_id"))

    def __len__(self) -> int:
        return len(self.ids)

    def __iter__(self) -> Iterator[str]:
        return iter(self.ids)

    @property
    def column(self) -> str:
        """The column that names them."""
        return f"{self.kind}_id"


@dataclass(frozen=True)
class Own:
    """The rows of a source that are of one of the units.

    Parameters
    ----------
    rows
        Their places in the source's frame, unit by unit.
    unit
        The place of each row's unit, rising.
    """

    rows: Places
    unit: Places


def own_rows(observations: Observations, source: str, units: Units) -> Own:
    """Return the rows of a source that are of one of the units; none if it knows no such unit.

    Parameters
    ----------
    observations
        Where the rows are.
    source
        The source.
    units
        The units.

    Examples
    --------
    >>> from datetime import date
    >>> surveys = pd.DataFrame({"dealer_id": ["D2", "D1", "D3", "D2"]}, dtype="str")
    >>> seen = Observations(date(2026, 10, 31), {"surveys": surveys})
    >>> own = own_rows(seen, "surveys", Units.of(UnitKind.DEALER, [("dealer", "D2"), ("dealer", "D1")]))
    >>> own.rows.tolist(), own.unit.tolist()
    ([1, 0, 3], [0, 1, 1])
    """
    if source not in observations.frames or units.column not in observations[source].columns:
        return Own(np.empty(0, np.int64), np.empty(0, np.int64))
    unit = observations.coded(source, units.column).among(units.ids)
    rows = np.flatnonzero(unit >= 0)
    rows = rows[np.argsort(unit[rows], kind="stable")]
    return Own(rows, unit[rows])
