"""`mingcha detectors` shows every detector that is discovered, in its file's own words."""

from io import StringIO

import pytest
from rich.console import Console

from detectors.core.detector import discover
from detectors.core.errors import MingchaError
from flows.catalogue import catalogue, page


def test_every_detector_is_listed() -> None:
    console = Console(width=300, file=StringIO(), record=True)
    console.print(catalogue())
    listed = console.export_text()
    for detector in discover():
        assert f" {detector.name} " in listed


def test_a_detector_is_explained_in_its_own_words() -> None:
    assert "honest" in page("wording/scripts").lower()
    assert page("scripts") == page("wording/scripts")


def test_an_unknown_detector_gets_the_nearest_names() -> None:
    with pytest.raises(MingchaError, match="Did you mean scripts"):
        page("script")


def test_a_name_that_two_families_have_asks_which() -> None:
    names = [detector.name for detector in discover()]
    for name in {name for name in names if names.count(name) > 1}:
        with pytest.raises(MingchaError, match=f"Several detectors are named {name}"):
            page(name)
