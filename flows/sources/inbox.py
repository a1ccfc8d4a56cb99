"""The inbox: which files were delivered, of which source, in which order."""

import hashlib
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from detectors.core.errors import MingchaError
from detectors.core.sources import SOURCES

FORMATS = (".csv", ".xlsx", ".jsonl", ".parquet")
"""File formats that can be read."""

COMPRESSIONS = (".gz", ".zip")
"""Compressions that any of the formats may be wrapped in."""


@dataclass(frozen=True)
class DeliveredFile:
    """A file in the inbox.

    Parameters
    ----------
    source
        The source that its name begins with.
    path
        Where it lies.
    sha256
        Digest of its bytes, in hexadecimal.
    size_bytes
        Its size.
    """

    source: str
    path: Path
    sha256: str
    size_bytes: int

    @property
    def name(self) -> str:
        """The file's name, as reports and errors say it."""
        return self.path.name


@dataclass(frozen=True)
class IgnoredFile:
    """A file in the inbox that cannot be a delivery, and why."""

    name: str
    reason: str


class Inbox(NamedTuple):
    """What lies in the inbox, in order of delivery."""

    files: list[DeliveredFile]
    ignored: list[IgnoredFile]


def discover(inbox: Path, supplied: Collection[str] = ()) -> Inbox:
    """Find the files that were delivered.

    Delivery order is modification time, then name. Hidden files, folders and the lock files that Excel leaves behind
    (``~$surveys.xlsx``) are passed over in silence; any other file that cannot be a delivery is named in ``ignored``.

    Parameters
    ----------
    inbox
        The folder that files are delivered to.
    supplied
        Sources that need not be in the inbox, since a table or an earlier night supplied them.

    Returns
    -------
    Inbox
        ``files`` and ``ignored``.

    Raises
    ------
    MingchaError
        If the folder is missing or empty, or holds neither surveys nor reviews and neither was supplied.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     for name in ("surveys_2026-10.csv", "notes.docx", "~$surveys.xlsx"):
    ...         _ = Path(folder, name).write_text("response_id")
    ...     files, ignored = discover(Path(folder))
    >>> [(file.source, file.name) for file in files], [file.name for file in ignored]
    ([('surveys', 'surveys_2026-10.csv')], ['notes.docx'])
    """
    if not inbox.is_dir():
        raise MingchaError(
            f"The inbox {inbox} is not a folder.", remedy="Create it, or name the right one with --inbox."
        )
    found: list[tuple[str, Path]] = []
    ignored: list[IgnoredFile] = []
    for path in sorted(inbox.iterdir()):
        if path.name.startswith((".", "~$")) or path.is_dir():
            continue
        source = source_of(path.name)
        reason = _why_ignored(path.name, source)
        if source is None or reason:
            ignored.append(IgnoredFile(path.name, reason))
            continue
        found.append((source, path))
    if not (found and {"surveys", "reviews"} & set(supplied)):
        _require_something_to_weigh(inbox, found, ignored)
    with ThreadPoolExecutor() as threads:
        files = list(threads.map(_look_at, found))
    return Inbox([file for _, file in sorted(files, key=lambda entry: (entry[0], entry[1].name))], ignored)


def _look_at(found: tuple[str, Path]) -> tuple[int, DeliveredFile]:
    source, path = found
    try:
        status = path.stat()
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise MingchaError(
            f"{path.name} cannot be read ({error.strerror}).",
            remedy="Give the user that runs Mingcha the right to read it, or deliver it again.",
        ) from error
    return status.st_mtime_ns, DeliveredFile(source, path, digest, status.st_size)


def source_of(file_name: str) -> str | None:
    """Return the source that a file's name begins with, or None.

    Examples
    --------
    >>> source_of("Surveys_vendor_b_2026-10.xlsx"), source_of("interviews.csv")
    ('surveys', None)
    """
    return next((source for source in SOURCES if file_name.casefold().startswith(source)), None)


def _why_ignored(file_name: str, source: str | None) -> str:
    if source is None:
        return f"its name begins with no source ({', '.join(SOURCES)})"
    if not is_readable_format(file_name):
        return f"its format is none of {', '.join(FORMATS)}, by itself or in {' or '.join(COMPRESSIONS)}"
    return ""


def is_readable_format(file_name: str) -> bool:
    """Tell whether a name ends in a format that can be read; a plain ``.zip`` may hold one.

    Examples
    --------
    >>> [is_readable_format(name) for name in ("a.csv", "a.JSONL.gz", "a.zip", "a.gz", "a.xls")]
    [True, True, True, False, False]
    """
    suffixes = [suffix.casefold() for suffix in Path(file_name).suffixes[-2:]]
    if not suffixes:
        return False
    if suffixes[-1] in COMPRESSIONS:
        return suffixes[0] in FORMATS or suffixes[-1] == ".zip"
    return suffixes[-1] in FORMATS


def _require_something_to_weigh(inbox: Path, found: list[tuple[str, Path]], ignored: list[IgnoredFile]) -> None:
    if any(source in ("surveys", "reviews") for source, _ in found):
        return
    present = sorted(path.name for _, path in found) + sorted(file.name for file in ignored)
    there = f"only {', '.join(present[:10])}" if present else "nothing"
    raise MingchaError(
        f"The inbox {inbox} holds neither surveys nor reviews: {there} was found.",
        remedy="Deliver at least one file named surveys*.csv or reviews*.csv (or .xlsx, .jsonl, .parquet).",
    )
