"""The catalogue of detectors, read from their own files: what each looks at, and what a reviewer should know."""

import importlib
import inspect
from difflib import get_close_matches

from rich.table import Table

from detectors.core.detector import Detector, discover
from detectors.core.errors import MingchaError


def catalogue() -> Table:
    """Return every detector with its schemes and the sources it needs."""
    table = Table("family", "detector", "schemes", "needs", "looks at", title="Detectors", title_justify="left")
    for detector in discover():
        needs = ", ".join(detector.needs) or "what there is"
        schemes = ", ".join(detector.schemes) + (" (decisive)" if detector.decisive else "")
        table.add_row(detector.family, detector.name, schemes, needs, page(_address(detector)).partition("\n")[0])
    return table


def page(name: str) -> str:
    """Return what a reviewer should know about a detector: its file's own words.

    Parameters
    ----------
    name
        ``scripts``, or ``wording/scripts`` where two families have one of that name.

    Raises
    ------
    MingchaError
        There is no such detector, or there are several.

    Examples
    --------
    >>> page("staff").splitlines()[0]
    "Numbers of staff on a dealer's own list of customers."
    """
    known = {_address(detector): detector for detector in discover()}
    found = [address for address in known if name in (address, address.partition("/")[2])]
    if not found:
        near = get_close_matches(name, [*known, *(address.partition("/")[2] for address in known)], n=3)
        hint = f"Did you mean {' or '.join(near)}?" if near else "`mingcha detectors` lists them."
        raise MingchaError(f"There is no detector {name}.", remedy=hint)
    if len(found) > 1:
        raise MingchaError(f"Several detectors are named {name}.", remedy=f"Ask for one of {', '.join(found)}.")
    module = importlib.import_module(type(known[found[0]]).__module__)
    return inspect.cleandoc(module.__doc__ or "")


def _address(detector: Detector) -> str:
    return f"{detector.family}/{detector.name}"
