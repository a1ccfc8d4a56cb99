"""A real PostgreSQL for the tests: a server of their own from Debian's packages, on a socket only they know."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from sqlalchemy import URL

_ROOM_BYTES = 1_000_000_000

_PORT = 5432
"""Only names the socket: the server listens to no network."""


@dataclass(frozen=True)
class PostgresServer:
    """A running server.

    Parameters
    ----------
    socket_directory
        Where its unix socket is.
    """

    socket_directory: Path

    def url(self, database: str, user: str = "postgres") -> URL:
        """Return the URL of a database on it."""
        where = {"host": str(self.socket_directory), "port": str(_PORT)}
        return URL.create("postgresql", username=user, database=database, query=where)

    def execute(self, statement: str, database: str = "postgres") -> None:
        """Run a statement as its superuser, outside a transaction."""
        where = f"host={self.socket_directory} port={_PORT} user=postgres dbname={database}"
        with closing(psycopg.connect(where, autocommit=True)) as connection:
            connection.execute(statement.encode())


@contextmanager
def running_postgres() -> Iterator[PostgresServer]:
    """Start a server in a new folder, and stop it and remove the folder afterwards.

    Raises
    ------
    FileNotFoundError
        PostgreSQL is not installed.
    """
    binaries = _binaries()
    # A unix socket's path may have 107 bytes, which pytest's own folders use up.
    home = Path(tempfile.mkdtemp(prefix="mingcha-pg-", dir=_fast_folder()))
    try:
        if os.geteuid() == 0:
            account = pwd.getpwnam("postgres")
            os.chown(home, account.pw_uid, account.pw_gid)
            home.chmod(0o755)
        data = home / "data"
        _run(binaries / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
        # The tests' data may die with the machine, so nothing waits for the disk.
        options = f"-k {home} -p {_PORT} -c listen_addresses='' -c fsync=off -c full_page_writes=off"
        _run(binaries / "pg_ctl", "-D", data, "-o", options, "-l", home / "log", "-w", "start")
        try:
            yield PostgresServer(home)
        finally:
            _run(binaries / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(home)


def _fast_folder() -> Path | None:
    """Return the folder in memory, where copying a database takes a tenth of the time, if it has room."""
    memory = Path("/dev/shm")  # noqa: S108
    return memory if memory.is_dir() and shutil.disk_usage(memory).free > _ROOM_BYTES else None


def _binaries() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    if on_path is None:
        raise FileNotFoundError("PostgreSQL is not installed; `make test` installs it (apt-get install postgresql).")
    return Path(on_path).resolve().parent


def _run(program: Path, *arguments: str | Path) -> None:
    command = [str(program), *map(str, arguments)]
    if os.geteuid() == 0:
        # PostgreSQL refuses to run as root.
        command = ["runuser", "-u", "postgres", "--", *command]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/", stdin=subprocess.DEVNULL)
    if done.returncode:
        raise RuntimeError(f"{program.name} failed: {done.stderr.strip() or done.stdout.strip()}")
