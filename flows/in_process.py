"""The nightly flow in this process, with a Prefect server of its own unless one is named in the environment."""

import gc
import os
from contextlib import nullcontext, suppress
from datetime import date
from importlib import import_module
from threading import Thread
from typing import TYPE_CHECKING

from rich.console import Console

from flows.loopback_server import QUIET, loopback_server
from flows.settings import Settings

if TYPE_CHECKING:
    from flows.nightly import Outcome


_SLOW_TO_IMPORT = ("expectations.running", "pyod.models.iforest")
"""What a night uses later on, in that order."""


def nightly_in_process(settings: Settings, day: date | None = None) -> "Outcome":
    """Run the nightly flow here and now.

    Parameters
    ----------
    settings
        As they were at the door.
    day
        The business date, or None for the newest day observed.

    Raises
    ------
    MingchaError
        See `flows.nightly.nightly`.
    """
    gc.disable()  # modules are no garbage, and the collector would look through all of them again and again
    folder = settings.home.absolute() / "prefect"
    # Prefect reads these when it is imported. Its home is ours, so that nothing of the user's is read or changed.
    os.environ.update({name: value for name, value in QUIET.items() if name not in os.environ})
    named = os.environ.get("PREFECT_API_URL")
    if not named:
        os.environ["PREFECT_HOME"] = str(folder)
        folder.mkdir(parents=True, exist_ok=True)
    with nullcontext(named) if named else loopback_server(folder) as address:
        os.environ["PREFECT_API_URL"] = address
        console = Console(stderr=True)
        with console.status("Starting") if console.is_terminal else nullcontext():
            flow = import_module("flows.nightly").nightly
        Thread(target=_import_the_rest).start()  # while the server starts and Arrow reads
        outcome: Outcome = flow(day, settings.home, settings.inbox, settings.database_url)
    gc.freeze()  # nor is there any use in looking through everything at the very end
    return outcome


def _import_the_rest() -> None:
    try:
        for module in _SLOW_TO_IMPORT:
            with suppress(ImportError):  # who needs it says so
                import_module(module)
    finally:
        gc.freeze()
        gc.enable()
