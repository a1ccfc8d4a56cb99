"""The store as a night uses it: what people decided until then, and all of a run in one transaction."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Self

import pandas as pd
from sqlalchemy import Engine, select, update

from sql import cases, events, outcomes, tables
from sql.connection import connect, reading, writing
from sql.contradictions import contradictions
from sql.keeping import keep, open_units
from sql.runs import RunFacts, RunResult, Written, add_run, add_weighing
from sql.schema import migrate
from sql.times import as_text


def open_store(url: str, *, busy_timeout_s: float = 60.0) -> "Store":
    """Connect to the database, bringing its tables and views up to this release when needed.

    Parameters
    ----------
    url
        ``sqlite:///path/to/mingcha.db`` (made if it is not there, in a folder that is) or
        ``postgresql://user:password@host/name``.
    busy_timeout_s
        How many seconds to wait for another writer.

    Raises
    ------
    StoreError
        The database is locked, read-only, unreachable, full, or was made by a newer release.

    Examples
    --------
    >>> with open_store("sqlite://") as store:
    ...     store.head()[0], store.verify()
    (0, [])
    """
    store = Store(connect(url, busy_timeout_s=busy_timeout_s))
    try:
        migrate(store.engine)
    except BaseException:
        store.close()
        raise
    return store


@dataclass(frozen=True)
class Store:
    """Runs, cases and events in one database; a context manager that lets go of its connections.

    Parameters
    ----------
    engine
        From `sql.connection.connect`, on a database that `open_store` has brought up.
    """

    engine: Engine

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of every connection."""
        self.engine.dispose()

    def finished_run(self, business_date: date, fingerprint: str) -> str | None:
        """Return the newest run of that date that was done with that fingerprint, or None."""
        run = tables.runs.c
        query = (
            select(run.run_id)
            .where(run.business_date == business_date.isoformat(), run.fingerprint == fingerprint, run.status == "done")
            .order_by(run.run_key.desc())
            .limit(1)
        )
        with reading(self.engine) as connection:
            return connection.execute(query).scalar()

    def write_run(self, result: RunResult) -> Written:
        """Write all of a finished run, and open or append to cases, in one transaction.

        Raises
        ------
        StoreError
            The database cannot be written; nothing of the run is in it then.
        """
        with writing(self.engine) as connection:
            run_key = add_run(connection, result, status="done", inputs=result.inputs, quarantine=result.quarantine)
            scores = add_weighing(connection, run_key, result)
            night = cases.Night(run_key, result.run_id, result.business_date.isoformat(), as_text(result.finished_at))
            opened, updated = cases.append_night(connection, night, scores)
            keep(connection, run_key, result)
            connection.execute(
                update(tables.runs)
                .where(tables.runs.c.run_key == run_key)
                .values(cases_opened=opened, cases_updated=updated)
            )
        return Written(result.run_id, opened, updated)

    def write_halted(
        self, facts: RunFacts, inputs: pd.DataFrame, quarantine: pd.DataFrame, problem: str | None = None
    ) -> None:
        """Write a run that stopped at the gate: its facts, inputs, quarantine and why, and nothing else."""
        with writing(self.engine) as connection:
            add_run(connection, facts, status="halted", inputs=inputs, quarantine=quarantine, problem=problem)

    def write_failed(
        self,
        facts: RunFacts,
        inputs: pd.DataFrame | None = None,
        quarantine: pd.DataFrame | None = None,
        problem: str | None = None,
    ) -> None:
        """Write a run that failed: its facts, what inputs and quarantine there were, and why, and nothing else."""
        nothing = pd.DataFrame()
        inputs, quarantine = nothing if inputs is None else inputs, nothing if quarantine is None else quarantine
        with writing(self.engine) as connection:
            add_run(connection, facts, status="failed", inputs=inputs, quarantine=quarantine, problem=problem)

    def decided(self) -> pd.DataFrame:
        """Return `sql.outcomes.decided`: the newest decision of each unit and scheme."""
        with reading(self.engine) as connection:
            return outcomes.decided(connection)

    def open_units(self) -> list[tuple[str, str]]:
        """Return kind and id of each unit that has an open case."""
        with reading(self.engine) as connection:
            return open_units(connection)

    def outcomes(self) -> pd.DataFrame:
        """Return `sql.outcomes.outcomes`: what reviewers decided, by scheme."""
        with reading(self.engine) as connection:
            return outcomes.outcomes(connection)

    def head(self) -> tuple[int, str]:
        """Return how many events there are, and the hash of the last."""
        with reading(self.engine) as connection:
            return events.head(connection)

    def verify(self, anchors: Path | None = None) -> list[str]:
        """Return what is wrong with the event log, none if it is whole and the cases say what it says.

        Parameters
        ----------
        anchors
            The file that `anchor` writes; without it a cut tail cannot be seen.
        """
        with reading(self.engine) as connection:
            return events.problems(connection, anchors) + contradictions(connection)


def anchor(path: Path, store: Store) -> None:
    """Append the head of the event log to a file outside the database: `sql.events.write_anchor`.

    Call it after each run; `Store.verify` compares the log with every line of the file.
    """
    with reading(store.engine) as connection:
        count, digest = events.head(connection)
        run_id = connection.execute(
            select(tables.runs.c.run_id).order_by(tables.runs.c.run_key.desc()).limit(1)
        ).scalar()
    events.write_anchor(path, run_id or "", count, digest)
