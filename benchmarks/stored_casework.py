"""The cases of a stored history: which ones its nights opened, and what people did with them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Connection

from benchmarks.stored_dossiers import dossiers
from detectors.core.schemes import Scheme, UnitKind
from sql import events, tables
from sql.bulk import insert_frame
from sql.events import Event
from sql.severity import due_on, severity_of
from sql.times import SHANGHAI, as_text

PEOPLE = ("li.na", "wang.fang", "zhou.min", "sun.hao", "wu.lei", "xu.jing")
SCHEMES = tuple(Scheme)
"""In the order of their keys, which count from 1."""


class Nights:
    """The last days of the months, the newest of them October 2026's; nights count from 1."""

    def __init__(self, count: int) -> None:
        self.days: list[date] = [day.date() for day in pd.date_range(end="2026-10-31", periods=count, freq="ME")]

    @property
    def last(self) -> int:
        """The newest night."""
        return len(self.days)

    def at(self, night: int, *, days: float = 0) -> datetime:
        """Return when a night ended, or a time so many days later."""
        day = self.days[night - 1] + timedelta(days=1)
        return datetime(day.year, day.month, day.day, 2, 18, tzinfo=SHANGHAI) + timedelta(days=days)

    def run_id(self, night: int) -> str:
        """Return the run of a night."""
        return f"{self.days[night - 1]:%Y%m%d}T021800-{night:08x}"


@dataclass
class Case:
    """A case, and what people have made of it."""

    case_id: int
    unit: int
    schemes: list[int]
    first: int
    last: int
    severity: str
    affected: float
    became: dict[str, object] = field(default_factory=dict)
    outcomes: dict[int, dict[str, object]] = field(default_factory=dict)
    version: int = 0


class Casework:
    """Cases as nights open them and people work them.

    Parameters
    ----------
    is_dealer
        Of each unit, in the order of their keys, whether it is a dealer.
    cases
        How many there are to be in the end.
    nights
        When they are opened.
    rng
        What draws them.
    """

    def __init__(
        self, is_dealer: np.ndarray[Any, np.dtype[np.bool_]], cases: int, nights: Nights, rng: np.random.Generator
    ) -> None:
        self.is_dealer, self.wanted, self.nights, self.rng = is_dealer, cases, nights, rng
        self.cases: list[Case] = []
        self.log: list[Event] = []

    def opened(self, night: int) -> int:
        """Return how many cases the night opened."""
        return sum(case.first == night for case in self.cases)

    def updated(self, night: int) -> int:
        """Return how many cases were open before the night and still are."""
        return sum(case.last == night for case in self.cases) - self.opened(night)

    def flagged(self, night: int) -> set[tuple[int, int]]:
        """Return the units and schemes that have a case open that night."""
        return {
            (case.unit, scheme) for case in self.cases if case.first <= night <= case.last for scheme in case.schemes
        }

    def work(self, night: int) -> None:
        """Decide which cases the night opens, and what people did with those of the night before."""
        for case in self.cases:
            if case.last == night - 1 and not case.became:
                if self.rng.random() < 0.9:
                    self._close(case, night - 1)
                else:
                    case.last = night
        held = {case.unit for case in self.cases if case.last == night and not case.became}
        wanted = self.wanted * night // self.nights.last - len(self.cases)
        free = np.setdiff1d(np.arange(1, len(self.is_dealer) + 1), list(held))
        for unit in np.sort(self.rng.choice(free, min(wanted, len(free)), replace=False)):
            self._open(int(unit), night)

    def _open(self, unit: int, night: int) -> None:
        kind = UnitKind.DEALER if self.is_dealer[unit - 1] else UnitKind.INTERVIEWER
        possible = [place for place, scheme in enumerate(SCHEMES, start=1) if scheme.unit_kind is kind]
        how_many = min(len(possible), 1 + int(self.rng.random() < 0.35))
        schemes = sorted(self.rng.choice(possible, how_many, replace=False).tolist())
        affected = float(self.rng.gamma(1.5, 25))
        case = Case(len(self.cases) + 1, unit, schemes, night, night, severity_of(affected), affected)
        self.cases.append(case)
        at, run_id = as_text(self.nights.at(night)), self.nights.run_id(night)
        due = due_on(case.severity, at)
        self.log.append(Event(case.case_id, at, "nightly", "opened", {}, {"run_id": run_id, "due_on": due}))
        for scheme in schemes:
            after = {"run_id": run_id, "scheme": str(SCHEMES[scheme - 1]), "bits": 12.0}
            self.log.append(Event(case.case_id, at, "nightly", "found", {}, after))

    def _close(self, case: Case, night: int) -> None:
        """Have one person work the case and a second one confirm what is confirmed."""
        first, second = self.rng.choice(PEOPLE, 2, replace=False).tolist()
        at = as_text(self.nights.at(night, days=float(self.rng.uniform(1, 20))))
        reason = "The recordings of five of them were heard; what they say fits the answers."
        taken = {"assignee": first, "status": "investigating"}
        self._happened(case, at, first, "taken", taken)
        for scheme in case.schemes:
            named = {"scheme": str(SCHEMES[scheme - 1])}
            outcome = str(self.rng.choice(["confirmed", "refuted", "inconclusive"], p=[0.55, 0.3, 0.15]))
            if outcome == "confirmed":
                self._happened(case, at, first, "proposed", {**named, "reason": reason})
                self._happened(case, at, second, "confirmed", {**named, "outcome": outcome, "reason": reason})
            else:
                self._happened(case, at, first, "decided", {**named, "outcome": outcome, "reason": reason})
            case.outcomes[scheme] = {
                "outcome": outcome,
                "decided_by": first,
                "confirmed_by": second if outcome == "confirmed" else None,
                "decided_at": at,
                "decided_probability": 0.9,
            }
        self._happened(case, at, first, "closed", {"status": "closed", "closed_by": first, "reason": reason})
        case.became = {"status": "closed", "assignee": first, "closed_by": first, "updated_at": at}

    def _happened(self, case: Case, at: str, actor: str, action: str, after: dict[str, object]) -> None:
        case.version += 1
        self.log.append(Event(case.case_id, at, actor, action, {}, after))

    def write(self, connection: Connection, weighed: Sequence[tuple[int, int, int, float]]) -> None:
        """Write the cases, with what each night weighed of them: night, unit, scheme and bits."""
        for case in self.cases:
            if not case.became:
                self._under_way(case)
        told = pd.DataFrame(weighed, columns=["run_key", "unit_key", "scheme_key", "bits"])
        rows = [
            {
                "case_id": case.case_id,
                "unit_key": case.unit,
                "lead_scheme_key": case.schemes[0],
                "schemes": ", ".join(str(SCHEMES[scheme - 1]) for scheme in case.schemes),
                "severity": case.severity,
                "affected": case.affected,
                "probability": 0.6 + 0.4 * float(self.rng.random()),
                "opened_at": as_text(self.nights.at(case.first)),
                "due_on": due_on(case.severity, as_text(self.nights.at(case.first))),
                "version": case.version,
                "first_run_key": case.first,
                "last_run_key": case.last,
                "updated_at": as_text(self.nights.at(case.last)),
                **case.became,
            }
            for case in self.cases
        ]
        held = pd.DataFrame(rows)
        insert_frame(connection, tables.cases, held, {})
        findings = pd.DataFrame(
            [
                {"case_id": case.case_id, "scheme_key": scheme, **case.outcomes.get(scheme, {})}
                for case in self.cases
                for scheme in case.schemes
            ]
        )
        each = {"n": 120, "bits": 12.0, "probability": 0.976, "affected_share": 0.3}
        limits = {"affected_low": 0.2, "affected_high": 0.5}
        insert_frame(connection, tables.findings, findings.assign(**each, **limits), {})
        spans = pd.DataFrame(
            [
                (case.case_id, scheme, night, case.unit)
                for case in self.cases
                for scheme in case.schemes
                for night in range(case.first, case.last + 1)
            ],
            columns=["case_id", "scheme_key", "run_key", "unit_key"],
        )
        nights = spans.merge(told, on=["run_key", "unit_key", "scheme_key"]).drop(columns="unit_key")
        few = {"flagged": 1, "n": 120, "probability": 0.976, "affected_share": 0.3}
        insert_frame(connection, tables.finding_nights, nights.assign(**few), {})
        self.log.sort(key=lambda event: event.at)
        for start in range(0, len(self.log), 10_000):
            events.append(connection, self.log[start : start + 10_000])
        open_cases = held.loc[held["status"] != "closed", "case_id"]
        texts = np.resize(np.array(dossiers(self.rng), dtype=object), len(open_cases))
        kept = pd.DataFrame({"case_id": open_cases.to_numpy(), "dossier_json": texts})
        insert_frame(connection, tables.dossiers, kept, {"run_key": self.nights.last})

    def _under_way(self, case: Case) -> None:
        """Have somebody begin with some of the open cases."""
        case.became = {"status": "new"}
        chance = float(self.rng.random())
        at = as_text(self.nights.at(self.nights.last, days=float(self.rng.uniform(1, 15))))
        if chance < 0.4:
            actor = str(self.rng.choice(PEOPLE))
            self._happened(case, at, actor, "taken", {"assignee": actor, "status": "investigating"})
            case.became |= {"status": "investigating", "assignee": actor, "updated_at": at}
        if chance < 0.15:
            self._happened(case, at, actor, "paused", {"status": "waiting", "reason": "The dealer was asked."})
            case.became |= {"status": "waiting"}
