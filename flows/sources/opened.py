"""Opening a delivered file: what it is, and its bytes out of gz or zip, with a bound on what may come out."""

import gzip
import io
import zipfile
import zlib
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Self

from detectors.core.errors import MingchaError
from flows.sources.inbox import FORMATS, DeliveredFile

EXPANSION_LIMIT = 200
"""How many times its size a compressed file may grow; real tables grow 5 to 30 times."""

EXPANSION_FLOOR_BYTES = 64 * 2**20
"""A file that stays below this may grow as it likes."""

_DELIVER_AGAIN = "Deliver the whole file again."


@dataclass(frozen=True)
class OpenedFile:
    """A delivered file, and how to get at its bytes.

    Parameters
    ----------
    file
        The file.
    format
        Its format without the dot: ``csv``, ``xlsx``, ``jsonl`` or ``parquet``.
    compression
        ``.gz``, ``.zip`` or nothing.
    member
        The name of the file inside a zip.
    """

    file: DeliveredFile
    format: str
    compression: str
    member: str = ""

    @classmethod
    def of(cls, file: DeliveredFile) -> Self:
        """Look at a file's name, and into it if it is a zip.

        Raises
        ------
        MingchaError
            If a zip is broken, is locked with a password, or does not hold exactly one file of a readable format.
        """
        suffix = file.path.suffix.casefold()
        if suffix == ".gz":
            return cls(file, Path(file.path.stem).suffix.casefold().removeprefix("."), suffix)
        if suffix == ".zip":
            member = _only_member(file)
            return cls(file, Path(member.filename).suffix.casefold().removeprefix("."), suffix, member.filename)
        return cls(file, suffix.removeprefix("."), "")

    def stream(self) -> IO[bytes]:
        """Return the bytes from the beginning, uncompressed."""
        if self.compression:
            return io.BufferedReader(_Expanded(self), buffer_size=2**20)
        return self.file.path.open("rb")

    def bytes(self) -> bytes:
        """Return all bytes at once, uncompressed."""
        with self.stream() as stream:
            return stream.read()


def refuse_expansion(name: str, compressed_bytes: int, expanded_bytes: int) -> None:
    """Refuse a file that grows beyond all measure when uncompressed.

    Raises
    ------
    MingchaError
        If it does.
    """
    if expanded_bytes > max(EXPANSION_FLOOR_BYTES, EXPANSION_LIMIT * compressed_bytes):
        raise MingchaError(
            f"{name} ({compressed_bytes:,} bytes) grows to more than {EXPANSION_LIMIT} times its size when "
            "uncompressed, which no real table does.",
            remedy="Ask the sender what it is; if it is genuine, deliver it uncompressed.",
        )


class _Expanded(io.RawIOBase):
    """The bytes that come out of a compressed file, counted."""

    def __init__(self, opened: OpenedFile) -> None:
        self._file = opened.file
        self._expanded_bytes = 0
        self._archive: zipfile.ZipFile | None = None
        self._source: IO[bytes] | gzip.GzipFile
        if opened.compression == ".gz":
            self._source = gzip.GzipFile(opened.file.path, "rb")
        else:
            self._archive = zipfile.ZipFile(opened.file.path)
            self._source = self._archive.open(opened.member)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        try:
            found = self._source.read(len(buffer))
        except EOFError as error:
            raise MingchaError(
                f"{self._file.name} is cut off: the end of what was compressed is missing.",
                remedy=_DELIVER_AGAIN,
            ) from error
        except (OSError, zlib.error, zipfile.BadZipFile) as error:
            raise MingchaError(
                f"{self._file.name} is damaged: it cannot be uncompressed ({error}).",
                remedy=_DELIVER_AGAIN,
            ) from error
        self._expanded_bytes += len(found)
        refuse_expansion(self._file.name, self._file.size_bytes, self._expanded_bytes)
        buffer[: len(found)] = found
        return len(found)

    def close(self) -> None:
        if not self.closed:
            with suppress(AttributeError):
                self._source.close()
            if self._archive is not None:
                self._archive.close()
        super().close()


def _only_member(file: DeliveredFile) -> zipfile.ZipInfo:
    try:
        with zipfile.ZipFile(file.path) as archive:
            members = [
                member
                for member in archive.infolist()
                # What macOS adds to every zip.
                if not member.is_dir() and "__MACOSX/" not in member.filename and not _is_hidden(member.filename)
            ]
    except (zipfile.BadZipFile, OSError) as error:
        raise MingchaError(f"{file.name} is cut off or is not a zip ({error}).", remedy=_DELIVER_AGAIN) from error
    if len(members) != 1:
        names = ", ".join(member.filename for member in members[:5])
        raise MingchaError(
            f"{file.name} holds {len(members)} files ({names}) where one was expected.",
            remedy="Deliver one file per zip.",
        )
    member = members[0]
    if Path(member.filename).suffix.casefold() not in FORMATS:
        raise MingchaError(
            f"{file.name} holds {member.filename}, which is none of {', '.join(FORMATS)}.",
            remedy="Deliver it in one of these formats.",
        )
    if member.flag_bits & 0x1:
        raise MingchaError(f"{file.name} is locked with a password.", remedy="Deliver it without one.")
    refuse_expansion(file.name, file.size_bytes, member.file_size)
    return member


def _is_hidden(member_name: str) -> bool:
    return Path(member_name).name.startswith(".")
