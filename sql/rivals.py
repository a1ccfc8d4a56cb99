"""Rivals: other schemes under which much of a finding's evidence would be the same, and what tells them apart.

The same tens may have been coached or bought. Some families of evidence look at nothing but the tens, and say the same
of both; others (what customers tell, when the tens came) do not. Both stand in what the night stored.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_WHOLE_PROFILE = "profile"
"""It looks at everything at once, and is no evidence of its own."""

_WORTH_SHARING_BITS = 1.0
"""With less in common, the other scheme explains nothing that matters."""


@dataclass(frozen=True)
class Looked:
    """What a family said of the unit for one scheme.

    Parameters
    ----------
    bits
        What it adds to the scheme's bits.
    said
        The bits of each of its detectors that did not abstain, by detector.
    """

    bits: float
    said: Mapping[str, float]


@dataclass(frozen=True)
class Rival:
    """Another scheme that explains part of the evidence as well.

    Parameters
    ----------
    scheme
        The other scheme.
    shared
        Families whose evidence is the same for both, that with most bits first.
    shared_bits
        What these add to either.
    apart
        Families that say another thing of the other scheme, or nothing of one of them.
    bits, rival_bits
        What those add to the finding's scheme, and to the other.
    """

    scheme: str
    shared: tuple[str, ...]
    shared_bits: float
    apart: tuple[str, ...]
    bits: float
    rival_bits: float


def rivals_of(scheme: str, looked: Mapping[str, Mapping[str, Looked]]) -> tuple[Rival, ...]:
    """Return the other schemes that share evidence which speaks for this one, the most alike first.

    Parameters
    ----------
    scheme
        The finding's.
    looked
        What each family said of the unit, by scheme and family.

    Examples
    --------
    >>> tens = {"ratings": Looked(2.0, {"facts": 2.0})}
    >>> told = {"wording": Looked(5.0, {"telling": 5.0})}
    >>> looked = {"coached": tens | told, "incentivised": tens | {"wording": Looked(-1.0, {"gifts": -1.0})}}
    >>> rivals_of("coached", looked)[0]
    Rival(scheme='incentivised', shared=('ratings',), shared_bits=2.0, apart=('wording',), bits=5.0, rival_bits=-1.0)
    """
    own = _independent(looked.get(scheme, {}))
    found = []
    for other, families in looked.items():
        theirs = _independent(families)
        shared = [name for name in own.keys() & theirs.keys() if own[name].said and own[name].said == theirs[name].said]
        if other == scheme or sum(own[name].bits for name in shared) < _WORTH_SHARING_BITS:
            continue
        apart = [
            name
            for name in own.keys() | theirs.keys()
            if name not in shared and any(name in side and side[name].said for side in (own, theirs))
        ]
        found.append(
            Rival(
                other,
                tuple(sorted(shared, key=lambda name: (-own[name].bits, name))),
                sum(own[name].bits for name in shared),
                tuple(sorted(apart, key=lambda name: (-_bits(own, [name]) + _bits(theirs, [name]), name))),
                _bits(own, apart),
                _bits(theirs, apart),
            )
        )
    return tuple(sorted(found, key=lambda rival: (-rival.rival_bits, rival.scheme)))


def _independent(families: Mapping[str, Looked]) -> dict[str, Looked]:
    return {name: looked for name, looked in families.items() if name != _WHOLE_PROFILE}


def _bits(families: Mapping[str, Looked], names: Iterable[str]) -> float:
    return sum(families[name].bits for name in names if name in families)
