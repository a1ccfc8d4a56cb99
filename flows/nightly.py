"""The nightly run: ingest, validate, land, weigh, draw up dossiers, open cases, report.

`close_the_day` is the night, in order. It can be called plainly, as tests do; `nightly` is the same with each step a
Prefect task, watched and, where a fault can pass, tried again.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
from filelock import FileLock, Timeout
from prefect import flow
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun
from prefect.tasks import Task
from prefect.utilities.annotations import quote
from pydantic import SecretStr

import lake
from detectors.core.errors import MingchaError
from expectations.gate import halts
from expectations.verdict import GateClosed
from flows.business_date import business_date, lateness
from flows.faults import can_pass, explain
from flows.ingesting import ingest
from flows.logbook import logbook, note
from flows.night import Night, code_version
from flows.progress import Progress
from flows.report import as_markdown, as_table
from flows.settings import Settings, read_settings
from flows.steps import draw_up, land, observe, open_cases, report, weigh, write_page
from flows.summary import Summary
from flows.validating import is_quarantine_of, kept_all_the_same, quarantined, validate
from sql.errors import StoreError
from sql.store import Store, open_store

Perform = Callable[..., Any]
"""Performs a step: called with the step and its arguments, returns what the step returns."""


@dataclass(frozen=True)
class Outcome:
    """How a night ended.

    Parameters
    ----------
    summary
        What the run did and found; of the earlier run if there was nothing new.
    is_new
        Whether anything was run at all.
    remarks
        What a person should know beside it, one sentence each.
    halted
        Why the gate closed, or None.
    """

    summary: Summary
    is_new: bool = True
    remarks: tuple[str, ...] = ()
    halted: GateClosed | None = None


_DOING: dict[Callable[..., Any], str] = {
    ingest: "Reading deliveries",
    validate: "Checking rows",
    write_page: "Reporting on validation",
    land: "Landing rows",
    observe: "Reading the window",
    weigh: "Weighing evidence",
    draw_up: "Drawing up dossiers",
    open_cases: "Opening cases",
    report: "Reading back what was found",
}
"""The steps of a night in order, and what is shown to whoever watches while each is performed."""


def plainly(step: Callable[..., Any], *arguments: object) -> Any:
    """Perform a step by calling it."""
    return step(*arguments)


def close_the_day(night: Night, perform: Perform = plainly) -> Outcome:
    """Do the night's work, in order.

    Parameters
    ----------
    night
        The run that has begun.
    perform
        How a step is performed.

    Returns
    -------
    Outcome
        What was found, or that the gate closed, or that nothing is new.

    Raises
    ------
    MingchaError
        A person has to mend something first. What was finished before is whole, and the next run completes the rest.
    """
    settings = night.settings
    key = lake.Key.load(settings.key_file, settings.key_digits, lake=settings.lake, storage_options=settings.storage)

    delivered = perform(ingest, night)
    fingerprint = delivered.fingerprint(settings.sha256())
    done = None if delivered.holds_news else _finished(night, fingerprint)
    if done and not delivered.batches:
        return _nothing_new(night, done, perform)

    verdicts = perform(validate, night, delivered, key)
    quarantine = quarantined(verdicts)
    if done and is_quarantine_of(night, done, quarantine):
        return _nothing_new(night, done, perform)
    remarks = (*delivered.remarks, *kept_all_the_same(verdicts))
    perform(write_page, night, verdicts, delivered.remarks)
    if gate := halts(verdicts.values(), settings.quarantine_threshold, night.report_page):
        facts = night.facts(night.asked_date or night.today, fingerprint)
        night.store.write_halted(facts, delivered.judged(verdicts, {}), quarantine, gate.what)
        note("halted", sources=list(gate.sources))
        return Outcome(perform(report, night, night.run_id), remarks=remarks, halted=gate)

    table_versions = perform(land, night, verdicts, key)
    inputs = delivered.judged(verdicts, table_versions)
    del verdicts  # millions of rows that the lake holds now

    newest = lake.newest(settings.lake, storage_options=settings.storage)
    day = business_date(night.asked_date, newest, night.today, delivered.remarks)
    observed = perform(observe, night, day, table_versions)
    weighing = perform(weigh, night, observed)
    found = perform(draw_up, night, observed, weighing)
    del observed
    facts = night.facts(day, fingerprint, table_versions)
    perform(open_cases, night, facts, inputs, quarantine, found)

    late = [] if newest is None else [lateness(night.asked_date, newest, night.today)]
    return Outcome(perform(report, night, night.run_id), remarks=(*remarks, *filter(None, late)))


def _finished(night: Night, fingerprint: str) -> str | None:
    """Return the finished run of the same date, inputs and settings, if there is one."""
    newest = lake.newest(night.settings.lake, storage_options=night.settings.storage)
    return night.store.finished_run(business_date(night.asked_date, newest, night.today), fingerprint)


def _nothing_new(night: Night, done: str, perform: Perform) -> Outcome:
    note("nothing new", since=done)
    return Outcome(perform(report, night, done), is_new=False)


def run(settings: Settings, asked_date: date | None = None, perform: Perform = plainly) -> Outcome:
    """Begin a night, do its work, and leave a record of it however it ends.

    Parameters
    ----------
    settings
        As they were at the door.
    asked_date
        The business date, or None for the newest day observed.
    perform
        How a step is performed.

    Raises
    ------
    MingchaError
        See `close_the_day`; or another run is at work in the same home.
    """
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
        with _alone(settings.home), _store(settings) as store, Progress() as progress:
            night = Night.begin(settings, store, asked_date, progress)
            with logbook(night.log), _failure_recorded(night):
                note("begun", run=night.run_id, code_version=code_version(), settings=settings.sha256())
                return close_the_day(night, _shown(progress, perform))
    except Exception as error:
        told = explain(error)
        if told is None or told is error:
            raise
        raise told from error


def _shown(progress: Progress, perform: Perform) -> Perform:
    """Return how a step is performed with its name shown meanwhile."""

    def shown(step: Callable[..., Any], *arguments: object) -> Any:
        with progress.step(_DOING[step]):
            return perform(step, *arguments)

    return shown


def _store(settings: Settings) -> Store:
    return open_store(settings.database, busy_timeout_s=settings.database_wait_s)


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    lock = FileLock(home / "nightly.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise MingchaError(
            f"Another run is at work in {home}.", remedy="Let it finish, then run again; or use another --home."
        ) from None
    try:
        yield
    finally:
        lock.release()


@contextmanager
def _failure_recorded(night: Night) -> Iterator[None]:
    try:
        yield
    except StoreError:
        raise  # there is nowhere to record it
    except Exception as error:
        told = explain(error)
        facts = night.facts(night.asked_date or night.today, fingerprint="")
        nothing = pd.DataFrame()
        with suppress(Exception):  # the error that is being raised says more than one on the way
            night.store.write_failed(facts, nothing, nothing, told.what if told else type(error).__name__)
        raise


def _may_pass(_task: Task[..., Any], _run: TaskRun, state: State[Any]) -> bool:
    try:
        state.result()
    except Exception as error:
        return can_pass(error)
    return False


_TASKS: dict[Callable[..., Any], Task[..., Any]] = {
    step: Task(
        step,
        # Frames are never cached: a key of one is slow to make, and a wrong hit would be a wrong result.
        cache_policy=NO_CACHE,
        persist_result=False,
        cache_result_in_memory=False,
        retry_condition_fn=_may_pass,
    )
    for step in _DOING
}


def _watched(settings: Settings) -> Perform:
    """Return how a step is performed as a Prefect task."""

    def perform(step: Callable[..., Any], *arguments: object) -> Any:
        watched = _TASKS[step].with_options(retries=settings.retries, retry_delay_seconds=settings.retry_delay_s)
        # Quoted, so that Prefect does not look through millions of rows for results of other tasks.
        return watched(*(quote(argument) for argument in arguments))

    return perform


@flow(name="nightly", persist_result=False, cache_result_in_memory=False)
def nightly(
    business_date: date | None = None,
    home: Path | None = None,
    inbox: Path | None = None,
    database_url: SecretStr | None = None,
) -> Outcome:
    """Close a day.

    Parameters
    ----------
    business_date
        The day to close; the newest day observed if None.
    home, inbox, database_url
        See `flows.settings.Settings`; from the environment or ``mingcha.toml`` if None.

    Raises
    ------
    GateClosed
        Too many rows of a source were quarantined.
    MingchaError
        A person has to mend something first.
    """
    settings = read_settings(home=home, inbox=inbox, database_url=database_url)
    outcome = run(settings, business_date, _watched(settings))
    create_table_artifact(as_table(outcome.summary), key="nightly-rows", description="Rows by source")
    create_markdown_artifact(as_markdown(outcome.summary, outcome.remarks), key="nightly", description="What it found")
    if outcome.halted:
        raise outcome.halted
    return outcome
