"""The steps of a night after its rows are judged: land, weigh, draw up dossiers, open cases, report.

None of them reckons anything.
"""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date

import pandas as pd

import lake
from detectors.core.detector import discover
from detectors.core.dossiers import Dossier, build
from detectors.core.dossiers.peers import agencies
from detectors.core.errors import MingchaError
from detectors.core.findings import FindingSettings
from detectors.core.observations import Observations
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


def observe(night: Night, day: date, table_versions: dict[str, int]) -> Observations:
    """Read the window that ends with `day`, of those versions of the tables.

    Raises
    ------
    MingchaError
        The window holds neither interviews nor reviews.
    """
    settings = night.settings
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
    return observed


def weigh(night: Night, observed: Observations) -> Weighing:
    """Weigh the evidence of the window."""
    settings = night.settings
    defaults = FindingSettings()
    finding = FindingSettings(
        priors={**defaults.priors, **settings.priors}, false_discovery_rate=settings.false_discovery_rate
    )
    decided, outcomes = night.store.decided(), night.store.outcomes()
    weighing = weigh_observations(observed, finding, decided=decided, outcomes=outcomes, progress=night.progress.told)
    note("weighed", scores=len(weighing.scores), records=len(weighing.records))
    return weighing


@dataclass(frozen=True)
class Found:
    """What a night found, and what it keeps of that for the reviewers: see `sql.runs.RunResult`."""

    weighing: Weighing
    dossiers: dict[tuple[str, str], Dossier]
    wordings: pd.DataFrame
    dealer_facts: pd.DataFrame
    agencies: pd.DataFrame


def draw_up(night: Night, observed: Observations, weighing: Weighing) -> Found:
    """Draw up the dossiers of the units that are flagged or have an open case, and who all units are."""
    flagged = weighing.scores.loc[weighing.scores["flagged"] == 1, ["unit_kind", "unit_id"]]
    units = {*night.store.open_units(), *flagged.itertuples(index=False, name=None)}
    dossiers = build(observed, weighing, units, window_months=night.settings.window_months)
    note("drawn up", dossiers=len(dossiers))
    dealers = observed.frames.get("dealers", pd.DataFrame(columns=["dealer_id"]))
    return Found(weighing, dossiers, _wordings(), dealers, agencies(observed))


def _wordings() -> pd.DataFrame:
    """Return what each detector says of itself."""
    return pd.DataFrame(
        [
            {
                "family": detector.family,
                "detector": detector.name,
                "title": detector.title.en,
                "title_zh": detector.title.zh,
                "honest": json.dumps([said.en for said in detector.honest], ensure_ascii=False),
                "honest_zh": json.dumps([said.zh for said in detector.honest], ensure_ascii=False),
            }
            for detector in discover()
        ]
    )


def open_cases(night: Night, facts: RunFacts, inputs: pd.DataFrame, quarantine: pd.DataFrame, found: Found) -> Written:
    """Write the whole result of the run, open its cases, and put the head of the event log outside the database."""
    written = night.store.write_run(
        RunResult(
            **vars(facts),
            inputs=inputs,
            quarantine=quarantine,
            evidence=found.weighing.evidence,
            scores=found.weighing.scores,
            records=found.weighing.records,
            dealers=found.weighing.dealers,
            dossiers=found.dossiers,
            wordings=found.wordings,
            dealer_facts=found.dealer_facts,
            agencies=found.agencies,
        )
    )
    anchor(night.settings.anchors, night.store)
    note("written", cases_opened=written.cases_opened, cases_updated=written.cases_updated)
    return written


def report(night: Night, run_id: str) -> Summary:
    """Read back what the run did and found."""
    return read_summary(night.store.engine, run_id)
