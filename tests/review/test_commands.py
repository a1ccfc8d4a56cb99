"""`mingcha review` and `mingcha user`, as somebody types them."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from flows.command import app
from flows.console_commands import review_settings
from flows.settings import read_settings
from review.security.permissions import Role
from sql import accounts
from sql.connection import connect, reading
from sql.store import open_store

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with a database in which nobody is known."""
    open_store(f"sqlite:///{tmp_path / 'mingcha.db'}").close()
    return tmp_path


def mingcha(*arguments: object) -> str:
    """Run a command that has to succeed, and return what it says."""
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert result.exit_code == 0, result.output
    return result.output


def test_people_are_added_listed_changed_kept_out_and_let_in_again(home: Path) -> None:
    at_home = ("--home", home)

    added = mingcha("user", "add", "Li.Na", "--name", "李娜", *at_home)
    changed = mingcha("user", "role", "li.na", "lead", *at_home)
    kept_out = mingcha("user", "disable", "li.na", *at_home) if _second_admin(home) else ""
    listed = mingcha("user", "list", *at_home)
    reset = mingcha("user", "reset", "li.na", *at_home)

    links = [re.search(r"http://127\.0\.0\.1:8765/welcome/[\w-]{40,}", said) for said in (added, reset)]
    assert all(links)
    assert "li.na is lead" in changed
    assert "li.na is kept out" in kept_out
    assert re.search(r"li\.na.*李娜.*lead.*kept out", listed)
    with reading(connect(f"sqlite:///{home / 'mingcha.db'}")) as connection:
        person = accounts.find_person(connection, "li.na")
    assert person is not None
    assert (person.active, person.has_password) == (True, False)


def test_what_cannot_be_is_said_in_a_sentence(home: Path) -> None:
    said = [
        CliRunner().invoke(app, ["user", *arguments, "--home", str(home)])
        for arguments in (["role", "nobody.here", "lead"], ["add", "no spaces", "--name", "x"])
    ]

    assert [result.exit_code for result in said] == [1, 1]
    assert "There is no account nobody.here. mingcha user list names them." in said[0].output
    assert "An account has 1 to 64 letters" in said[1].output


def test_no_password_is_ever_typed_on_the_command_line() -> None:
    help_texts = [mingcha("user", name, "--help") for name in ("add", "reset", "role", "disable", "list")]

    assert not any(re.search(r"--pass|PASSWORD", text) for text in help_texts)


def test_a_home_without_a_database_is_said_and_not_made(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["review", "--home", str(tmp_path / "typo")])

    assert result.exit_code == 1
    assert "There is no database" in result.output
    assert not (tmp_path / "typo").exists()


def test_the_console_starts_says_where_it_is_and_stops_when_told(home: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "flows.command", "review", "--home", str(home), "--port", "0"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    )
    try:
        assert process.stdout is not None
        said = [process.stdout.readline() for _ in range(3)]
        assert "within 24 hours" in said[1]
        link = said[2].strip()
        address = said[0].split()[-1]
        until = time.monotonic() + 60
        while not _answers(address):
            assert process.poll() is None
            assert time.monotonic() < until
            time.sleep(0.1)
        assert httpx.get(link).status_code == 200
    finally:
        process.send_signal(signal.SIGTERM)
        _rest, errors = process.communicate(timeout=30)

    assert process.returncode == 0
    assert "Traceback" not in errors


def test_a_port_that_is_taken_is_said(home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = CliRunner().invoke(app, ["review", "--home", str(home), "--port", str(port)])

    assert result.exit_code == 1
    assert f"The console cannot listen on 127.0.0.1:{port}" in result.output


def test_single_sign_on_takes_all_three_of_its_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINGCHA_OIDC_ISSUER", "https://login.maker.example")
    monkeypatch.setenv("MINGCHA_OIDC_CLIENT_ID", "mingcha")
    with pytest.raises(Exception, match="single sign-on needs oidc_issuer, oidc_client_id and oidc_client_secret"):
        read_settings(home=tmp_path)

    monkeypatch.setenv("MINGCHA_OIDC_CLIENT_SECRET", "shared")
    monkeypatch.setenv("MINGCHA_OIDC_NEW_PEOPLE", "auditor")
    told = review_settings(read_settings(home=tmp_path), "127.0.0.1")

    assert told.single_sign_on is not None
    assert told.single_sign_on.new_people is Role.AUDITOR
    assert "shared" not in repr(told)


def test_where_the_console_is_reached_does_not_change_what_a_night_is(tmp_path: Path) -> None:
    reached = read_settings(home=tmp_path, public_url="https://mingcha.example", allowed_hosts="a.example,b.example")

    assert reached.sha256() == read_settings(home=tmp_path).sha256()
    assert review_settings(reached, "0.0.0.0").allowed_hosts == ("a.example", "b.example")  # noqa: S104 - not listened on
    assert review_settings(reached, "10.1.2.3").allowed_hosts == ("a.example", "b.example", "10.1.2.3")


def _second_admin(home: Path) -> bool:
    """Make an administrator, without whom nobody could be kept out."""
    return "once" in mingcha("user", "add", "zhao.lei", "--name", "赵磊", "--role", "admin", "--home", home)


def _answers(address: str) -> bool:
    try:
        return httpx.get(f"{address}/api/v1/health").status_code == 200
    except httpx.TransportError:
        return False
