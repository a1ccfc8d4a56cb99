"""The scripts that draw the charts: Vega, Vega-Lite and Vega-Embed as the installed vl-convert carries them."""

import hashlib
import os
from importlib.metadata import version
from pathlib import Path
from tempfile import NamedTemporaryFile

NAME = "vega.js"
_PACKAGE = "vl-convert-python"
_SNIPPET = "window.vegaEmbed = vegaEmbed;"


def digest() -> str:
    """Return what changes when the scripts do, without making them."""
    return hashlib.sha256(f"{_PACKAGE} {version(_PACKAGE)} {_SNIPPET}".encode()).hexdigest()[:12]


def bundle(cache: Path) -> bytes:
    """Return the scripts, made once and kept in the folder if it can be written.

    Parameters
    ----------
    cache
        Need not be there.
    """
    kept = cache / f"vega-{digest()}.js"
    try:
        return kept.read_bytes()
    except OSError:
        pass
    import vl_convert  # noqa: PLC0415 - only the first start needs it

    made: bytes = vl_convert.javascript_bundle(_SNIPPET).encode()
    try:
        cache.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=cache, delete=False) as file:
            file.write(made)
        os.replace(file.name, kept)  # noqa: PTH105 - in one step, or not at all
    except OSError:
        return made  # a home that cannot be written: made anew at the next start
    return made
