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
from pathlib import Path
from typing import NoReturn, Self

import numpy as np
import pyarrow as pa

from lake.errors import KeyInvalid, KeyLost
from lake.tables import delivered

_KEY_BYTES = 32
_BLOCK_BYTES = 64

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
        # RFC 2104, section 4: the states after the padded key can be computed once; the key itself is not kept.
        padded = secret.ljust(_BLOCK_BYTES, b"\0")
        inner, outer = (bytes(byte ^ mask for byte in padded) for mask in (0x36, 0x5C))
        self._inner, self._outer = hashlib.sha256(inner), hashlib.sha256(outer)
        from lake.hashing import absorbed  # noqa: PLC0415 - compiled code, for who makes tokens only

        self._states = absorbed(inner), absorbed(outer)
        self._refuse_wrong_tokens()

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
            Strings in canonical form; missing stays missing.

        Returns
        -------
        pyarrow.Array
            ``large_string``: the first 16 characters of base64url(HMAC-SHA256(key, kind ":" value)).
        """
        from lake.hashing import LONGEST, tokens  # noqa: PLC0415

        prefix = f"{kind}:".encode()
        present = values.drop_null().cast(pa.large_string())
        offsets = np.frombuffer(present.buffers()[1], np.int64)[present.offset :][: len(present) + 1]
        made = tokens(np.frombuffer(present.buffers()[2] or b"", np.uint8), offsets, prefix, self._states)
        too_long = np.flatnonzero(np.diff(offsets) > LONGEST - len(prefix))
        if len(too_long):
            cut = np.frombuffer(made, f"S{TOKEN_LENGTH}").copy()
            cut[too_long] = [self._token(prefix + present[int(row)].as_py().encode()) for row in too_long]
            made = cut.tobytes()
        is_valid = values.is_valid().to_numpy(zero_copy_only=False)
        ends = np.append(0, np.cumsum(is_valid, dtype=np.int64)) * TOKEN_LENGTH
        bits = np.packbits(is_valid, bitorder="little")
        buffers = [pa.py_buffer(bits), pa.py_buffer(ends), pa.py_buffer(made)]
        return pa.Array.from_buffers(pa.large_string(), len(values), buffers, values.null_count)

    def _token(self, message: bytes) -> bytes:
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(message)
        outer.update(inner.digest())
        return base64.urlsafe_b64encode(outer.digest())[:TOKEN_LENGTH]

    def _refuse_wrong_tokens(self) -> None:
        """Compare with hashlib: a fault of the compiler's must not fill a lake with tokens that nothing else has."""
        messages = [f"proof:{number}" for number in range(100)]
        made = self.tokens("proof", pa.array([message.partition(":")[2] for message in messages]))
        if made.to_pylist() != [self._token(message.encode()).decode() for message in messages]:
            raise KeyInvalid(
                "Tokens are made wrongly on this machine.",
                remedy="Reinstall numba and llvmlite, and remove the folder lake/__pycache__; nothing was written.",
            )


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
