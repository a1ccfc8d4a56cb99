"""The secret key behind every token.

A phone number has eleven digits, so a plain hash of it is undone by hashing all of them. A keyed hash (HMAC-SHA256,
RFC 2104) is not, as long as the key stays apart from the lake and the database: without it nobody can turn a token
back into a number, or tell whether a number they know is there.
"""

import base64
import hashlib
import hmac
import os
import secrets
import string
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import NoReturn, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lake.errors import KeyInvalid, KeyLost
from lake.tables import delivered

_KEY_BYTES = 32
_BLOCK_BYTES = 64
_TOKEN_BYTES = 12
_LOOK_UP_FROM = 0.2
"""Values per remembered one from which looking up is quicker than hashing anew: each look-up indexes all of those."""

TOKEN_LENGTH = 16
"""Characters of a token: 96 bits, so that among 100 million values a collision has a chance of 1 in 10 trillion."""


class Key:
    """An HMAC-SHA256 key that tells nobody what it is.

    Neither ``repr``, ``str`` nor a pickle holds it: only the two hash states that it has been absorbed into are kept.

    Parameters
    ----------
    secret
        The key, 32 bytes.
    origin
        Where it came from, for messages: its file, or the environment.

    Examples
    --------
    >>> key = Key(bytes(32), origin="an example")
    >>> key
    Key(origin='an example', fingerprint='cb087bf7dc799fed')
    >>> key.tokens("phone", pa.array(["13812345678", None, "13812345678"])).to_pylist()
    ['0rKQPILMw3zX2cA1', None, '0rKQPILMw3zX2cA1']
    """

    def __init__(self, secret: bytes, *, origin: str) -> None:
        if len(secret) != _KEY_BYTES:
            raise KeyInvalid(
                f"The key in {origin} has {len(secret)} bytes, expected {_KEY_BYTES}.",
                remedy="Give the key as 64 hexadecimal digits.",
            )
        self.origin = origin
        self.fingerprint = hmac.digest(secret, b"mingcha key fingerprint", "sha256").hex()[:16]
        # RFC 2104, section 4: the states after the padded key can be computed once. Copying them costs a third of
        # hmac.digest, which matters for millions of numbers a night; the key itself is not kept.
        padded = secret.ljust(_BLOCK_BYTES, b"\0")
        self._inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in padded))
        self._outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in padded))
        self._remembered: dict[str, _Known] | None = None
        self._hashing = Lock()

    def __repr__(self) -> str:
        return f"Key(origin={self.origin!r}, fingerprint={self.fingerprint!r})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("A key is never pickled: pass on where it is kept, and load it there.")

    @classmethod
    def load(
        cls,
        path: Path,
        environment: str | None,
        *,
        lake: Path | str,
        storage_options: dict[str, str] | None = None,
    ) -> Self:
        """Take the key from the environment, else from its file, which is made on first use.

        Parameters
        ----------
        path
            The key file: 64 hexadecimal digits, readable by its owner alone.
        environment
            The value of ``MINGCHA_KEY``, which goes before the file, or None.
        lake
            The lake that the key is for. A new key is made only while it has no table.
        storage_options
            Credentials and the like, if the lake is an object store.

        Raises
        ------
        KeyLost
            If the lake has tables but there is no key.
        KeyInvalid
            If what is found is not a key, or the file cannot be read or made.
        """
        if environment is not None:
            return cls(_parse(environment, "MINGCHA_KEY"), origin="MINGCHA_KEY")
        try:
            if not path.exists():
                if tables := delivered(lake, storage_options):
                    raise KeyLost(
                        f"The key file {path} is gone, but {lake} has tables ({', '.join(tables)}).",
                        remedy="Restore the file from its backup, or set MINGCHA_KEY; without it begin a new lake.",
                    )
                _create(path)
            return cls(_parse(path.read_text("ascii"), str(path)), origin=str(path))
        except (OSError, UnicodeDecodeError) as error:
            why = error.strerror if isinstance(error, OSError) else "not hexadecimal digits"
            raise KeyInvalid(
                f"The key file {path} cannot be used: {why}.",
                remedy="Mend the file or its folder's permissions, or set MINGCHA_KEY.",
            ) from None

    def tokens(self, kind: str, values: pa.Array) -> pa.Array:
        """Replace values by tokens; equal values of one kind, and only those, get equal tokens.

        Parameters
        ----------
        kind
            What the values are. A phone number and a customer number of the same digits share no token.
        values
            Strings in canonical form, dictionary-encoded or not; missing stays missing.

        Returns
        -------
        pyarrow.Array
            ``large_string``: the first 16 characters of base64url(HMAC-SHA256(key, kind ":" value)).
        """
        if pa.types.is_dictionary(values.type):
            return self.tokens(kind, values.dictionary).take(values.indices)
        if self._remembered is None:
            encoded = values.dictionary_encode()
            return self._tokens_of_distinct(kind, encoded.dictionary).take(encoded.indices)
        known = self._remembered.setdefault(kind, _Known())
        with known.lock:
            return known.tokens_of(values.cast(pa.large_string()), lambda new: self._tokens_of_distinct(kind, new))

    @contextmanager
    def remembering(self) -> Iterator[None]:
        """Hash no value twice within the block: most customers of one source are those of another."""
        self._remembered = {}
        try:
            yield
        finally:
            self._remembered = None

    def _tokens_of_distinct(self, kind: str, distinct: pa.Array) -> pa.Array:
        values: list[bytes] = distinct.cast(pa.large_binary()).to_pylist()
        inner = self._inner.copy()
        inner.update(f"{kind}:".encode())
        # Two threads that both hash would do nothing but take Python's lock from each other.
        with self._hashing:
            digests = _digests(inner, self._outer, values)
        # 12 bytes are exactly 16 characters, so all tokens are encoded at once and cut by offsets.
        whole = np.frombuffer(b"".join(digests), np.uint8).reshape(-1, hashlib.sha256().digest_size)
        characters = base64.urlsafe_b64encode(whole[:, :_TOKEN_BYTES].tobytes())
        offsets = np.arange(len(values) + 1, dtype=np.int64) * TOKEN_LENGTH
        return pa.LargeStringArray.from_buffers(len(values), pa.py_buffer(offsets), pa.py_buffer(characters))


def _digests(inner: "hashlib._Hash", outer: "hashlib._Hash", values: list[bytes]) -> list[bytes]:
    new_inner, new_outer = inner.copy, outer.copy  # a name looked up a million times costs as much as a hash
    digests = []
    for value in values:
        message = new_inner()
        message.update(value)
        sealed = new_outer()
        sealed.update(message.digest())
        digests.append(sealed.digest())
    return digests


class _Known:
    """Values of one kind whose tokens were made already."""

    def __init__(self) -> None:
        self.lock = Lock()
        self._values = pa.array([], pa.large_string())
        self._tokens = pa.array([], pa.large_string())

    def tokens_of(self, values: pa.Array, make: Callable[[pa.Array], pa.Array]) -> pa.Array:
        """Return the token of each value, making those that are new."""
        if len(values) < len(self._values) * _LOOK_UP_FROM:
            encoded = values.dictionary_encode()
            return make(encoded.dictionary).take(encoded.indices)
        place = pc.index_in(values, value_set=self._values)
        is_new = pc.and_(pc.is_null(place), pc.is_valid(values))
        if pc.any(is_new).as_py():
            new = values.filter(is_new).dictionary_encode()
            place = pc.replace_with_mask(place, is_new, pc.add(new.indices, len(self._values)).cast(place.type))
            self._tokens = pa.concat_arrays([self._tokens, make(new.dictionary)])
            self._values = pa.concat_arrays([self._values, new.dictionary])
        return self._tokens.take(place)


def _parse(text: str, origin: str) -> bytes:
    digits = text.strip()
    if len(digits) != 2 * _KEY_BYTES or not set(digits) <= set(string.hexdigits):
        raise KeyInvalid(
            f"The key in {origin} is not {2 * _KEY_BYTES} hexadecimal digits (it has {len(digits)} characters).",
            remedy="Restore it from its backup; for a new lake, remove it and it is made on first use.",
        )
    return bytes.fromhex(digits)


def _create(path: Path) -> None:
    """Make the file whole or not at all, even if the power fails, and never over another process's key."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(_KEY_BYTES) + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            path.hardlink_to(draft)
        except FileExistsError:
            return  # another process was first, and its key is the one
    finally:
        draft.unlink()
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
