"""The event log: append-only, each event hashed together with the hash of the one before it.

``hash`` is the SHA-256 (lower-case hex) of the event's other columns as canonical JSON: keys sorted, no white space,
UTF-8. The first event's ``previous_hash`` is sixty-four zeros. The database refuses to update or delete events and to
take one that does not follow the last. A chain cannot show that its own tail was cut, so its head is also written to a
file outside the database (`anchor`).
"""

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Row, insert, select

from sql.audit import VIEWS
from sql.tables import events
from sql.times import as_text, now

GENESIS = "0" * 64
"""The ``previous_hash`` of the first event, and the head of an empty log."""

# Read from the view, so that an auditor can verify who may read nothing else.
_LOG = VIEWS["audit_events"].readable


@dataclass(frozen=True)
class Event:
    """Something that happened to a case.

    Parameters
    ----------
    case_id
        The case.
    at
        When, as `sql.times.as_text` writes it.
    actor
        Who did it: a person's account, or ``nightly``.
    action
        What was done, in the past tense.
    before, after
        What it changed, by name.
    """

    case_id: int
    at: str
    actor: str
    action: str
    before: Mapping[str, object]
    after: Mapping[str, object]


def canonical(value: Mapping[str, object]) -> str:
    """Return the one JSON text of a mapping.

    Examples
    --------
    >>> canonical({"b": 1, "a": "明察"})
    '{"a":"明察","b":1}'
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def append(connection: Connection, happened: Iterable[Event]) -> None:
    """Append events to the log, in a writing transaction."""
    last_id, last_hash = head(connection)
    rows: list[dict[str, object]] = []
    for event_id, event in enumerate(happened, start=last_id + 1):
        row: dict[str, object] = {
            "event_id": event_id,
            "case_id": event.case_id,
            "at": event.at,
            "actor": event.actor,
            "action": event.action,
            "before": canonical(event.before),
            "after": canonical(event.after),
            "previous_hash": last_hash,
        }
        row["hash"] = last_hash = _hash(row)
        rows.append(row)
    if rows:
        connection.execute(insert(events), rows)


def head(connection: Connection) -> tuple[int, str]:
    """Return how many events there are, and the hash of the last."""
    row = connection.execute(select(_LOG.c.event_id, _LOG.c.hash).order_by(_LOG.c.event_id.desc()).limit(1)).first()
    return (0, GENESIS) if row is None else (row.event_id, row.hash)


def problems(connection: Connection, anchors: Path | None = None) -> list[str]:
    """Return a sentence for whatever is wrong with the chain, none if it is whole.

    Parameters
    ----------
    connection
        For reading.
    anchors
        The file of `anchor`; without it a cut tail cannot be seen.
    """
    found: list[str] = []
    anchored, unreadable = _read_anchors(anchors) if anchors else ([], [])
    hashes = {0: GENESIS}
    wanted = {count for _, count, _ in anchored}
    last_id, last_hash = 0, GENESIS
    for row in _in_order(connection):
        if row.event_id != last_id + 1:
            found.append(f"Between event {last_id} and event {row.event_id} events are missing.")
        if row.previous_hash != last_hash:
            found.append(f"Event {row.event_id} does not follow event {last_id}: its previous_hash is another's.")
        if row.hash != _hash({name: value for name, value in row._mapping.items() if name != "hash"}):
            found.append(f"Event {row.event_id} was changed: its hash is not that of its columns.")
        last_id, last_hash = row.event_id, row.hash
        if last_id in wanted:
            hashes[last_id] = last_hash
    for line, count, digest in anchored:
        if count > last_id:
            found.append(f"The log has {last_id} events, but line {line} of the anchors saw {count}: its tail was cut.")
        elif hashes.get(count) != digest:
            found.append(f"Event {count} is not the one that line {line} of the anchors saw.")
    if anchors and last_id and not anchors.exists():
        found.append(f"The anchors {anchors.name} are missing, so a cut tail could not be seen.")
    return found + unreadable


def write_anchor(path: Path, run_id: str, count: int, digest: str) -> None:
    """Append the head of the log to a file, and wait until the disk has it.

    Parameters
    ----------
    path
        A text file outside the database; made, with its folder, if it is not there. Its lines are run_id, number of
        events, hash of the last and time, apart by tabs.
    run_id
        The newest run.
    count, digest
        From `head`.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(f"{run_id}\t{count}\t{digest}\t{as_text(now())}\n")
        file.flush()
        os.fsync(file.fileno())


def _in_order(connection: Connection) -> Iterator[Row[tuple[object, ...]]]:
    streamed = connection.execution_options(stream_results=True, yield_per=10_000)
    with streamed.execute(select(_LOG).order_by(_LOG.c.event_id)) as result:
        yield from result


def _hash(row: Mapping[str, object]) -> str:
    return hashlib.sha256(canonical(row).encode()).hexdigest()


def _read_anchors(path: Path) -> tuple[list[tuple[int, int, str]], list[str]]:
    anchored: list[tuple[int, int, str]] = []
    unreadable: list[str] = []
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    for number, line in enumerate(lines, start=1):
        match line.split("\t"):
            case [_, count, digest, _] if count.isdigit():
                anchored.append((number, int(count), digest))
            case _:
                unreadable.append(f"Line {number} of the anchors {path.name} cannot be read.")
    return anchored, unreadable
