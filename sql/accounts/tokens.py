"""Random tokens, of which the database holds only the SHA-256: whoever reads it can use none of them."""

import hashlib
import secrets

_BYTES = 32


def new_token() -> str:
    """Return 256 random bits as text that may stand in an address."""
    return secrets.token_urlsafe(_BYTES)


def digest(token: str) -> str:
    """Return the SHA-256 of a token, lower-case hex: 256 random bits need no slow hash.

    Examples
    --------
    >>> digest("mingcha")[:16]
    'b3f10cc39396eccf'
    """
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
