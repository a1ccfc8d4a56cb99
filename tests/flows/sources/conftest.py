import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from flows.sources import DeliveredFile
from flows.sources.inbox import source_of

Deliver = Callable[[str, bytes | str], DeliveredFile]


@pytest.fixture
def deliver(tmp_path: Path) -> Deliver:
    """Write a file as an agency would deliver it."""

    def write(name: str, content: bytes | str) -> DeliveredFile:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        source = source_of(name)
        assert source is not None
        data = path.read_bytes()
        return DeliveredFile(source, path, hashlib.sha256(data).hexdigest(), len(data))

    return write
