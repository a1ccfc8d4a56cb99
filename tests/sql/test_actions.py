"""All that can happen to a case, played once: the log knows the words, and the documentation what they mean."""

import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from sql import decisions, merging, tables, work
from sql.actions import ACTIONS
from sql.connection import writing
from sql.store import Store
from tests.sql.cases import NOON, with_cases, with_people
from tests.sql.nights import night
from tests.sql.views import rows

ROOT = Path(__file__).parents[2]


def by(actor: str) -> dict[str, Any]:
    """Return who does something, when, and to which version."""
    return {"version": None, "actor": actor, "at": NOON}


def test_every_action_can_happen_and_no_other_and_the_log_explains_what_they_leave(store: Store) -> None:
    with_people(with_cases(store))
    li, zhang, wang = (by(actor) for actor in ("li.wei", "zhang.min", "wang.fang"))
    why: dict[str, Any] = {"reason": "heard the recordings"}
    with writing(store.engine) as connection:
        first = select(tables.cases.c.case_id).where(tables.cases.c.case_id == 1)
        work.take_next(connection, first, actor="li.wei", at=NOON)
        work.assign(connection, 2, "zhang.min", **wang)
        work.release(connection, 2, **zhang)
        work.wait(connection, 1, **li, **why)
        work.resume(connection, 1, **li)
        work.comment(connection, 1, "recordings are there", **li)
        work.snooze(connection, 1, date(2026, 11, 9), **li, **why)
        work.wake(connection, 1, **li)
        merging.link(connection, 1, 2, **li, **why)
        merging.unlink(connection, 1, 2, **li, **why)
        merging.merge(connection, 3, 1, **wang, **why)
        merging.unmerge(connection, 3, **wang, **why)
        for answer, person in ((decisions.withdraw, li), (decisions.refuse, zhang), (decisions.confirm, zhang)):
            decisions.decide(connection, 1, "coached", "confirmed", **li, **why)
            answer(connection, 1, "coached", **person, **why)
        decisions.decide(connection, 2, "coached", "refuted", **li, **why)
        decisions.close(connection, 1, **li, **why)
        decisions.reopen(connection, 1, **zhang, **why)
    store.write_run(night("run-2", [("D2", "coached", 14.0, 1, 0.95, 0.9)], "2026-11-03"))
    played = {row["action"] for row in rows(store.engine, "select distinct action from audit_events")}
    assert played == set(ACTIONS)
    assert store.verify() == []


def test_every_action_is_documented() -> None:
    table = "\n".join(f"| `{action}` | {meaning} |" for action, meaning in ACTIONS.items())
    assert f"| action | meaning |\n|---|---|\n{table}\n\n" in (ROOT / "docs" / "data.md").read_text("utf-8")


@pytest.mark.parametrize("module", ["sql.accounts", "sql.decisions", "sql.merging", "sql.together", "sql.work"])
def test_what_people_do_is_written_without_loading_frames(module: str) -> None:
    code = f"import sys, {module}; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert not {"pandas", "pyarrow", "numpy", "psycopg", "phonenumbers"} & set(loaded.stdout.split())
