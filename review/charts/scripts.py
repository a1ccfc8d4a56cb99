"""The scripts that draw the charts: Vega, Vega-Lite and Vega-Embed as the installed vl-convert carries them."""

import hashlib
import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from tempfile import NamedTemporaryFile

NAME = "vega.js"
_PACKAGE = "vl-convert-python"
_SNIPPET = "window.vegaEmbed = vegaEmbed;"
_PUT_TOGETHER = "import sys, vl_convert; sys.stdout.buffer.write(vl_convert.javascript_bundle(sys.argv[1]).encode())"


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
    made = _made()
    try:
        cache.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=cache, delete=False) as file:
            file.write(made)
        os.replace(file.name, kept)  # noqa: PTH105 - in one step, or not at all
    except OSError:
        return made  # a home that cannot be written: made anew at the next start
    return made


def _made() -> bytes:
    """Have the scripts put together in a process of their own: for over a second, no other thread would get a turn."""
    command = [sys.executable, "-c", _PUT_TOGETHER, _SNIPPET]
    return subprocess.run(command, capture_output=True, check=True).stdout  # noqa: S603 - our own command
