"""Ingest: find what was delivered, and read what no earlier run has landed."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import pandas as pd
from sqlalchemy import text

import lake
from detectors.core.errors import MingchaError
from detectors.core.sources import SOURCES
from expectations.verdict import Verdict
from flows.logbook import note
from flows.night import Night, code_version
from flows.sources import Delivery, discover, load_vendor_maps, read, read_table
from sql.connection import reading

_JUDGED = """
select
    audit_inputs.source,
    audit_inputs.file_name,
    audit_inputs.file_sha256,
    audit_inputs.rows_read,
    audit_inputs.rows_accepted,
    audit_inputs.rows_quarantined,
    audit_inputs.table_version,
    exists (
        select 1
        from audit_quarantine
        where audit_quarantine.run_id = audit_inputs.run_id
            and audit_quarantine.source = audit_inputs.source
            and audit_quarantine.file_name = audit_inputs.file_name
    ) as holds_bad_rows
from audit_inputs
inner join audit_runs on audit_runs.run_id = audit_inputs.run_id
where audit_runs.status = 'done'
    and audit_runs.settings_sha256 = :settings_sha256
    and audit_runs.code_version = :code_version
order by audit_runs.started_at
"""
"""What earlier runs have judged. A file with quarantined rows is read again, for its rows to be named again each
night until they are mended, and because what was in the future yesterday may have happened today."""

INPUT_COLUMNS = [
    "source",
    "file_name",
    "file_sha256",
    "rows_read",
    "rows_accepted",
    "rows_quarantined",
    "table_version",
]

Judged = dict[tuple[str, str], dict[str, object]]
"""Descriptions of files that were judged before, by source and digest."""


@dataclass(frozen=True)
class Batch:
    """One source's rows of a night, from all the files that were read, in the order of delivery.

    Parameters
    ----------
    frame
        The rows, with ``file_name`` (category) and ``row_number``, and a ``RangeIndex``.
    unparsed
        Cells that could not be read: ``row`` (label in `frame`), ``column``, ``value``, ``problem``.
    """

    frame: pd.DataFrame
    unparsed: pd.DataFrame


@dataclass(frozen=True)
class Delivered:
    """What was delivered for a night.

    Parameters
    ----------
    inputs
        Every delivered file, `INPUT_COLUMNS`. The counts of those that were not read again are what they were.
    batches
        The rows to judge and land, by source.
    remarks
        What a person should know of the deliveries, one sentence each, with no personal value.
    holds_news
        Whether a file is among them that no earlier run has judged.
    """

    inputs: pd.DataFrame
    batches: dict[str, Batch]
    remarks: tuple[str, ...]
    holds_news: bool = True

    def judged(self, verdicts: Mapping[str, Verdict], table_versions: Mapping[str, int]) -> pd.DataFrame:
        """Return the inputs with what became of their rows, and the version of the table that the run reads."""
        counts = [verdict.files.assign(source=source) for source, verdict in verdicts.items()]
        place = ["source", "file_name"]
        inputs = self.inputs.set_index(place)
        if counts:
            inputs = pd.concat(counts).set_index(place).combine_first(inputs).loc[inputs.index]
        inputs = inputs.reset_index()
        return inputs.assign(table_version=inputs["source"].map(table_versions))[INPUT_COLUMNS]

    def fingerprint(self, settings_sha256: str) -> str:
        """Return the digest of all that decides a run's result, beside its date."""
        files = sorted(self.inputs[["source", "file_name", "file_sha256"]].itertuples(index=False, name=None))
        return hashlib.sha256(json.dumps([settings_sha256, files]).encode()).hexdigest()


def ingest(night: Night) -> Delivered:
    """Find what was delivered and read what is new of it.

    Raises
    ------
    MingchaError
        Nothing was delivered, or a file or table cannot be read as what it should be.
    """
    settings = night.settings
    if settings.inbox is None and not settings.tables:
        raise MingchaError(
            "No place is set from which deliveries come.",
            remedy="Name a directory with --inbox, or set inbox or tables in mingcha.toml.",
        )
    supplied = {table.source for table in settings.tables} | set(
        lake.versions(settings.lake, storage_options=settings.storage)
    )
    files, ignored = discover(settings.inbox, supplied) if settings.inbox else ([], [])
    remarks = [f"{file.name} was left alone: {file.reason}." for file in ignored]
    judged = _judged(night)
    landed = {
        file: told for file, told in judged.items() if told["table_version"] is not None and not told["holds_bad_rows"]
    }
    maps = load_vendor_maps(settings.vendor_maps)
    inputs = [_input(file.source, file.name, file.sha256, landed) for file in files]

    new = [file for file in files if (file.source, file.sha256) not in landed]
    deliveries = []
    with ThreadPoolExecutor(2) as pool:  # much of reading keeps one core busy only
        for place, delivery in enumerate(pool.map(lambda file: read(file, maps), new)):
            night.progress.told(delivery.file_name, place, len(new))
            note("read", source=delivery.source, file=delivery.file_name, rows=delivery.rows_read)
            deliveries.append(delivery)
    for table in settings.tables:
        night.progress.told(table.source, len(new), len(new))
        delivery = read_table(table.url.get_secret_value(), table.table or table.query or "", table.source, maps)
        inputs.append(_input(delivery.source, delivery.file_name, delivery.file_sha256, landed))
        if (delivery.source, delivery.file_sha256) not in landed:
            deliveries.append(delivery)
            note("read", source=delivery.source, file=delivery.file_name, rows=delivery.rows_read)

    for delivery in deliveries:
        remarks += _remarks(delivery)
    sources = [source for source in SOURCES if any(delivery.source == source for delivery in deliveries)]
    batches = {source: batch([delivery for delivery in deliveries if delivery.source == source]) for source in sources}
    holds_news = any((told["source"], told["file_sha256"]) not in judged for told in inputs)
    return Delivered(pd.DataFrame(inputs, columns=INPUT_COLUMNS), batches, tuple(remarks), holds_news)


def batch(deliveries: Sequence[Delivery]) -> Batch:
    """Put the deliveries of one source together, in order.

    Parameters
    ----------
    deliveries
        At least one, all of one source. Columns that one of them lacks are empty in its rows.
    """
    lengths = [len(delivery.frame) for delivery in deliveries]
    offsets = np.cumsum([0, *lengths])
    names = [delivery.file_name for delivery in deliveries]
    files = pd.Categorical.from_codes(np.repeat(np.arange(len(names)), lengths), pd.Index(names))
    if len(deliveries) == 1:
        frame, unparsed = deliveries[0].frame, deliveries[0].unparsed
    else:
        frame = pd.concat([delivery.frame for delivery in deliveries], ignore_index=True)
        unparsed = pd.concat(
            [
                delivery.unparsed.assign(row=delivery.unparsed["row"] + offset)
                for delivery, offset in zip(deliveries, offsets, strict=False)
            ],
            ignore_index=True,
        )
    return Batch(frame.assign(file_name=files), unparsed)


def _judged(night: Night) -> Judged:
    """Return what earlier runs judged, and the lake still has what they accepted of it."""
    asked = {"settings_sha256": night.settings.sha256(), "code_version": code_version()}
    with reading(night.store.engine) as connection:
        inputs = [dict(row) for row in connection.execute(text(_JUDGED), asked).mappings()]
    held = lake.versions(night.settings.lake, storage_options=night.settings.storage)
    # A lake that was restored from a backup, or begun anew, may not have what the database says was landed.
    return {
        (told["source"], told["file_sha256"]): told
        for told in inputs
        if told["table_version"] is None or told["table_version"] <= held.get(told["source"], -1)
    }


def _input(source: str, file_name: str, sha256: str, landed: Judged) -> dict[str, object]:
    """Describe a delivered file; one that was landed before keeps the counts of that landing."""
    return landed.get((source, sha256), {}) | {"source": source, "file_name": file_name, "file_sha256": sha256}


def _remarks(delivery: Delivery) -> list[str]:
    name, remarks = delivery.file_name, []
    if not delivery.rows_read:
        remarks.append(f"{name} has no rows.")
    if delivery.unknown_columns:
        remarks.append(
            f"{name} has columns that Mingcha does not know, left out: {', '.join(delivery.unknown_columns)}."
        )
    if delivery.repaired:
        undone = "; ".join(f"{what} ({cells:,})" for what, cells in delivery.repaired.items())
        remarks.append(f"{name} had cells that were repaired: {undone}.")
    return remarks
