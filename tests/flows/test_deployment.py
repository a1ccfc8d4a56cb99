"""The deployments of prefect.yaml, served by a real Prefect server and worker."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from tests.flows.inboxes import small_inbox

ROOT = Path(__file__).parents[2]
PREFECT = str(Path(sys.executable).with_name("prefect"))
PATIENCE_S = 180

pytestmark = pytest.mark.xdist_group("prefect")


class Operated:
    """Prefect as docs/operating.md sets it up, in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = int(probe.getsockname()[1])
        self.folder = folder
        self.api = f"http://127.0.0.1:{self.port}/api"
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "MINGCHA_"))}
        self.environment = kept | {
            "PREFECT_HOME": str(folder / "prefect"),
            "PREFECT_API_URL": self.api,
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "PREFECT_SERVER_SERVICES_SCHEDULER_LOOP_SECONDS": "2",
            "PREFECT_WORKER_QUERY_SECONDS": "2",
            "DO_NOT_TRACK": "1",
            "MINGCHA_HOME": str(folder / "home"),
            "MINGCHA_INBOX": str(folder / "inbox"),
            "PWD": str(ROOT),
        }
        self.started: list[subprocess.Popen[bytes]] = []

    def start(self, *arguments: str) -> None:
        with (self.folder / f"{arguments[0]}.log").open("wb") as output:
            self.started.append(
                subprocess.Popen([PREFECT, *arguments], cwd=ROOT, env=self.environment, stdout=output, stderr=output)
            )

    def call(self, *arguments: str) -> None:
        done = subprocess.run(
            [PREFECT, *arguments], cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def ask(self, path: str, question: dict[str, Any] | list[Any] | None = None) -> Any:
        body = None if question is None else json.dumps(question).encode()
        request = Request(f"{self.api}{path}", body, {"Content-Type": "application/json"})  # noqa: S310
        until = time.monotonic() + PATIENCE_S
        while True:
            try:
                with urlopen(request, timeout=30) as answer:  # noqa: S310
                    return json.load(answer)
            except HTTPError as error:
                # 503: SQLite was locked by another of the server's own services; its clients ask again.
                if error.code != 503 or time.monotonic() > until:
                    raise
                time.sleep(0.5)

    def wait_for_server(self) -> None:
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            try:
                self.ask("/health")
            except OSError:
                time.sleep(0.3)
            else:
                return
        pytest.fail((self.folder / "server.log").read_text())

    def stop(self) -> None:
        for process in reversed(self.started):  # the worker before the server
            process.send_signal(signal.SIGINT)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@pytest.fixture
def operated(tmp_path: Path) -> Iterator[Operated]:
    prefect = Operated(tmp_path)
    try:
        prefect.start("server", "start", "--host", "127.0.0.1", "--port", str(prefect.port))
        prefect.wait_for_server()
        yield prefect
    finally:
        prefect.stop()


@pytest.mark.timeout(600)
def test_the_nightly_deployment_is_scheduled_in_shanghai_and_a_scheduled_run_completes(operated: Operated) -> None:
    small_inbox(operated.folder / "inbox")
    operated.call("work-pool", "create", "mingcha", "--type", "process")
    operated.call("--no-prompt", "deploy", "--all")

    nightly = operated.ask("/deployments/name/nightly/nightly")
    assert [schedule["schedule"]["timezone"] for schedule in nightly["schedules"]] == ["Asia/Shanghai"]
    assert nightly["schedules"][0]["schedule"]["cron"] == "17 3 * * *"
    assert nightly["concurrency_options"]["collision_strategy"] == "CANCEL_NEW"
    assert operated.ask("/deployments/name/backfill/backfill")["schedules"] == []
    first = _scheduled(operated, nightly["id"])[0]
    assert datetime.fromisoformat(first).astimezone(UTC).strftime("%H:%M") == "19:17"

    soon = (datetime.now(UTC) + timedelta(seconds=5)).isoformat()
    schedule = {"interval": 86_400, "anchor_date": soon, "timezone": "Asia/Shanghai"}
    operated.ask(f"/deployments/{nightly['id']}/schedules", [{"active": True, "schedule": schedule}])
    operated.start("worker", "start", "--pool", "mingcha")

    ended = _first_ended(operated, nightly["id"])
    assert ended["state"]["type"] == "COMPLETED", ended["state"]["message"]
    assert ended["auto_scheduled"]
    assert (operated.folder / "home" / "mingcha.db").exists()
    keys = {artifact["key"] for artifact in operated.ask("/artifacts/filter", {}) if artifact["key"]}
    assert keys == {"nightly", "nightly-rows"}


def _scheduled(operated: Operated, deployment: str) -> list[str]:
    until = time.monotonic() + PATIENCE_S
    question = {"deployments": {"id": {"any_": [deployment]}}, "sort": "EXPECTED_START_TIME_ASC", "limit": 5}
    while time.monotonic() < until:
        if runs := operated.ask("/flow_runs/filter", question):
            return [run["expected_start_time"] for run in runs]
        time.sleep(0.5)
    pytest.fail("Nothing was scheduled.")


def _first_ended(operated: Operated, deployment: str) -> Any:
    until = time.monotonic() + PATIENCE_S
    question = {
        "deployments": {"id": {"any_": [deployment]}},
        "flow_runs": {"state": {"type": {"any_": ["COMPLETED", "FAILED", "CRASHED", "CANCELLED"]}}},
    }
    while time.monotonic() < until:
        if runs := operated.ask("/flow_runs/filter", question):
            return runs[0]
        time.sleep(1)
    pytest.fail((operated.folder / "worker.log").read_text())


def test_the_checkout_that_is_deployed_is_the_one_in_which_deploy_was_called() -> None:
    text = (ROOT / "prefect.yaml").read_text(encoding="utf-8")

    assert 'directory: "{{ $PWD }}"' in text
    assert shutil.which(PREFECT) == PREFECT
