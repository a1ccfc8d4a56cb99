"""One browser, and a console on two real nights, of which every test that changes anything has a copy of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from review.serving import make_ready
from tests.review.browser.network import lived_in, write_network
from tests.review.browser.windows import chromium
from tests.review.conftest import Console, served


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser for every test."""
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="session")
def network(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What two nights wrote, to be copied."""
    home = tmp_path_factory.mktemp("network") / "home"
    write_network(home)
    return home


@pytest.fixture
def lived(network: Path, tmp_path: Path) -> Iterator[Console]:
    """A console that has been lived in, behind a server, for one test alone."""
    with lived_in(network, tmp_path / "home") as console, served(console.app) as address:
        make_ready(console.app)
        console.base_url = address
        yield console


@pytest.fixture(scope="session")
def read_only(network: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    """The same for every test that changes nothing."""
    with lived_in(network, tmp_path_factory.mktemp("read") / "home") as console, served(console.app) as address:
        make_ready(console.app)
        console.base_url = address
        yield console
