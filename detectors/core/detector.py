"""The contract of a detector: learn what honest units look like, then weigh any unit against it."""

import importlib
import pkgutil
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar, final

import pandas as pd

import detectors
from detectors.core.evidence import Weighed, answer, no_records
from detectors.core.observations import Observations
from detectors.core.schemes import Scheme, UnitKind
from detectors.core.sentences import Said

_SOURCES_ZH = {
    "surveys": "访问",
    "contacts": "联系名单",
    "transactions": "业务记录",
    "complaints": "投诉",
    "reviews": "公开评价",
    "dealers": "经销商资料",
    "staff": "员工名单",
    "audits": "现场审核",
}
_NO_ROWS = Said("It has no rows to look at.", "没有可供查看的数据。")


class NotEnough(Exception):  # noqa: N818 - an abstention is an answer, not a fault
    """Raised by ``_learn`` when the network has too little to learn from.

    Parameters
    ----------
    en, zh
        The reason that a person reads.
    """

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(en)
        self.said = Said(en, zh)


@dataclass(frozen=True)
class Reference:
    """What a detector learnt of a network.

    Parameters
    ----------
    learned
        Whatever the detector's ``_weigh`` needs; None if it abstains.
    abstains
        Why the detector abstains for every unit; None if it does not.
    """

    learned: Any
    abstains: Said | None = None


class Detector(ABC):
    """Evidence of one pattern.

    A detector is a frozen dataclass in ``detectors/<family>/<name>.py`` whose fields are its tunables. Dropping the
    file in is all: it is discovered, contract-tested, benchmarked and documented. Its author writes `_learn` and
    `_weigh`.

    The same reference judges every unit the same, whatever company it comes in, so `_weigh` may use nothing of other
    units but what `_learn` put into the reference.

    Attributes
    ----------
    title
        What it looks at, in a few words.
    honest
        The honest explanations that were considered, each in one sentence with how it is spared.
    schemes
        Schemes for which this pattern is evidence, all of one unit kind.
    needs
        Sources, each with the columns that must have a value somewhere in the network. Without them it abstains.
    decisive
        Whether this evidence may open a case with no second family beside it.
    independent
        Whether its family is evidence of its own. One that looks at what other families look at as well adds to their
        evidence but is never multiplied with it, nor is it one of the two families that a case needs.
    """

    title: ClassVar[Said]
    honest: ClassVar[tuple[Said, ...]]
    schemes: ClassVar[tuple[Scheme, ...]]
    needs: ClassVar[Mapping[str, tuple[str, ...]]]
    decisive: ClassVar[bool] = False
    independent: ClassVar[bool] = True

    @property
    def name(self) -> str:
        """The detector's name: its file's."""
        return type(self).__module__.rpartition(".")[2]

    @property
    def family(self) -> str:
        """The evidence family: its folder's name."""
        return type(self).__module__.split(".")[-2]

    @property
    def unit_kind(self) -> UnitKind:
        """Who is weighed."""
        return self.schemes[0].unit_kind

    @final
    def learn(self, network: Observations) -> Reference:
        """Learn what honest units of this network look like.

        Parameters
        ----------
        network
            Every row of the window.

        Returns
        -------
        Reference
            For `weigh`. It abstains where a source or column that the detector needs is missing.
        """
        for source, columns in self.needs.items():
            if not network.has(source):
                return Reference(None, _missing(source))
            for column in columns:
                if not network.has(source, column):
                    return Reference(None, _empty(source, column))
        try:
            return Reference(self._learn(network))
        except NotEnough as reason:
            return Reference(None, reason.said)

    @final
    def weigh(self, observations: Observations, reference: Reference) -> Weighed:
        """Weigh every unit of the observations against the reference.

        Parameters
        ----------
        observations
            Rows of the units to weigh.
        reference
            From `learn`, on the network.

        Returns
        -------
        Weighed
            One answer for every unit of the observations, abstentions included, and the records that carry the pattern.
        """
        units = observations.units(self.unit_kind)
        if reference.abstains is not None:
            return Weighed(_abstention(units, reference.abstains), no_records())
        # The network had what the detector needs; these units may not, and then they have no rows.
        if not all(observations.has(source) for source in self.needs):
            return Weighed(_abstention(units, _NO_ROWS), no_records())
        weighed = self._weigh(observations, reference.learned)
        silent = units.difference(weighed.units.index)
        everyone = pd.concat([weighed.units, _abstention(silent, _NO_ROWS)]).loc[units]
        return Weighed(everyone, weighed.records)

    @abstractmethod
    def _learn(self, network: Observations) -> Any:
        """Return what `_weigh` needs to know of the network, or raise `NotEnough`."""

    @abstractmethod
    def _weigh(self, observations: Observations, learned: Any) -> Weighed:
        """Return an answer for each unit that has rows, and the records."""


def _missing(source: str) -> Said:
    return Said(f"No {source} were delivered.", f"没有送达任何{_SOURCES_ZH[source]}数据。")


def _empty(source: str, column: str) -> Said:
    return Said(
        f"No row of {source} has a value in {column}.", f"{_SOURCES_ZH[source]}数据中没有一行填有 {column} 的值。"
    )


def _abstention(units: "pd.Index[str]", reason: Said) -> pd.DataFrame:
    return answer(
        units, n=0, observed=float("nan"), expected=float("nan"), bits=0.0, abstained=True, reason=[reason] * len(units)
    )


@cache
def discover() -> tuple[Detector, ...]:
    """Return every detector with its default tunables, ordered by family and name.

    Examples
    --------
    >>> [detector.name for detector in discover() if detector.family == "ratings"][:1]
    ['facts']
    """
    found = []
    for module in pkgutil.walk_packages(detectors.__path__, f"{detectors.__name__}."):
        if module.name.startswith("detectors.core") or module.ispkg:
            continue
        members = vars(importlib.import_module(module.name)).values()
        found += [
            member()
            for member in members
            if isinstance(member, type) and issubclass(member, Detector) and member.__module__ == module.name
        ]
    return tuple(sorted(found, key=lambda detector: (detector.family, detector.name)))
