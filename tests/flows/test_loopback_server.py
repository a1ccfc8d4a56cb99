"""The Prefect server of one run, which ends with the run however that ends."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[2]
HOLD = """
import sys, time
from pathlib import Path
from flows.loopback_server import loopback_server
with loopback_server(Path(sys.argv[1])) as address:
    print(address, flush=True)
    time.sleep(600)
"""


def test_the_server_ends_when_its_run_is_killed(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLD, str(tmp_path / "prefect")]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as held:
        assert held.stdout
        address = held.stdout.readline().strip()
        (server,) = psutil.Process(held.pid).children()
        held.send_signal(signal.SIGKILL)

    assert address.startswith("http://127.0.0.1:")
    gone, _ = psutil.wait_procs([server], timeout=120)
    assert gone == [server]
