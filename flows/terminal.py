"""What every command shares: the options that say where things are, and plain words when something fails."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from detectors.core.errors import MingchaError

if TYPE_CHECKING:
    from rich.console import Console
    from sqlalchemy import Engine

    from flows.settings import Settings

FAILED, HALTED, INTERRUPTED = 1, 3, 130
"""Exit status beside 0 (done) and 2 (usage)."""

_PIPE_WIDTH = 140

Home = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="Holds observations, key, logs, reports (MINGCHA_HOME; ./mingcha-home)."),
]
Database = Annotated[
    str | None,
    typer.Option(metavar="URL", help="Where decisions go (MINGCHA_DATABASE_URL; mingcha.db in the home)."),
]
Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")]


def existing_database(settings: "Settings") -> "Engine":
    """Connect to the database of decisions; SQLite would silently make an empty one."""
    from sql.connection import connect  # noqa: PLC0415

    engine = connect(settings.database)
    file = engine.url.database if engine.dialect.name == "sqlite" else None
    if file and not file.startswith(("file:", ":memory:")) and not Path(file).exists():
        raise MingchaError(
            f"There is no database {file}.", remedy="Name the right --home or --database, or run mingcha nightly first."
        )
    return engine


def console() -> "Console":
    """Return standard output; a file or a pipe has no width of its own, and the default would break every reason."""
    from rich.console import Console  # noqa: PLC0415

    console = Console()
    return console if console.is_terminal else Console(width=_PIPE_WIDTH)


@contextmanager
def status(doing: str) -> Iterator[None]:
    """Show what is being done while the block runs, if somebody is looking."""
    from rich.console import Console  # noqa: PLC0415

    console = Console(stderr=True)
    if not console.is_terminal:
        yield
        return
    with console.status(doing):
        yield


@contextmanager
def plain_words(*, debug: bool) -> Iterator[None]:
    """End the command with one sentence, a remedy and the documented exit status if the block fails."""
    try:
        yield
    except (typer.Exit, typer.Abort):
        raise
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # who read our output has seen enough
        raise typer.Exit from None
    except KeyboardInterrupt:
        typer.echo("Interrupted. Nothing is half-written; run again to complete.", err=True)
        raise typer.Exit(INTERRUPTED) from None
    except Exception as error:
        if debug:
            from rich.console import Console  # noqa: PLC0415

            Console(stderr=True).print_exception()
        typer.echo(_words_of(error, debug=debug), err=True)
        raise typer.Exit(HALTED if type(error).__name__ == "GateClosed" else FAILED) from None


def _words_of(error: Exception, *, debug: bool) -> str:
    from flows.faults import explain  # noqa: PLC0415

    told = explain(error)
    if told is not None:
        return f"mingcha: {told}"
    # What a library says may quote a cell of a delivery, so it is shown only to who asks for it.
    more = "" if debug else " Run it again with --debug to see where."
    return f"mingcha: a fault in Mingcha itself: {type(error).__name__}. Nothing is half-written.{more}"
