"""The commands of the reviewers' console: serving it, and who may come in."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from detectors.core.errors import MingchaError
from flows.terminal import Database, Debug, Home, console, existing_database, plain_words

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from flows.settings import Settings
    from review.settings import ReviewSettings
    from sql.accounts import Person

_ACTOR = "mingcha"
"""Who does what is done at the command line, in the log of accounts."""

_PORT = 8765
_EVERYWHERE = frozenset({"0.0.0.0", "::"})  # noqa: S104 - compared with, not listened on

user = typer.Typer(no_args_is_help=True, help="Who may come into the reviewers' console.")

Account = Annotated[str, typer.Argument(metavar="ACCOUNT", help="Whom it is about.")]


class RoleName(StrEnum):
    """What somebody may be in the console."""

    REVIEWER = "reviewer"
    LEAD = "lead"
    AUDITOR = "auditor"
    ADMIN = "admin"


def review(
    host: Annotated[str, typer.Option(help="Where to listen.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port to listen on.")] = _PORT,
    home: Home = None,
    database: Database = None,
    debug: Debug = False,
) -> None:
    """Serve the reviewers' console; the first start prints a link to make the first administrator."""
    with plain_words(debug=debug):
        # What is loaded stays: looking through it for garbage would take a tenth of the time to the first page.
        gc.disable()
        from flows.settings import read_settings  # noqa: PLC0415
        from review.serving import serve  # noqa: PLC0415

        gc.freeze()
        gc.enable()
        settings = read_settings(home=home, database_url=database)
        existing_database(settings).dispose()
        serve(review_settings(settings, host), host=host, port=port, say=typer.echo)


@user.command()
def add(
    account: Account,
    *,
    name: Annotated[str, typer.Option(help="How colleagues name them.")],
    role: Annotated[RoleName, typer.Option(help="What they may do.")] = RoleName.REVIEWER,
    home: Home = None,
    database: Database = None,
    debug: Debug = False,
) -> None:
    """Add somebody, and print the one-time link by which they choose a password."""
    with plain_words(debug=debug):
        from sql.accounts import create_person  # noqa: PLC0415
        from sql.times import now  # noqa: PLC0415

        with _writing(home=home, database_url=database) as (connection, settings):
            person = create_person(connection, account, name, role, actor=_ACTOR, at=now())
            _print_link(connection, settings, person)


@user.command(name="list")
def list_people(home: Home = None, database: Database = None, debug: Debug = False) -> None:
    """List everybody who has an account."""
    with plain_words(debug=debug):
        from rich.table import Table  # noqa: PLC0415

        from flows.settings import read_settings  # noqa: PLC0415
        from sql.accounts import all_people  # noqa: PLC0415
        from sql.connection import reading  # noqa: PLC0415

        engine = existing_database(read_settings(home=home, database_url=database))
        with reading(engine) as connection:
            everybody = all_people(connection)
        table = Table("account", "name", "role", "comes in by", "since")
        for person in everybody:
            ways = [way for way, has in (("password", person.has_password), ("sign-on", person.has_subject)) if has]
            by = (" and ".join(ways) or "nothing yet") if person.active else "kept out"
            table.add_row(person.account, person.name, person.role, by, person.created_at[:10])
        console().print(table)


@user.command(name="role")
def change_role(
    account: Account,
    role: Annotated[RoleName, typer.Argument(help="What they may do from now on.")],
    home: Home = None,
    database: Database = None,
    debug: Debug = False,
) -> None:
    """Give somebody another role."""
    with plain_words(debug=debug):
        from sql.accounts import set_role  # noqa: PLC0415
        from sql.times import now  # noqa: PLC0415

        with _writing(home=home, database_url=database) as (connection, _settings):
            person = _existing(connection, account)
            set_role(connection, person.person_id, role, actor=_ACTOR, at=now())
        typer.echo(f"{person.account} is {role} from the next page on.")


@user.command()
def disable(account: Account, home: Home = None, database: Database = None, debug: Debug = False) -> None:
    """Keep somebody out: sessions and links end at once, and what they did stays."""
    with plain_words(debug=debug):
        from sql.accounts import deactivate  # noqa: PLC0415
        from sql.times import now  # noqa: PLC0415

        with _writing(home=home, database_url=database) as (connection, _settings):
            person = _existing(connection, account)
            deactivate(connection, person.person_id, actor=_ACTOR, at=now())
        typer.echo(f"{person.account} is kept out; mingcha user reset {person.account} lets them in again.")


@user.command()
def reset(account: Account, home: Home = None, database: Database = None, debug: Debug = False) -> None:
    """Let somebody in again, and print a one-time link by which they choose a new password."""
    with plain_words(debug=debug):
        from sql.accounts import reactivate  # noqa: PLC0415
        from sql.times import now  # noqa: PLC0415

        with _writing(home=home, database_url=database) as (connection, settings):
            person = _existing(connection, account)
            reactivate(connection, person.person_id, actor=_ACTOR, at=now())
            _print_link(connection, settings, person)


def review_settings(settings: "Settings", host: str) -> "ReviewSettings":
    """Return what the console is told, of the settings of all."""
    from review.security.permissions import Role  # noqa: PLC0415
    from review.settings import ReviewSettings, SingleSignOn  # noqa: PLC0415

    sign_on = None
    if settings.oidc_issuer and settings.oidc_client_id and settings.oidc_client_secret:
        sign_on = SingleSignOn(
            issuer=settings.oidc_issuer,
            client_id=settings.oidc_client_id,
            client_secret=settings.oidc_client_secret,
            new_people=Role(settings.oidc_new_people) if settings.oidc_new_people else None,
        )
    return ReviewSettings.model_validate(
        {
            "database_url": settings.database,
            "home": settings.home,
            "lake": settings.lake,
            "storage": settings.storage_options,
            "key": settings.key,
            "public_url": settings.public_url,
            "allowed_hosts": (*settings.allowed_hosts, *(() if host in _EVERYWHERE else (host,))),
            "session_h": settings.session_h,
            "idle_h": settings.idle_h,
            "single_sign_on": sign_on,
            "items": settings.items,
        }
    )


@contextmanager
def _writing(**flags: object) -> "Iterator[tuple[Connection, Settings]]":
    from flows.settings import read_settings  # noqa: PLC0415
    from sql.connection import writing  # noqa: PLC0415
    from sql.schema import migrate  # noqa: PLC0415

    settings = read_settings(**flags)
    engine = existing_database(settings)
    migrate(engine)
    with writing(engine) as connection:
        yield connection, settings


def _existing(connection: "Connection", account: str) -> "Person":
    from sql.accounts import find_person  # noqa: PLC0415

    person = find_person(connection, account)
    if person is None:
        raise MingchaError(f"There is no account {account}.", remedy="mingcha user list names them.")
    return person


def _print_link(connection: "Connection", settings: "Settings", person: "Person") -> None:
    from sql.accounts import invite  # noqa: PLC0415
    from sql.times import now  # noqa: PLC0415

    token = invite(connection, person.person_id, actor=_ACTOR, at=now())
    base = (settings.public_url or f"http://127.0.0.1:{_PORT}").rstrip("/")
    typer.echo(f"Give {person.name} this link; it can be used once, within three days:\n  {base}/welcome/{token}")
