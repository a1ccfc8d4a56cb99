"""docs/dossiers.md names every key of a dossier."""

import re
from collections.abc import Iterator
from pathlib import Path

from detectors.core.dossiers import build
from tests.detectors.core.dossiers.networks import found, observed
from tests.detectors.core.dossiers.test_scripts import REORDERED, SCRIPT, elsewhere, said

PAGE = (Path(__file__).parents[4] / "docs" / "dossiers.md").read_text(encoding="utf-8")


def keys(told: object) -> Iterator[str]:
    """Yield every key of a document, but not those of the questionnaire's own items and facts."""
    if isinstance(told, list):
        for part in told:
            yield from keys(part)
    if isinstance(told, dict):
        for name, part in told.items():
            yield name
            yield from keys(part) if name not in {"items", "facts"} else ()


def test_every_key_of_a_dossier_is_on_the_page() -> None:
    rows = [row | {"called_at": "2026-10-05"} for row in [*said(SCRIPT, REORDERED), *elsewhere()]]
    named = [("surveys", "R0", "D1", "coached", 0.9)]
    dossier = build(observed(rows), found(named), [("dealer", "D1")], window_months=1)["dealer", "D1"]
    told = set(keys(dossier))
    assert {"segments", "peers_said", "probability", "examples", "network_closing_full"} <= told
    assert told - set(re.findall(r"`(\w+)`", PAGE)) == set()
