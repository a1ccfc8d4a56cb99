"""A database as it stands after years of work: nights, cases and what people did with them.

Nothing is weighed. The numbers are drawn so that the tables have the sizes, the spread and the texts of real ones, on
which the cost of the console's pages depends; what they say of anybody means nothing.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Connection, insert

from benchmarks.stored_casework import SCHEMES, Casework, Nights
from detectors.core.detector import discover
from detectors.core.schemes import UnitKind
from sql import tables
from sql.bulk import insert_frame
from sql.connection import connect, writing
from sql.schema import migrate
from sql.times import as_text

REGIONS = ("East", "North", "South", "Southwest", "Central", "Northeast", "Northwest")
BRANDS = ("星野", "Hanhai", "Tianshu")
AGENCIES = tuple(f"Agency {letter}" for letter in "ABCDEF")
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
        self.nights = Nights(size.nights)
        self.casework = Casework(self.is_dealer, size.cases, self.nights, rng)
        self.weighed: list[tuple[int, int, int, float]] = []

    @cached_property
    def is_dealer(self) -> np.ndarray[Any, np.dtype[np.bool_]]:
        return np.arange(self.size.dealers + self.size.interviewers) < self.size.dealers

    @cached_property
    def pairs(self) -> dict[UnitKind, list[tuple[int, int]]]:
        """Schemes and detectors, by their keys, that weigh a unit of each kind."""
        return {
            kind: sorted(
                (SCHEMES.index(scheme) + 1, place)
                for place, detector in enumerate(self.detectors, start=1)
                if detector.unit_kind is kind
                for scheme in detector.schemes
            )
            for kind in UnitKind
        }

    def write(self, connection: Connection) -> None:
        """Write everything."""
        self._names(connection)
        for night in range(1, self.size.nights + 1):
            self.casework.work(night)
            self._night(connection, night)
        self.casework.write(connection, self.weighed)

    def _names(self, connection: Connection) -> None:
        size, rng = self.size, self.rng
        ids = [
            *(f"D{number:05d}" for number in range(1, size.dealers + 1)),
            *(f"A{number:04d}" for number in range(1, size.interviewers + 1)),
        ]
        units = pd.DataFrame({"unit_key": range(1, len(ids) + 1), "unit_id": ids})
        units["unit_kind"] = np.where(self.is_dealer, "dealer", "interviewer")
        insert_frame(connection, tables.units, units, {})
        schemes = pd.DataFrame({"scheme_key": range(1, len(SCHEMES) + 1), "scheme": [str(each) for each in SCHEMES]})
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

    def _night(self, connection: Connection, night: int) -> None:
        at, run_id = self.nights.at(night), self.nights.run_id(night)
        settings = json.dumps({f"setting_{number}": number for number in range(40)})
        connection.execute(
            insert(tables.runs).values(
                run_key=night,
                run_id=run_id,
                business_date=self.nights.days[night - 1].isoformat(),
                status="done",
                started_at=as_text(at - timedelta(minutes=2)),
                finished_at=as_text(at),
                code_version="0.1.0",
                settings_sha256="5e" * 32,
                settings_json=settings,
                fingerprint=run_id,
                cases_opened=self.casework.opened(night),
                cases_updated=self.casework.updated(night),
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

    def _scores(self, night: int) -> pd.DataFrame:
        parts = []
        for kind, units in self._units():
            schemes = [place for place, scheme in enumerate(SCHEMES, start=1) if scheme.unit_kind is kind]
            parts.append(
                pd.DataFrame({"unit_key": units.repeat(len(schemes)), "scheme_key": np.tile(schemes, len(units))})
            )
        frame = pd.concat(parts, ignore_index=True)
        flagged = pd.MultiIndex.from_frame(frame).isin(list(self.casework.flagged(night)))
        bits = np.where(flagged, self.rng.uniform(9, 16, len(frame)), self.rng.normal(-1.5, 1.2, len(frame)))
        odds = np.exp2(bits) * _PRIOR / (1 - _PRIOR)
        share = self.rng.beta(1, 12, len(frame))
        told = zip(frame["unit_key"][flagged], frame["scheme_key"][flagged], bits[flagged], strict=True)
        self.weighed += [(night, int(unit), int(scheme), float(value)) for unit, scheme, value in told]
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
        flagged = list(self.casework.flagged(night))
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
                "scheme_key": self.rng.integers(1, len(SCHEMES), rows),
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
