"""A Prefect server for one run: on loopback, ended with the process that started it, however that ends.

Prefect would start one by itself. This one starts while the run's libraries are still being imported, which halves the
wait, and it ends even when its run is killed, where Prefect's own would be left behind.
"""

import gc
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from detectors.core.errors import MingchaError

QUIET = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_API_BLOCKS_REGISTER_ON_START": "false",
    "PREFECT_UI_ENABLED": "false",
    "PREFECT_LOGGING_LEVEL": "CRITICAL",
    "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL",
    "PREFECT_LOGGING_TO_API_ENABLED": "false",
}
"""Prefect's settings for a run at the command line: nothing is sent anywhere, and our own words are the only ones."""

_STOP_WITHIN_S = 10


@contextmanager
def loopback_server(folder: Path) -> Iterator[str]:
    """Start a server, and end it with the block.

    Nobody has to wait for it: its socket is open from the beginning, and a request waits there until it is answered.

    Parameters
    ----------
    folder
        Where Prefect keeps its database and the server its output.

    Yields
    ------
    str
        The URL of its API.

    Raises
    ------
    MingchaError
        The block failed because the server had ended by itself.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with socket.create_server(("127.0.0.1", 0)) as listening, (folder / "server.log").open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-m", __name__, str(listening.fileno()), str(os.getpid())],
            env={**os.environ, **QUIET, "PREFECT_HOME": str(folder)},
            pass_fds=[listening.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,  # Ctrl-C is for the run, which still has to say that it was cancelled
        )
        address = f"http://127.0.0.1:{listening.getsockname()[1]}/api"
    try:
        yield address
    except Exception as error:
        if process.poll() is None:
            raise
        raise MingchaError(
            f"The Prefect server of this run ended by itself (status {process.returncode}).",
            remedy=f"Its last words are in {folder / 'server.log'}; check the space on that disk, then run again.",
        ) from error
    finally:
        process.terminate()
        try:
            process.wait(_STOP_WITHIN_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _serve(descriptor: int, parent: int) -> None:
    gc.disable()  # looking through what is imported for garbage would take a tenth of the start
    import uvicorn  # noqa: PLC0415 - only the server's own process needs them
    from prefect.server.api.server import create_app  # noqa: PLC0415

    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    app = create_app(ephemeral=True, final=True)
    gc.freeze()
    gc.enable()
    uvicorn.run(app, fd=descriptor, log_level="error", lifespan="on")


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    _serve(int(sys.argv[1]), int(sys.argv[2]))
