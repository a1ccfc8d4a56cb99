"""What can go wrong between a delivery and the lake, each with its remedy."""

# ruff: noqa: N818 - named for what a person finds, as in "the key is lost"

from detectors.core.errors import MingchaError


class KeyInvalid(MingchaError):
    """The key is not 32 bytes in hexadecimal digits, or its file cannot be read or made."""


class KeyLost(MingchaError):
    """The lake has tables, but the key that their tokens were made with is gone."""


class KeyMismatch(MingchaError):
    """The lake's tokens were made with another key."""


class LakeBusy(MingchaError):
    """Another process is writing to the same table."""


class LakeUnreadable(MingchaError):
    """A table, or a version of it, cannot be read."""


class LakeUnwritable(MingchaError):
    """A table cannot be written: a full disk, a read-only folder, a wrong address."""
