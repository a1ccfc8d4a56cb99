"""The stylesheet and the scripts: addresses that change with the content, so that browsers keep them for good."""

import gzip
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from fastapi import APIRouter, HTTPException, Request, Response

from review.charts import scripts
from review.security.permissions import Permission
from review.security.roles import requires

_FOLDER = Path(__file__).parent / "static"
_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class Asset:
    """One file that every visitor may fetch.

    Parameters
    ----------
    name
        Its file name.
    digest
        Changes when the content does.
    read
        Returns the content.
    """

    name: str
    digest: str
    read: Callable[[], bytes] = field(repr=False)

    @cached_property
    def content(self) -> bytes:
        """The content, read once."""
        return self.read()

    @cached_property
    def zipped(self) -> bytes:
        """The content for browsers that take gzip."""
        return gzip.compress(self.content, 6, mtime=0)

    @property
    def media_type(self) -> str:
        """What the browser is told it is."""
        return _TYPES[Path(self.name).suffix]


class Assets:
    """What lies in ``review/static``, and the charts' scripts.

    Parameters
    ----------
    cache
        A folder in which the scripts are kept once they are made.
    """

    def __init__(self, cache: Path) -> None:
        ours = [
            Asset(path.name, hashlib.sha256(path.read_bytes()).hexdigest()[:12], path.read_bytes)
            for path in _FOLDER.iterdir()
            if path.suffix in _TYPES
        ]
        charts = Asset(scripts.NAME, scripts.digest(), lambda: scripts.bundle(cache))
        self.by_name = {asset.name: asset for asset in [*ours, charts]}

    def read_ahead(self, name: str) -> None:
        """Have a file ready before the first visitor asks for it."""
        _ = self.by_name[name].zipped

    def path_of(self, name: str) -> str:
        """Return the address of a file."""
        return f"/static/{self.by_name[name].digest}/{name}"


@router.get("/static/{digest}/{name}", name="static", dependencies=[requires(Permission.PUBLIC, whoever=True)])
def show(request: Request, digest: str, name: str) -> Response:
    """Answer with one file, kept for a year if the address is of this very content, or that it has not changed."""
    asset: Asset | None = request.app.state.assets.by_name.get(name)
    if asset is None:
        raise HTTPException(404)
    kept = "public, max-age=31536000, immutable" if digest == asset.digest else "no-cache"
    # Weak: the same content is sent zipped and plain.
    tag = f'W/"{asset.digest}"'
    headers = {"Cache-Control": kept, "ETag": tag, "Vary": "Accept-Encoding"}
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(asset.zipped, media_type=asset.media_type, headers=headers | {"Content-Encoding": "gzip"})
    return Response(asset.content, media_type=asset.media_type, headers=headers)
