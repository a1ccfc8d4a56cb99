"""Validate: hold every new row against its source's rules, with what other nights have delivered in mind."""

from collections.abc import Mapping

import pandas as pd
from sqlalchemy import text

import lake
from detectors.core.observations import Observations
from expectations.context import Context
from expectations.gate import judge
from expectations.verdict import Verdict
from flows import logbook
from flows.ingesting import Delivered
from flows.night import Night
from sql.connection import reading

_EVER_MONTHS = 12 * 100
_PAIR = ["dealer_id", "customer_id"]


def validate(night: Night, delivered: Delivered, key: lake.Key) -> dict[str, Verdict]:
    """Judge the rows of every source that was read.

    Parameters
    ----------
    night
        The run.
    delivered
        What was read. Its batches are taken out one by one, so that millions of rows are not held twice.
    key
        The key of the lake, which tells whether the lake knows a customer.
    """
    context = _context(night, delivered, key)
    verdicts: dict[str, Verdict] = {}
    count = len(delivered.batches)
    while delivered.batches:
        source = next(iter(delivered.batches))
        night.progress.told(source, len(verdicts), count)
        batch = delivered.batches.pop(source)
        verdict = judge(source, batch.frame, batch.unparsed, context)
        logbook.note("judged", source=source, rows=verdict.rows_read, quarantined=verdict.rows_quarantined)
        verdicts[source] = verdict
    return verdicts


def quarantined(verdicts: Mapping[str, Verdict]) -> pd.DataFrame:
    """Return every quarantined row of the night."""
    broken = [verdict.quarantine for verdict in verdicts.values() if len(verdict.quarantine)]
    return pd.concat(broken, ignore_index=True) if broken else pd.DataFrame()


def is_quarantine_of(night: Night, run_id: str, quarantine: pd.DataFrame) -> bool:
    """Return whether a run has quarantined the very same rows, each by the same rules."""
    place = ["source", "file_name", "row_number", "rule"]
    query = text(f"select {', '.join(place)} from audit_quarantine where run_id = :run_id")  # noqa: S608 - ours
    with reading(night.store.engine) as connection:
        before = {tuple(row) for row in connection.execute(query, {"run_id": run_id})}
    return before == set(quarantine.reindex(columns=place).itertuples(index=False, name=None))


def kept_all_the_same(verdicts: Mapping[str, Verdict]) -> list[str]:
    """Return a sentence for each rule that accepted rows of the night break."""
    return [f"{source}: {note.sentence}" for source, verdict in verdicts.items() for note in verdict.notes]


def _context(night: Night, delivered: Delivered, key: lake.Key) -> Context:
    settings = night.settings
    today = max(night.today, night.asked_date or night.today)
    known = lake.observe(
        settings.lake,
        business_date=today,
        window_months=_EVER_MONTHS,
        columns={"dealers": ["dealer_id"]} | ({"transactions": _PAIR} if "contacts" in delivered.batches else {}),
        storage_options=settings.storage,
    )
    return Context(
        today,
        settings.surveys,
        settings.scales,
        dealers=_dealers(delivered, known),
        customers=_customers(delivered, known, key),
    )


def _dealers(delivered: Delivered, known: Observations) -> set[str] | None:
    tonight = [delivered.batches["dealers"].frame["dealer_id"]] if "dealers" in delivered.batches else []
    before = [known["dealers"]["dealer_id"]] if known.has("dealers") else []
    listed = tonight + before
    return set(pd.concat(listed).dropna()) if listed else None


def _customers(delivered: Delivered, known: Observations, key: lake.Key) -> pd.DataFrame | None:
    """Return the customers of tonight's transactions, and those of tonight's contacts whose tokens the lake holds."""
    pairs = [
        batch.frame[_PAIR]
        for source, batch in delivered.batches.items()
        if source == "transactions" and set(_PAIR) <= set(batch.frame.columns)
    ]
    if known.has("transactions", *_PAIR) and set(_PAIR) <= set(delivered.batches["contacts"].frame.columns):
        named = delivered.batches["contacts"].frame[_PAIR].dropna().drop_duplicates(ignore_index=True)
        tokens = lake.pseudonymise("contacts", named, key)[_PAIR]
        held = known["transactions"]
        held = held[held["customer_id"].isin(tokens["customer_id"])]  # few of all who ever came are in tonight's list
        pairs.append(named[pd.MultiIndex.from_frame(tokens).isin(pd.MultiIndex.from_frame(held[_PAIR]))])
    return pd.concat(pairs, ignore_index=True) if pairs else None
