"""What a dealer or an interviewer may be doing, and who is weighed for it."""

from enum import StrEnum


class UnitKind(StrEnum):
    """Whom evidence is about."""

    DEALER = "dealer"
    INTERVIEWER = "interviewer"


class Scheme(StrEnum):
    """A way of gaming the scores.

    Examples
    --------
    >>> Scheme.FABRICATED.unit_kind
    <UnitKind.INTERVIEWER: 'interviewer'>
    >>> print(Scheme.COACHED, "-", Scheme.COACHED.meaning)
    coached - tells customers what to answer: scripts, "all tens please"
    """

    COACHED = "coached"
    INCENTIVISED = "incentivised"
    FAKE_CONTACTS = "fake_contacts"
    WITHHELD = "withheld"
    TARGET_GAMING = "target_gaming"
    REVIEW_MANIPULATION = "review_manipulation"
    FABRICATED = "fabricated"

    @property
    def unit_kind(self) -> UnitKind:
        """Who is weighed for this scheme."""
        return UnitKind.INTERVIEWER if self is Scheme.FABRICATED else UnitKind.DEALER

    @property
    def meaning(self) -> str:
        """What the unit does, for a person."""
        return _MEANINGS[self]


_MEANINGS = {
    Scheme.COACHED: 'tells customers what to answer: scripts, "all tens please"',
    Scheme.INCENTIVISED: "gives gifts, free service or vouchers for full marks",
    Scheme.FAKE_CONTACTS: "supplies numbers of staff, friends or nobody instead of the customer's",
    Scheme.WITHHELD: "keeps unhappy customers off the list",
    Scheme.TARGET_GAMING: "does any of it only when the bonus period closes",
    Scheme.REVIEW_MANIPULATION: "buys or organises public reviews",
    Scheme.FABRICATED: "invents or copies interviews; no dealer may be blamed for it",
}
