"""What was observed: Delta tables of accepted rows, pseudonymised, every version readable."""

from lake.errors import KeyInvalid, KeyLost, KeyMismatch, LakeBusy, LakeUnreadable, LakeUnwritable
from lake.history import history
from lake.keys import Key
from lake.landing import Landed, land
from lake.observing import newest, observe
from lake.pseudonyms import pseudonymise
from lake.tables import versions

__all__ = [
    "Key",
    "KeyInvalid",
    "KeyLost",
    "KeyMismatch",
    "LakeBusy",
    "LakeUnreadable",
    "LakeUnwritable",
    "Landed",
    "history",
    "land",
    "newest",
    "observe",
    "pseudonymise",
    "versions",
]
