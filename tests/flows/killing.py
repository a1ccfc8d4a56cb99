"""Nights in a process of their own, killed at a step or held to small files."""

import multiprocessing
import os
import resource
import signal
from collections.abc import Callable
from datetime import date
from multiprocessing.connection import Connection

from flows.nightly import run
from flows.settings import Settings

# A server that has imported everything and used nothing: its children start at once, with no threads of the parent's.
_PROCESSES = multiprocessing.get_context("forkserver")
_PROCESSES.set_forkserver_preload(["flows.nightly", "expectations.running", "tests.flows.killing"])


def kill_at(settings: Settings, day: date, step: str, when: str) -> None:
    """Run a night that kills itself before or after a step."""
    process = _PROCESSES.Process(target=_killed, args=(settings, day, step, when))
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL


def _killed(settings: Settings, day: date, name: str, when: str) -> None:
    def perform(step: Callable[..., object], *arguments: object) -> object:
        if step.__name__ == name and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        answer = step(*arguments)
        if step.__name__ == name:
            os.kill(os.getpid(), signal.SIGKILL)
        return answer

    run(settings, day, perform)


def ended_by(settings: Settings, day: date, *, file_size_bytes: int) -> str | None:
    """Run a night in which no file may grow past a size, and return the error it ends with."""
    receiving, sending = _PROCESSES.Pipe(duplex=False)
    process = _PROCESSES.Process(target=_cramped, args=(settings, day, file_size_bytes, sending))
    process.start()
    sending.close()
    try:
        told: str | None = receiving.recv()
    finally:
        process.join()
    return told


def _cramped(settings: Settings, day: date, file_size_bytes: int, sending: Connection) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (file_size_bytes, file_size_bytes))
    try:
        run(settings, day)
    except Exception as error:
        sending.send(f"{type(error).__name__}: {error}")
    else:
        sending.send(None)
