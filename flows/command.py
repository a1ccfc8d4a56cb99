"""The command ``mingcha``. What it needs is imported where it is used, so that ``--help`` is quick."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer
from rich.console import Console

from detectors.core.errors import MingchaError

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from flows.settings import Settings

FAILED, HALTED, INTERRUPTED = 1, 3, 130
"""Exit status beside 0 (done) and 2 (usage)."""

_PIPE_WIDTH = 140

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Weighs the evidence that dealers' satisfaction scores are real. A person decides; the program never accuses.",
)
audit = typer.Typer(no_args_is_help=True, help="What an auditor checks.")
app.add_typer(audit, name="audit")

Home = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="Holds observations, key, logs, reports (MINGCHA_HOME; ./mingcha-home)."),
]
Database = Annotated[
    str | None,
    typer.Option(metavar="URL", help="Where decisions go (MINGCHA_DATABASE_URL; mingcha.db in the home)."),
]
Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")]
Day = Annotated[
    datetime | None,
    typer.Option("--date", metavar="YYYY-MM-DD", formats=["%Y-%m-%d"], help="Day to close; the newest observed."),
]


class ExportFormat(StrEnum):
    """What `mingcha export` writes."""

    CSV = "csv"
    XLSX = "xlsx"
    PARQUET = "parquet"


@app.command()
def nightly(
    inbox: Annotated[Path | None, typer.Option(metavar="DIR", help="Directory of tonight's deliveries.")] = None,
    day: Day = None,
    home: Home = None,
    database: Database = None,
    debug: Debug = False,
) -> None:
    """Read what was delivered, check it, weigh the evidence and open cases."""
    with plain_words(debug=debug):
        from flows.in_process import nightly_in_process  # noqa: PLC0415
        from flows.report import show  # noqa: PLC0415
        from flows.settings import read_settings  # noqa: PLC0415

        settings = read_settings(home=home, inbox=inbox, database_url=database)
        outcome = nightly_in_process(settings, day.date() if day else None)
        show(_console(), outcome.summary, settings, outcome.remarks, is_new=outcome.is_new)
        if outcome.halted:
            raise outcome.halted


@app.command()
def demo(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="Where to write the inbox; new or empty.")],
    *,
    seed: Annotated[int, typer.Option(min=0, help="Another seed, another network.")] = 0,
    dealers: Annotated[int, typer.Option(min=1, max=10_000, help="How many dealers.")] = 60,
    months: Annotated[int, typer.Option(min=1, max=120, help="How many months of interviews.")] = 6,
    honest: Annotated[bool, typer.Option("--honest", help="Nobody cheats.")] = False,
    debug: Debug = False,
) -> None:
    """Write an inbox of an invented dealer network, and the truth about it in DIR/truth."""
    with plain_words(debug=debug):
        from simulation.inbox import write_inbox  # noqa: PLC0415
        from simulation.settings import WorldSettings  # noqa: PLC0415
        from simulation.world import simulate  # noqa: PLC0415

        if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
            raise MingchaError(
                f"{directory} is there already and is not an empty directory.", remedy="Name a new one, or empty it."
            )
        with status("Inventing a dealer network"):
            world = simulate(WorldSettings(seed=seed, dealers=dealers, months=months, honest=honest))
            files = write_inbox(world, directory)
        typer.echo(f"{len(files)} files in {directory}; mingcha nightly --inbox {directory} reads them.")


@app.command(name="detectors")
def list_detectors(
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="A detector such as wording/scripts.")] = None,
    debug: Debug = False,
) -> None:
    """List the detectors, or print what a reviewer should know about one."""
    with plain_words(debug=debug):
        from flows.catalogue import catalogue, page  # noqa: PLC0415

        _console().print(catalogue() if name is None else page(name), markup=False, highlight=False)


@audit.command()
def verify(home: Home = None, database: Database = None, debug: Debug = False) -> None:
    """Check that no event was changed, cut out or cut off; exit status 1 if one was."""
    with plain_words(debug=debug):
        from flows.settings import read_settings  # noqa: PLC0415
        from sql.store import Store  # noqa: PLC0415

        settings = read_settings(home=home, database_url=database)
        with Store(existing_database(settings)) as store:
            problems = store.verify(settings.anchors)
            events, head = store.head()
        for problem in problems:
            typer.echo(problem, err=True)
        if problems:
            raise typer.Exit(FAILED)
        typer.echo(f"{events:,} events, each as it was written; the last is {head[:16]}.")


@app.command(name="export")
def export_view(
    view: Annotated[str, typer.Argument(metavar="VIEW", help="A view such as audit_cases.")],
    *,
    form: Annotated[ExportFormat, typer.Option("--format", help="What to write.")] = ExportFormat.CSV,
    output: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Where to write; else where output is redirected to, or VIEW.FORMAT."),
    ] = None,
    home: Home = None,
    database: Database = None,
    debug: Debug = False,
) -> None:
    """Write a view that anyone may query."""
    with plain_words(debug=debug):
        from flows.settings import read_settings  # noqa: PLC0415
        from sql.export import Format, export  # noqa: PLC0415

        engine = existing_database(read_settings(home=home, database_url=database))
        redirected = output is None and not sys.stdout.isatty()
        target = sys.stdout.buffer if redirected else output or Path(f"{view}.{form}")
        rows = export(engine, view, target, Format(form))
        sys.stdout.flush()
        if not redirected:
            typer.echo(f"{rows:,} rows in {target}.")


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


def _console() -> Console:
    """Return standard output; a file or a pipe has no width of its own, and the default would break every reason."""
    console = Console()
    return console if console.is_terminal else Console(width=_PIPE_WIDTH)


@contextmanager
def status(doing: str) -> Iterator[None]:
    """Show what is being done while the block runs, if somebody is looking."""
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


def main() -> None:
    """Run the command."""
    signal.signal(signal.SIGTERM, _interrupt)
    app()


def _interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()
