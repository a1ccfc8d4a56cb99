"""The nightly flow in this process, with a Prefect server of its own unless one is named in the environment."""

import os
from contextlib import nullcontext
from datetime import date
from importlib import import_module
from typing import TYPE_CHECKING

from rich.console import Console

from flows.loopback_server import QUIET, loopback_server
from flows.settings import Settings

if TYPE_CHECKING:
    from flows.nightly import Outcome


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
            import_module("expectations.running")  # seconds of Great Expectations, while the server starts beside us
        outcome: Outcome = flow(day, settings.home, settings.inbox, settings.database_url)
    return outcome
