"""What was observed in the window: one frame per source, as every detector receives it."""

from collections.abc import Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from detectors.core.codes import Coded, code
from detectors.core.deriving import Derive, Once
from detectors.core.schemes import UnitKind
from detectors.core.sources import SOURCES

T = TypeVar("T")

DEFAULT_SCALE = (1, 10)
"""Lowest and highest answer of a questionnaire that the settings do not name."""


@dataclass(frozen=True)
class Observations:
    """The rows of a trailing window, by source.

    Frames have the columns and dtypes of `detectors.core.sources` (columns that were never delivered are absent) and a
    ``RangeIndex``. Columns that identify a person hold opaque tokens: equal tokens mean equal values, and nothing else
    can be read from them. Beside ``phone`` stand ``phone_kind`` (``mobile``, ``landline`` or ``invalid``), and
    ``phone_block`` (a token shared by the hundred numbers that differ in the last two digits) with ``phone_last2``
    (those two digits, 0 to 99), from which numbers in sequence can be seen. They may be absent.

    Parameters
    ----------
    business_date
        The last day of the window.
    frames
        Rows by source name. A source that was never delivered is absent.
    scales
        Lowest and highest possible answer by ``survey``; 1 to 10 where it is not named.
    closing_months
        Length of the bonus period in months: 1 closes every month, 3 every quarter.

    Examples
    --------
    >>> surveys = pd.DataFrame({"response_id": ["R1"], "dealer_id": ["D1"], "survey": ["SSI"], "overall": [10.0]})
    >>> seen = Observations(date(2026, 10, 31), {"surveys": surveys})
    >>> seen.has("surveys", "overall"), seen.has("surveys", "verbatim"), seen.has("reviews")
    (True, False, False)
    >>> list(seen.units(UnitKind.DEALER))
    ['D1']
    """

    business_date: date
    frames: Mapping[str, pd.DataFrame]
    scales: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    closing_months: int = 1
    _of_source: dict[str, Once] = field(default_factory=dict, init=False, repr=False, compare=False)
    _of_all: Once = field(default_factory=Once, init=False, repr=False, compare=False)
    _whole: "tuple[Observations, NDArray[np.int64]] | None" = field(default=None, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        self._of_source.update({source: Once() for source in self.frames})

    def shared(self, derive: Derive[T]) -> T:
        """Return what `derive` makes of these observations, made once however many detectors ask.

        Joining two million contacts with three million transactions is the same work for every detector, and for
        learning as for weighing. Whatever is returned is shared, so nobody may change it.

        Parameters
        ----------
        derive
            A function of a module, which reads nothing but its argument. See `detectors.core.deriving` for what can be
            said of it that spares work.

        Examples
        --------
        >>> def dealers(observations):
        ...     print("counting")
        ...     return observations["surveys"]["dealer_id"].nunique()
        >>> seen = Observations(date(2026, 10, 31), {"surveys": pd.DataFrame({"dealer_id": ["D1", "D2"]})})
        >>> seen.shared(dealers) + seen.shared(dealers)
        counting
        4
        """
        once = self._of_source.get(getattr(derive, "source", ""), self._of_all)
        made: T = once.get(derive, lambda: self._derived(derive))
        return made

    def _derived(self, derive: Derive[T]) -> T:
        narrow = getattr(derive, "narrow", None)
        if narrow is None or self._whole is None:
            return derive(self)
        whole, rows = self._whole
        made: T = narrow(whole.shared(derive), rows)
        return made

    def coded(self, source: str, column: str) -> Coded:
        """Return a text column as places in the list of its values, sorted; worked out once for each column.

        Grouping, matching and looking up a million texts costs half a second each; their places, hardly anything.

        Examples
        --------
        >>> surveys = pd.DataFrame({"dealer_id": ["D2", "D1", None, "D2"]}, dtype="str")
        >>> found = Observations(date(2026, 10, 31), {"surveys": surveys}).coded("surveys", "dealer_id")
        >>> found.places.tolist(), found.names.tolist()
        ([1, 0, -1, 1], ['D1', 'D2'])
        """
        found: Coded = self._of_source[source].get(column, lambda: self._coded(source, column))
        return found

    def _coded(self, source: str, column: str) -> Coded:
        if self._whole is None or source != "surveys":
            return code(self.frames[source][column])
        whole, rows = self._whole
        return whole.coded(source, column).of(rows)

    def __getitem__(self, source: str) -> pd.DataFrame:
        return self.frames[source]

    def has(self, source: str, *columns: str) -> bool:
        """Tell whether the source has rows and each of the columns has a value.

        A column name that ends in ``_`` names a family: ``q_`` is there if any ``q_<code>`` has a value.
        """
        frame = self.frames.get(source)
        if frame is None or frame.empty:
            return False
        return all(self._has_values(source, column) for column in columns)

    def _has_values(self, source: str, column: str) -> bool:
        if column.endswith("_"):
            return any(self._has_values(source, name) for name in self.members(source, column))
        frame = self.frames[source]
        once = self._of_source[source]
        return column in frame.columns and bool(once.get(("has", column), lambda: frame[column].notna().any()))

    def members(self, source: str, prefix: str) -> list[str]:
        """Return the columns of a family (``q_``, ``fact_``) in order."""
        return [name for name in self.frames[source].columns if name.startswith(prefix)]

    def units(self, kind: UnitKind) -> "pd.Index[str]":
        """Return every dealer (of any source) or interviewer seen in the window, sorted, without repeats."""
        seen: pd.Index[str] = self._of_all.get(kind, lambda: self._units(f"{kind}_id"))
        return seen

    def _units(self, column: str) -> "pd.Index[str]":
        seen = [self.coded(source, column).names for source, frame in self.frames.items() if column in frame.columns]
        everyone = sorted(set().union(*(names.tolist() for names in seen)))
        return pd.Index(everyone, dtype="str", name="unit_id")

    def of(self, kind: UnitKind, unit_ids: Collection[str]) -> "Observations":
        """Return only the rows of those units, sources that know no such unit kept whole."""
        column, wanted = f"{kind}_id", list(unit_ids)
        kept = {
            source: frame[frame[column].isin(wanted)].reset_index(drop=True) if column in frame.columns else frame
            for source, frame in self.frames.items()
        }
        return replace(self, frames=kept)

    def after(self, moment: pd.Timestamp) -> "Observations":
        """Return only what happened after a moment; dealers and staff, which have no time, are kept."""
        kept = {}
        for source, frame in self.frames.items():
            when = SOURCES[source].when
            kept[source] = frame if when is None else frame[frame[when] > moment].reset_index(drop=True)
        return replace(self, frames=kept)

    def without(self, response_ids: Collection[str]) -> "Observations":
        """Return the observations without these interviews; what is known of each other one is not derived again."""
        if "surveys" not in self.frames or not len(response_ids):
            return self
        surveys = self.frames["surveys"]
        rows = np.flatnonzero(~surveys["response_id"].isin(list(response_ids)).to_numpy())
        with ThreadPoolExecutor(2) as pool:
            columns = pool.map(lambda name: surveys[name].array.take(rows), surveys.columns)
            kept = pd.DataFrame(dict(zip(surveys.columns, columns, strict=True)), copy=False)
        narrowed = replace(self, frames={**self.frames, "surveys": kept})
        narrowed._of_source.update({source: once for source, once in self._of_source.items() if source != "surveys"})
        object.__setattr__(narrowed, "_whole", (self, rows))
        return narrowed

    def scale_of(self, surveys: pd.Series) -> pd.DataFrame:
        """Return the lowest and highest possible answer of each row's questionnaire.

        Parameters
        ----------
        surveys
            The ``survey`` of each row.

        Returns
        -------
        pandas.DataFrame
            Columns ``low`` and ``high``, with the index of `surveys`.
        """
        coded = code(surveys)
        # One more row at the end, where rows without a questionnaire find the usual scale.
        ends = np.array([*(self.scales.get(survey, DEFAULT_SCALE) for survey in coded.names), DEFAULT_SCALE], "float32")
        return pd.DataFrame(ends[coded.places], columns=["low", "high"], index=surveys.index)
