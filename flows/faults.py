"""Faults of the machine under us: which of them can pass, and how the others are said to a person."""

import errno

from detectors.core.errors import MingchaError
from lake.errors import LakeBusy
from sql.errors import StoreError

_SAID = {
    errno.ENOSPC: ("The disk is full", "Free some space and run again; what was finished before is whole."),
    errno.EDQUOT: ("The disk quota is used up", "Free some space and run again; what was finished before is whole."),
    errno.EFBIG: ("A file may not grow any further", "Raise the limit on file sizes (ulimit -f) and run again."),
    errno.EROFS: ("The disk is read-only", "Make it writable or choose another --home, and run again."),
    errno.EACCES: (
        "Access is denied",
        "Let this account read and write there or choose another --home, and run again.",
    ),
    errno.EPERM: ("The operation is not permitted", "Let this account read and write there, and run again."),
    errno.ENOTDIR: (
        "A file stands where a directory is needed",
        "Move it away or choose another --home, and run again.",
    ),
    errno.EMFILE: ("Too many files are open", "Raise the limit on open files (ulimit -n) and run again."),
}

_PASSES = ("is locked by another process", "cannot be reached", "has no free connection")


def can_pass(error: BaseException) -> bool:
    """Tell whether trying again may help: a locked database, a server or an object store out of reach.

    Examples
    --------
    >>> can_pass(TimeoutError("the object store took too long")), can_pass(ValueError("nonsense"))
    (True, False)
    >>> can_pass(StoreError("The database mingcha.db is locked by another process.", remedy="Wait."))
    True
    """
    if isinstance(error, StoreError):
        return any(said in error.what for said in _PASSES)
    if isinstance(error, LakeBusy | ConnectionError | TimeoutError):
        return True
    return isinstance(error, MingchaError) and error.__cause__ is not None and can_pass(error.__cause__)


def explain(error: BaseException) -> MingchaError | None:
    """Return what a person should read of an error, or None if it is one that nobody foresaw.

    Examples
    --------
    >>> print(explain(OSError(errno.ENOSPC, "No space left on device", "lake/surveys")))
    The disk is full: lake/surveys. Free some space and run again; what was finished before is whole.
    >>> explain(ValueError("nonsense")) is None
    True
    """
    if isinstance(error, MingchaError):
        return error
    if isinstance(error, OSError) and error.errno in _SAID:
        what, remedy = _SAID[error.errno]
        return MingchaError(f"{what}: {error.filename}." if error.filename else f"{what}.", remedy=remedy)
    if isinstance(error, MemoryError):
        return MingchaError("The memory is used up.", remedy="Close other programs or shorten window_months.")
    return None
