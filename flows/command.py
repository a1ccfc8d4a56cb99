"""The command ``mingcha``. What it needs is imported where it is used, so that ``--help`` is quick."""

import signal
import sys
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from types import FrameType
from typing import Annotated, NoReturn

import typer

from detectors.core.errors import MingchaError
from flows import console_commands
from flows.terminal import FAILED, Database, Debug, Home, console, existing_database, plain_words, status

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Weighs the evidence that dealers' satisfaction scores are real. A person decides; the program never accuses.",
)
audit = typer.Typer(no_args_is_help=True, help="What an auditor checks.")
app.add_typer(audit, name="audit")
app.command(name="review")(console_commands.review)
app.add_typer(console_commands.user, name="user")

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
        show(console(), outcome.summary, settings, outcome.remarks, is_new=outcome.is_new)
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
        from simulation.typed_returns import write_typed_returns  # noqa: PLC0415
        from simulation.world import simulate  # noqa: PLC0415

        if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
            raise MingchaError(
                f"{directory} is there already and is not an empty directory.", remedy="Name a new one, or empty it."
            )
        with status("Inventing a dealer network"):
            world = simulate(WorldSettings(seed=seed, dealers=dealers, months=months, honest=honest))
            files = [*write_inbox(world, directory), *write_typed_returns(world, directory)]
        typer.echo(f"{len(files)} files in {directory}; mingcha nightly --inbox {directory} reads them.")


@app.command(name="detectors")
def list_detectors(
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="A detector such as wording/scripts.")] = None,
    debug: Debug = False,
) -> None:
    """List the detectors, or print what a reviewer should know about one."""
    with plain_words(debug=debug):
        from flows.catalogue import catalogue, page  # noqa: PLC0415

        console().print(catalogue() if name is None else page(name), markup=False, highlight=False)


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


def main() -> None:
    """Run the command."""
    signal.signal(signal.SIGTERM, _interrupt)
    app()


def _interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()
