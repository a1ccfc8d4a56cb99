"""The log of a run: one JSON object a line in the home, and never a personal value.

Only what we say ourselves is written: events with names, counts and times. Of an exception nobody foresaw its type and
where it arose are kept and not its message, because a message of a library may quote a cell.
"""

import json
import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from detectors.core.errors import MingchaError

LOGGER = logging.getLogger("mingcha")


class _AsJson(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        told: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
            **getattr(record, "facts", {}),
        }
        if record.exc_info and record.exc_info[1] is not None:
            told |= _fault(record.exc_info[1])
        return json.dumps(told, ensure_ascii=False, default=str)


def _fault(error: BaseException) -> dict[str, Any]:
    places = [f"{frame.filename}:{frame.lineno} in {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]
    known = {"what": error.what, "remedy": error.remedy} if isinstance(error, MingchaError) else {}
    return {"error": type(error).__name__, **known, "places": places}


def note(event: str, **facts: object) -> None:
    """Write an event with its facts: names, counts and times only."""
    LOGGER.info(event, extra={"facts": facts})


@contextmanager
def logbook(path: Path) -> Iterator[None]:
    """Write every event of the block into `path`, and the error that ends it.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> with logbook(folder / "run.jsonl"):
    ...     note("landed", source="surveys", rows=3)
    >>> line = json.loads((folder / "run.jsonl").read_text())
    >>> line["event"], line["source"], line["rows"]
    ('landed', 'surveys', 3)
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handler = logging.FileHandler(path, encoding="utf-8")
    handler.setFormatter(_AsJson())
    LOGGER.addHandler(handler)
    LOGGER.setLevel(logging.INFO)
    LOGGER.propagate = False
    try:
        yield
    except BaseException as error:
        LOGGER.error("failed", exc_info=error)
        raise
    finally:
        LOGGER.removeHandler(handler)
        handler.close()
