"""A run whose process is killed leaves nothing half-written, and can be run again."""

import signal
import subprocess
import sys

import pytest

from sql.store import open_store
from tests.sql.nights import COACHED, night
from tests.sql.views import rows

CHILD = """
import sys
from sql import {module}
from sql.store import open_store
from tests.sql.nights import COACHED, night

def wait(*_):
    print("here", flush=True)
    sys.stdin.read()

{module}.{function} = wait
open_store({url!r}).write_run(night("run-1", [COACHED]))
"""


@pytest.mark.parametrize(
    ("module", "function"),
    [("runs", "keys_of"), ("cases", "append_night"), ("cases", "_update_current")],
    ids=["at the first scores", "before the cases", "at the last statement"],
)
def test_a_run_killed_while_writing_leaves_nothing_and_completes_when_run_again(
    database_url: str, module: str, function: str
) -> None:
    code = CHILD.format(module=module, function=function, url=database_url)
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"here\n"
        child.send_signal(signal.SIGKILL)
        assert child.wait() == -signal.SIGKILL
    with open_store(database_url) as store:
        for view in ("audit_runs", "audit_inputs", "audit_scores", "audit_cases", "audit_events"):
            assert rows(store.engine, f"select * from {view}") == []
        assert store.write_run(night("run-1", [COACHED])).cases_opened == 1
        assert store.verify() == []
