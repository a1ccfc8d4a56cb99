"""The steps of a night after its rows are judged: land, weigh, open cases, report. None of them reckons anything."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pandas as pd

import lake
from detectors.core.errors import MingchaError
from detectors.core.findings import FindingSettings
from detectors.core.weighing import Weighing
from detectors.core.weighing import weigh as weigh_observations
from expectations.report import write_report
from expectations.verdict import Verdict
from flows.logbook import note
from flows.night import Night
from flows.summary import Summary, read_summary
from sql.runs import RunFacts, RunResult, Written
from sql.store import anchor


def write_page(night: Night, verdicts: dict[str, Verdict], remarks: tuple[str, ...]) -> None:
    """Write the page about the validation of the night."""
    facts = {"Run": night.run_id, "Begun": f"{night.started_at:%Y-%m-%d %H:%M}"}
    if remarks:
        facts["Deliveries"] = " ".join(remarks)
    threshold = night.settings.quarantine_threshold
    write_report(list(verdicts.values()), facts, night.report_page, threshold=threshold)


def land(night: Night, verdicts: dict[str, Verdict], key: lake.Key) -> dict[str, int]:
    """Land the accepted rows and return the version of every table of the lake."""
    settings = night.settings
    accepted = {source: verdict.accepted for source, verdict in verdicts.items() if len(verdict.accepted)}
    # The longest first: its customers are those of most other sources, whose tokens need not be made again then.
    order = sorted(accepted, key=lambda source: -len(accepted[source]))

    def land_one(source: str) -> lake.Landed:
        return lake.land(settings.lake, source, accepted[source], key, storage_options=settings.storage)

    # Tokens are made under Python's lock and tables written outside it, so that two sources keep two cores busy.
    with key.remembering(), ThreadPoolExecutor(2) as pool:
        for place, (source, landed) in enumerate(zip(order, pool.map(land_one, order), strict=True)):
            night.progress.told(source, place, len(order))
            note("landed", source=source, inserted=landed.inserted, updated=landed.updated, unchanged=landed.unchanged)
    return lake.versions(settings.lake, storage_options=settings.storage)


def weigh(night: Night, day: date, table_versions: dict[str, int]) -> Weighing:
    """Weigh the evidence of the window that ends with `day`, on those versions of the tables.

    Raises
    ------
    MingchaError
        The window holds neither interviews nor reviews.
    """
    settings = night.settings
    night.progress.told("reading the window", 0, 1)
    observed = lake.observe(
        settings.lake,
        business_date=day,
        window_months=settings.window_months,
        versions=table_versions,
        scales=settings.scales,
        closing_months=settings.closing_months,
        storage_options=settings.storage,
    )
    if not observed.has("surveys") and not observed.has("reviews"):
        raise MingchaError(
            f"No interview and no review lies in the {settings.window_months} months to {day}.",
            remedy=f"Choose another --date; the newest is of {lake.newest(settings.lake)}.",
        )
    note("observed", **{source: len(frame) for source, frame in observed.frames.items()})
    defaults = FindingSettings()
    finding = FindingSettings(
        priors={**defaults.priors, **settings.priors}, false_discovery_rate=settings.false_discovery_rate
    )
    decided, outcomes = night.store.decided(), night.store.outcomes()
    weighing = weigh_observations(observed, finding, decided=decided, outcomes=outcomes, progress=night.progress.told)
    note("weighed", scores=len(weighing.scores), records=len(weighing.records))
    return weighing


def open_cases(
    night: Night, facts: RunFacts, inputs: pd.DataFrame, quarantine: pd.DataFrame, weighing: Weighing
) -> Written:
    """Write the whole result of the run, open its cases, and put the head of the event log outside the database."""
    written = night.store.write_run(
        RunResult(
            **vars(facts),
            inputs=inputs,
            quarantine=quarantine,
            evidence=weighing.evidence,
            scores=weighing.scores,
            records=weighing.records,
            dealers=weighing.dealers,
        )
    )
    anchor(night.settings.anchors, night.store)
    note("written", cases_opened=written.cases_opened, cases_updated=written.cases_updated)
    return written


def report(night: Night, run_id: str) -> Summary:
    """Read back what the run did and found."""
    return read_summary(night.store.engine, run_id)
