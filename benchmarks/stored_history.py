"""A database as it stands after years of work: nights, cases and what people did with them.

Nothing is weighed. The numbers are drawn so that the tables have the sizes, the spread and the texts of real ones, on
which the cost of the console's pages depends; what they say of anybody means nothing.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Connection, insert

from benchmarks.stored_dossiers import dossiers
from detectors.core.detector import discover
from detectors.core.schemes import Scheme, UnitKind
from sql import events, tables
from sql.bulk import insert_frame
from sql.connection import connect, writing
from sql.events import Event
from sql.schema import migrate
from sql.severity import due_on, severity_of
from sql.times import SHANGHAI, as_text

REGIONS = ("East", "North", "South", "Southwest", "Central", "Northeast", "Northwest")
BRANDS = ("星野", "Hanhai", "Tianshu")
AGENCIES = tuple(f"Agency {letter}" for letter in "ABCDEF")
PEOPLE = ("li.na", "wang.fang", "zhou.min", "sun.hao", "wu.lei", "xu.jing")
_SCHEMES = tuple(Scheme)
_PRIOR = 0.02
_REASON = (
    "{a} of {b} customers with an open answer said nearly what another customer had said, in sentences hardly heard at "
    "other dealers; dealers like this one have 0 to {c}."
)
_REASON_ZH = (
    "{b} 位有开放题回答的客户中，有 {a} 位说的与另一位客户几乎一样，"
    "而这样的句子在其他经销商处几乎听不到；同类为 0 至 {c} 位。"
)
_RECORD = (
    "The dealer's own transactions have another number for this customer. The number stands under several customers."
)
_RECORD_ZH = "该经销商自己的业务记录中，这位客户留的是另一个号码。这个号码登记在多位客户名下。"


@dataclass(frozen=True)
class Size:
    """How much there is.

    Parameters
    ----------
    dealers, interviewers
        Units that every night weighs.
    nights
        Runs, one a month.
    cases
        In all; those of the newest night, and every tenth of the night before, are open.
    records
        Suspicious records that a night names.
    """

    dealers: int = 5_000
    interviewers: int = 600
    nights: int = 24
    cases: int = 20_000
    records: int = 30_000


@dataclass
class _Case:
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


def write_history(url: str, size: Size = Size(), *, seed: int = 11) -> None:
    """Make the tables and fill them.

    Parameters
    ----------
    url
        An empty database.
    size
        How much of everything.
    seed
        The same rows every time.
    """
    engine = connect(url)
    migrate(engine)
    with writing(engine) as connection:
        _History(size, np.random.default_rng(seed)).write(connection)
    if engine.dialect.name == "postgresql":
        # As its own daemon does in time; SQLite has none, and knows nothing of what its tables hold.
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("vacuum analyze")
    engine.dispose()


class _History:
    def __init__(self, size: Size, rng: np.random.Generator) -> None:
        self.size, self.rng = size, rng
        self.detectors = discover()
        self.cases: list[_Case] = []
        self.log: list[Event] = []
        self.nights: list[tuple[int, int, int, float]] = []

    @cached_property
    def days(self) -> list[date]:
        """The last days of the months, the newest of them October 2026's."""
        return [day.date() for day in pd.date_range(end="2026-10-31", periods=self.size.nights, freq="ME")]

    @cached_property
    def is_dealer(self) -> np.ndarray[Any, np.dtype[np.bool_]]:
        return np.arange(self.size.dealers + self.size.interviewers) < self.size.dealers

    @cached_property
    def pairs(self) -> dict[UnitKind, list[tuple[int, int]]]:
        """Schemes and detectors, by their keys, that weigh a unit of each kind."""
        return {
            kind: sorted(
                (_SCHEMES.index(scheme) + 1, place)
                for place, detector in enumerate(self.detectors, start=1)
                if detector.unit_kind is kind
                for scheme in detector.schemes
            )
            for kind in UnitKind
        }

    def at(self, night: int, *, days: float = 0) -> datetime:
        """Return when a night ended, or a time so many days later; nights count from 1."""
        day = self.days[night - 1] + timedelta(days=1)
        return datetime(day.year, day.month, day.day, 2, 18, tzinfo=SHANGHAI) + timedelta(days=days)

    def write(self, connection: Connection) -> None:
        """Write everything."""
        self._names(connection)
        for night in range(1, self.size.nights + 1):
            self._work(night)
            self._night(connection, night)
        self._cases(connection)

    def _names(self, connection: Connection) -> None:
        size, rng = self.size, self.rng
        ids = [
            *(f"D{number:05d}" for number in range(1, size.dealers + 1)),
            *(f"A{number:04d}" for number in range(1, size.interviewers + 1)),
        ]
        units = pd.DataFrame({"unit_key": range(1, len(ids) + 1), "unit_id": ids})
        units["unit_kind"] = np.where(self.is_dealer, "dealer", "interviewer")
        insert_frame(connection, tables.units, units, {})
        schemes = pd.DataFrame({"scheme_key": range(1, len(_SCHEMES) + 1), "scheme": [str(each) for each in _SCHEMES]})
        insert_frame(connection, tables.schemes, schemes, {})
        named = [(place, each.family, each.name) for place, each in enumerate(self.detectors, start=1)]
        keys = pd.DataFrame(named, columns=["detector_key", "family", "detector"])
        insert_frame(connection, tables.detectors, keys, {})
        dealers = pd.DataFrame(
            {
                "unit_key": units["unit_key"][: size.dealers],
                "name": [f"明达第{number}汽车销售服务有限公司" for number in range(1, size.dealers + 1)],
                "brand": rng.choice(BRANDS, size.dealers),
                "region": rng.choice(REGIONS, size.dealers),
                "province": rng.choice([f"Province {number}" for number in range(1, 31)], size.dealers),
                "city": rng.choice([f"城市{number}" for number in range(1, 301)], size.dealers),
                "dealer_group": rng.choice([f"Group {number}" for number in range(1, 201)], size.dealers),
                "target_score": 9.2,
            }
        )
        insert_frame(connection, tables.dealers, dealers, {})
        callers = pd.DataFrame({"unit_key": units["unit_key"][size.dealers :]})
        callers["vendor"] = rng.choice(AGENCIES, size.interviewers)
        insert_frame(connection, tables.interviewers, callers, {})

    def _work(self, night: int) -> None:
        """Decide which cases the night opens, and what people did with those of the night before."""
        last = self.size.nights
        for case in self.cases:
            if case.last == night - 1 and not case.became:
                if self.rng.random() < 0.9:
                    self._close(case, night - 1)
                else:
                    case.last = night
        held = {case.unit for case in self.cases if case.last == night and not case.became}
        wanted = self.size.cases * night // last - len(self.cases)
        free = np.setdiff1d(np.arange(1, len(self.is_dealer) + 1), list(held))
        for unit in np.sort(self.rng.choice(free, min(wanted, len(free)), replace=False)):
            self._open(int(unit), night)

    def _open(self, unit: int, night: int) -> None:
        kind = UnitKind.DEALER if self.is_dealer[unit - 1] else UnitKind.INTERVIEWER
        possible = [place for place, scheme in enumerate(_SCHEMES, start=1) if scheme.unit_kind is kind]
        how_many = min(len(possible), 1 + int(self.rng.random() < 0.35))
        schemes = sorted(self.rng.choice(possible, how_many, replace=False).tolist())
        affected = float(self.rng.gamma(1.5, 25))
        case = _Case(len(self.cases) + 1, unit, schemes, night, night, severity_of(affected), affected)
        self.cases.append(case)
        at, run_id = as_text(self.at(night)), self._run_id(night)
        due = due_on(case.severity, at)
        self.log.append(Event(case.case_id, at, "nightly", "opened", {}, {"run_id": run_id, "due_on": due}))
        for scheme in schemes:
            after = {"run_id": run_id, "scheme": str(_SCHEMES[scheme - 1]), "bits": 12.0}
            self.log.append(Event(case.case_id, at, "nightly", "found", {}, after))

    def _close(self, case: _Case, night: int) -> None:
        """Have one person work the case and a second one confirm what is confirmed."""
        first, second = self.rng.choice(PEOPLE, 2, replace=False).tolist()
        at = as_text(self.at(night, days=float(self.rng.uniform(1, 20))))
        reason = "The recordings of five of them were heard; what they say fits the answers."
        taken = {"assignee": first, "status": "investigating"}
        self._happened(case, at, first, "taken", taken)
        for scheme in case.schemes:
            named = {"scheme": str(_SCHEMES[scheme - 1])}
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

    def _happened(self, case: _Case, at: str, actor: str, action: str, after: dict[str, object]) -> None:
        case.version += 1
        self.log.append(Event(case.case_id, at, actor, action, {}, after))

    def _run_id(self, night: int) -> str:
        return f"{self.days[night - 1]:%Y%m%d}T021800-{night:08x}"

    def _night(self, connection: Connection, night: int) -> None:
        at, run_id = self.at(night), self._run_id(night)
        settings = json.dumps({f"setting_{number}": number for number in range(40)})
        opened = sum(case.first == night for case in self.cases)
        connection.execute(
            insert(tables.runs).values(
                run_key=night,
                run_id=run_id,
                business_date=self.days[night - 1].isoformat(),
                status="done",
                started_at=as_text(at - timedelta(minutes=2)),
                finished_at=as_text(at),
                code_version="0.1.0",
                settings_sha256="5e" * 32,
                settings_json=settings,
                fingerprint=run_id,
                cases_opened=opened,
                cases_updated=sum(case.last == night for case in self.cases) - opened,
            )
        )
        run = {"run_key": night}
        inputs = pd.DataFrame({"position": range(1, 13), "source": ["surveys", "contacts", "reviews"] * 4})
        inputs["file_name"] = [f"delivery_{number:02d}.csv" for number in inputs["position"]]
        counted = {"rows_read": 90_000, "rows_accepted": 89_950, "rows_quarantined": 50, "table_version": night}
        insert_frame(connection, tables.run_inputs, inputs, {**run, **counted, "file_sha256": "ab" * 32})
        kept_back = pd.DataFrame({"position": range(1, 601), "row_number": range(2, 602)})
        kept_back["rule"] = np.resize(["in_range", "known_disposition", "not_in_the_future"], len(kept_back))
        texts = {"column_name": "overall", "value_masked": "11", "reason": "overall is 11, which is above 10"}
        file = {"source": "surveys", "file_name": "delivery_01.csv"}
        insert_frame(connection, tables.quarantined_rows, kept_back, {**run, **file, **texts})
        insert_frame(connection, tables.scores, self._scores(night), run)
        for frame in self._evidence(night):
            insert_frame(connection, tables.evidence, frame, run)
        insert_frame(connection, tables.records, self._records(night), run)
        insert_frame(connection, tables.dealer_scores, self._index(), run)
        if night == 1:
            self._wordings(connection)

    def _flagged(self, night: int) -> set[tuple[int, int]]:
        """Return the units and schemes that have a case open that night."""
        return {
            (case.unit, scheme) for case in self.cases if case.first <= night <= case.last for scheme in case.schemes
        }

    def _scores(self, night: int) -> pd.DataFrame:
        parts = []
        for kind, units in self._units():
            schemes = [place for place, scheme in enumerate(_SCHEMES, start=1) if scheme.unit_kind is kind]
            parts.append(
                pd.DataFrame({"unit_key": units.repeat(len(schemes)), "scheme_key": np.tile(schemes, len(units))})
            )
        frame = pd.concat(parts, ignore_index=True)
        flagged = pd.MultiIndex.from_frame(frame).isin(list(self._flagged(night)))
        bits = np.where(flagged, self.rng.uniform(9, 16, len(frame)), self.rng.normal(-1.5, 1.2, len(frame)))
        odds = np.exp2(bits) * _PRIOR / (1 - _PRIOR)
        share = self.rng.beta(1, 12, len(frame))
        told = zip(frame["unit_key"][flagged], frame["scheme_key"][flagged], bits[flagged], strict=True)
        self.nights += [(night, int(unit), int(scheme), float(value)) for unit, scheme, value in told]
        return frame.assign(
            flagged=flagged.astype(int),
            n=self.rng.integers(20, 400, len(frame)),
            bits=bits.round(3),
            probability=odds / (1 + odds),
            prior=_PRIOR,
            q_value=np.where(flagged, 0.01, 1.0),
            affected_share=share,
            affected_low=share * 0.5,
            affected_high=np.minimum(1.0, share * 1.6),
        )

    def _units(self) -> Iterator[tuple[UnitKind, np.ndarray[Any, np.dtype[np.int64]]]]:
        keys = np.arange(1, len(self.is_dealer) + 1)
        yield UnitKind.DEALER, keys[self.is_dealer]
        yield UnitKind.INTERVIEWER, keys[~self.is_dealer]

    def _evidence(self, night: int) -> Iterator[pd.DataFrame]:
        flagged = list(self._flagged(night))
        reasons = [_REASON.format(a=number % 23, b=40 + number, c=number % 5) for number in range(300)]
        reasons_zh = [_REASON_ZH.format(a=number % 23, b=40 + number, c=number % 5) for number in range(300)]
        for kind, units in self._units():
            pairs = np.array(self.pairs[kind])
            keys = {"unit_key": units.repeat(len(pairs)), "scheme_key": np.tile(pairs[:, 0], len(units))}
            frame = pd.DataFrame(keys)
            told = pd.MultiIndex.from_frame(frame).isin(flagged)
            frame["detector_key"] = np.tile(pairs[:, 1], len(units))
            rows = len(frame)
            abstained = (self.rng.random(rows) < 0.18) & ~told
            n = self.rng.integers(20, 400, rows)
            observed = self.rng.binomial(n, np.where(told, 0.3, 0.06)).astype(float)
            bits = np.where(told, self.rng.uniform(1, 9, rows), self.rng.normal(-0.7, 0.8, rows))
            said = self.rng.integers(0, len(reasons), rows)
            yield frame.assign(
                abstained=abstained.astype(int),
                n=n,
                observed=np.where(abstained, np.nan, observed),
                expected=np.where(abstained, np.nan, n * 0.06),
                fair_low=np.where(abstained, np.nan, np.floor(n * 0.02)),
                fair_high=np.where(abstained, np.nan, np.ceil(n * 0.12)),
                bits=np.where(abstained, 0.0, bits.round(3)),
                family_bits=np.where(abstained, 0.0, bits.round(3)),
                reason=np.array(reasons, dtype=object)[said],
                reason_zh=np.array(reasons_zh, dtype=object)[said],
            )

    def _records(self, night: int) -> pd.DataFrame:
        rows = self.size.records
        return pd.DataFrame(
            {
                "source": self.rng.choice(["surveys", "contacts", "reviews"], rows),
                "record_id": [f"R{night:02d}{number:07d}" for number in range(rows)],
                "scheme_key": self.rng.integers(1, len(_SCHEMES), rows),
                "dealer_key": self.rng.integers(1, self.size.dealers + 1, rows),
                "probability": self.rng.uniform(0.5, 1, rows),
                "reasons": _RECORD,
                "reasons_zh": _RECORD_ZH,
            }
        )

    def _index(self) -> pd.DataFrame:
        dealers = np.arange(1, self.size.dealers + 1)
        frame = pd.DataFrame({"unit_key": dealers.repeat(2), "survey": np.tile(["CSI", "SSI"], len(dealers))})
        reported = self.rng.normal(8.7, 0.4, len(frame)).clip(5, 10)
        adjusted = reported - self.rng.gamma(0.5, 0.1, len(frame))
        low, high = adjusted - 0.2, adjusted + 0.2
        values = {"reported_score": reported, "adjusted_score": adjusted, "adjusted_low": low, "adjusted_high": high}
        return frame.assign(n=self.rng.integers(20, 300, len(frame)), **values)

    def _wordings(self, connection: Connection) -> None:
        rows = [
            (
                place,
                *(each.title.en, each.title.zh),
                *(json.dumps([getattr(said, of) for said in each.honest], ensure_ascii=False) for of in ("en", "zh")),
            )
            for place, each in enumerate(self.detectors, start=1)
        ]
        frame = pd.DataFrame(rows, columns=["detector_key", "title", "title_zh", "honest", "honest_zh"])
        insert_frame(connection, tables.detector_wordings, frame, {"from_run_key": 1})

    def _cases(self, connection: Connection) -> None:
        last = self.size.nights
        for case in self.cases:
            if not case.became:
                self._under_way(case)
        told = pd.DataFrame(self.nights, columns=["run_key", "unit_key", "scheme_key", "bits"])
        rows = [
            {
                "case_id": case.case_id,
                "unit_key": case.unit,
                "lead_scheme_key": case.schemes[0],
                "schemes": ", ".join(str(_SCHEMES[scheme - 1]) for scheme in case.schemes),
                "severity": case.severity,
                "affected": case.affected,
                "probability": 0.6 + 0.4 * float(self.rng.random()),
                "opened_at": as_text(self.at(case.first)),
                "due_on": due_on(case.severity, as_text(self.at(case.first))),
                "version": case.version,
                "first_run_key": case.first,
                "last_run_key": case.last,
                "updated_at": as_text(self.at(case.last)),
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
        insert_frame(connection, tables.dossiers, kept, {"run_key": last})

    def _under_way(self, case: _Case) -> None:
        """Have somebody begin with some of the open cases."""
        case.became = {"status": "new"}
        chance = float(self.rng.random())
        at = as_text(self.at(self.size.nights, days=float(self.rng.uniform(1, 15))))
        if chance < 0.4:
            actor = str(self.rng.choice(PEOPLE))
            self._happened(case, at, actor, "taken", {"assignee": actor, "status": "investigating"})
            case.became |= {"status": "investigating", "assignee": actor, "updated_at": at}
        if chance < 0.15:
            self._happened(case, at, actor, "paused", {"status": "waiting", "reason": "The dealer was asked."})
            case.became |= {"status": "waiting"}
