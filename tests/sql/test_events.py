"""The event log: append-only, chained, and its tail anchored outside."""

import hashlib
import json
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from sql.events import GENESIS
from sql.store import Store, anchor
from tests.sql.nights import COACHED, HONEST, STAFF_NUMBERS, night
from tests.sql.views import rows


def unguard(store: Store) -> None:
    """Take the triggers away, as somebody with the owner's rights could."""
    with store.engine.begin() as connection:
        if store.engine.dialect.name == "sqlite":
            for trigger in ("events_refuse_update", "events_refuse_delete", "events_link"):
                connection.execute(text(f"drop trigger {trigger}"))
        else:
            connection.execute(text("alter table events disable trigger all"))


def run(store: Store, statement: str) -> None:
    with store.engine.begin() as connection:
        connection.execute(text(statement))


def test_an_empty_log_is_whole_and_has_no_head(store: Store) -> None:
    assert store.head() == (0, GENESIS)
    assert store.verify() == []


def test_every_event_can_be_verified_from_the_view_alone(store: Store) -> None:
    store.write_run(night("run-1", [COACHED, STAFF_NUMBERS]))
    previous = "0" * 64
    events = rows(store.engine, "select * from audit_events order by event_id")
    assert [event["action"] for event in events] == ["opened", "found", "found"]
    for event in events:
        digest = event.pop("hash")
        assert event["previous_hash"] == previous
        written = json.dumps(event, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        previous = hashlib.sha256(written.encode()).hexdigest()
        assert digest == previous
    assert store.head() == (3, previous)
    assert store.verify() == []


@pytest.mark.parametrize(
    "statement",
    [
        "update events set actor = 'nobody'",
        "update events set after = after where event_id = 1",
        "delete from events where event_id = 2",
        "insert into events select event_id + 5, case_id, at, actor, action, before, after, hash, hash from events",
        "insert into events select event_id + 2, case_id, at, actor, action, before, after, hash, hash from events",
    ],
)
def test_the_database_refuses_to_change_the_log(store: Store, statement: str) -> None:
    store.write_run(night("run-1", [COACHED]))
    before = store.head()
    with pytest.raises(DBAPIError, match="append-only"):
        run(store, statement)
    assert (store.head(), store.verify()) == (before, [])


def test_the_database_refuses_to_replace_or_truncate_the_log(store: Store) -> None:
    store.write_run(night("run-1", [COACHED]))
    replacing = (
        "insert or replace into events select event_id, case_id, at, 'x', action, before, after, hash, hash from events"
    )
    with pytest.raises(DBAPIError, match="append-only"):
        run(store, replacing if store.engine.dialect.name == "sqlite" else "truncate events cascade")
    assert store.verify() == []


@pytest.mark.parametrize(
    ("tampering", "problem"),
    [
        ("update events set actor = 'nobody' where event_id = 2", "Event 2 was changed"),
        ("update events set hash = previous_hash where event_id = 2", "Event 3 does not follow event 2"),
        ("delete from events where event_id = 2", "Between event 1 and event 3 events are missing"),
        ("update events set event_id = 9 where event_id = 3", "Between event 2 and event 9 events are missing"),
    ],
)
def test_tampering_with_the_triggers_gone_is_found(store: Store, tampering: str, problem: str) -> None:
    store.write_run(night("run-1", [COACHED, STAFF_NUMBERS]))
    unguard(store)
    run(store, tampering)
    assert any(problem in found for found in store.verify())


def test_a_cut_tail_is_found_by_the_anchors_only(store: Store, tmp_path: Path) -> None:
    anchors = tmp_path / "outside" / "anchors.tsv"
    store.write_run(night("run-1", [HONEST]))
    anchor(anchors, store)
    store.write_run(night("run-2", [COACHED], "2026-11-01"))
    anchor(anchors, store)
    assert [line.split("\t")[:2] for line in anchors.read_text().splitlines()] == [["run-1", "0"], ["run-2", "2"]]
    assert store.verify(anchors) == []
    unguard(store)
    run(store, "delete from events where event_id = 2")
    assert store.verify() == []
    assert store.verify(anchors) == ["The log has 1 events, but line 2 of the anchors saw 2: its tail was cut."]


def test_a_log_rewritten_from_the_start_is_found_by_the_anchors(store: Store, tmp_path: Path) -> None:
    anchors = tmp_path / "anchors.tsv"
    store.write_run(night("run-1", [COACHED]))
    anchor(anchors, store)
    with anchors.open("a") as file:
        file.write("run-2\t2\t" + "ab" * 32 + "\t2026-11-01T02:18:00+08:00\nnonsense\n")
    assert store.verify(anchors) == [
        "Event 2 is not the one that line 2 of the anchors saw.",
        "Line 3 of the anchors anchors.tsv cannot be read.",
    ]


def test_missing_anchors_are_said(store: Store, tmp_path: Path) -> None:
    store.write_run(night("run-1", [COACHED]))
    assert store.verify(tmp_path / "anchors.tsv") == [
        "The anchors anchors.tsv are missing, so a cut tail could not be seen."
    ]
