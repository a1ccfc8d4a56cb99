"""Text as it streams in: its encoding proved, its lines bounded, and always UTF-8 when it comes out."""

import codecs
import io
import re
from typing import IO

import charset_normalizer

from detectors.core.errors import MingchaError

LINE_LIMIT_BYTES = 2**20
"""The longest line that is believed to be a row."""

_SAMPLE_BYTES = 2**16
_PRIVATE_USE = re.compile("[\ue000-\uf8ff]")
_MEANINGLESS_SHARE = 0.05
_CHINESE = re.compile("[\u4e00-\u9fff]")
_CHINESE_PROOF = 5
_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_SAVE_AS_UTF8 = 'Save it as "CSV UTF-8" and deliver it again.'


class NotThisEncodingError(Exception):
    """The text is not in the encoding that it was read as."""


class TextStream(io.RawIOBase):
    """The bytes of a text file, checked as they pass and given out as UTF-8 without a byte-order mark.

    Nothing is read ahead, so that a line of 200 MB costs no more memory than `LINE_LIMIT_BYTES`.

    Parameters
    ----------
    name
        The file's name, for errors.
    source
        The bytes.
    encoding
        ``utf-8`` or ``gb18030``.

    Raises
    ------
    NotThisEncodingError
        While reading, if the bytes are not in that encoding.
    MingchaError
        While reading, at a NUL byte, a line beyond all measure, or UTF-16.
    """

    def __init__(self, name: str, source: IO[bytes], encoding: str) -> None:
        self._name = name
        self._source = source
        self._encoding = encoding
        self._decoder = codecs.getincrementaldecoder(encoding)("strict")
        self._read_bytes = 0
        self._line_feeds = 0
        self._line_bytes = 0
        self._chinese_seen = 0

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    @property
    def line_feeds(self) -> int:
        """How many line feeds have passed."""
        return self._line_feeds

    def read(self, size: int = -1) -> bytes:
        """Return up to about `size` bytes of UTF-8, nothing at the end."""
        size = 2**20 if size is None or size < 0 else size
        while True:
            found = self._source.read(size)
            given = self._check(found)
            if given or not found:
                return given

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Read into a buffer."""
        # A transcoded character never grows beyond twice its bytes, so half a buffer always fits.
        found = self.read(max(1, len(buffer) // 2))
        buffer[: len(found)] = found
        return len(found)

    def close(self) -> None:
        """Close the bytes beneath."""
        if not self.closed:
            self._source.close()
        super().close()

    def _check(self, found: bytes) -> bytes:
        if self._read_bytes == 0 and found.startswith(_UTF16_MARKS):
            raise MingchaError(f"{self._name} is in UTF-16, which is not read.", remedy=_SAVE_AS_UTF8)
        self._refuse_nul(found)
        self._refuse_long_line(found)
        pending = len(self._decoder.getstate()[0])
        if not pending and found.isascii():  # the same in either encoding, and most of what is delivered
            return self._passed(found, found)
        try:
            text = self._decoder.decode(found, final=not found)
        except UnicodeDecodeError as error:
            offset = self._read_bytes - pending + error.start
            line = self._line_feeds + found.count(b"\n", 0, max(0, error.start - pending)) + 1
            where = f"byte {offset:,} (line {line:,})"
            if self._encoding == "utf-8" and self._proved_utf8(error.object[: error.start].decode()):
                raise MingchaError(
                    f"{self._name} is UTF-8, but damaged at {where}.", remedy="Export it again, and do not cut texts."
                ) from error
            raise NotThisEncodingError(where) from error
        if self._encoding == "utf-8":
            self._proved_utf8(text)
        self._refuse_private_use(text)
        return self._passed(found, found if self._encoding == "utf-8" else text.encode())

    def _passed(self, found: bytes, given: bytes) -> bytes:
        at_start = self._read_bytes == 0
        self._read_bytes += len(found)
        self._line_feeds += found.count(b"\n")
        return given.removeprefix(codecs.BOM_UTF8) if at_start else given

    def _proved_utf8(self, text: str) -> bool:
        """Tell whether so much Chinese was read that this is UTF-8, even if a byte is wrong later.

        GB18030 can pass for UTF-8 by chance (联通 is known for it), but never as Chinese.
        """
        if self._chinese_seen < _CHINESE_PROOF and not text.isascii():
            self._chinese_seen += len(_CHINESE.findall(text))
        return self._chinese_seen >= _CHINESE_PROOF

    def _refuse_private_use(self, text: str) -> None:
        """Refuse what GB18030 can decode only into characters that mean nothing, as it does with Big5."""
        if self._encoding == "utf-8":
            return
        chinese = len(text) - len(text.encode("ascii", "ignore"))
        meaningless = len(_PRIVATE_USE.findall(text))
        if meaningless > _MEANINGLESS_SHARE * chinese:
            raise NotThisEncodingError(f"about line {self._line_feeds + 1:,}, characters that mean nothing")

    def _refuse_nul(self, found: bytes) -> None:
        where = found.find(b"\0")
        if where >= 0:
            line = self._line_feeds + found.count(b"\n", 0, where) + 1
            raise MingchaError(
                f"{self._name} has a NUL byte in line {line:,}: it is damaged, or is no text file.",
                remedy="Export it again.",
            )

    def _refuse_long_line(self, found: bytes) -> None:
        start = 0
        while True:
            room = LINE_LIMIT_BYTES - self._line_bytes
            if len(found) - start <= room:
                end = max(found.rfind(b"\n", start), found.rfind(b"\r", start))
                self._line_bytes = len(found) - end - 1 if end >= 0 else self._line_bytes + len(found) - start
                return
            end = max(found.rfind(b"\n", start, start + room), found.rfind(b"\r", start, start + room))
            if end < 0:
                line = self._line_feeds + found.count(b"\n", 0, start) + 1
                raise MingchaError(
                    f"{self._name}: line {line:,} is longer than {LINE_LIMIT_BYTES:,} bytes, which no row is.",
                    remedy="Export it again with one row per line.",
                )
            start, self._line_bytes = end + 1, 0


def unknown_encoding(name: str, sample: bytes, not_utf8: str, not_gb18030: str) -> MingchaError:
    """Say where a text stops being UTF-8 and GB18030, and what it may be instead."""
    guess = charset_normalizer.from_bytes(sample[:_SAMPLE_BYTES]).best()
    maybe = f"; it may be {guess.encoding}" if guess is not None else ""
    return MingchaError(
        f"{name} is neither UTF-8 (wrong at {not_utf8}) nor GB18030 (wrong at {not_gb18030}){maybe}.",
        remedy=_SAVE_AS_UTF8,
    )
