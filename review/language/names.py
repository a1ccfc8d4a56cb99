"""What stored values are called on a page."""

from review.language import Words, mark

SCHEMES = {
    "coached": mark("Coached customers"),
    "incentivised": mark("Rewards for full marks"),
    "fake_contacts": mark("Contacts who are not the customer"),
    "withheld": mark("Withheld customers"),
    "target_gaming": mark("Surge when bonuses close"),
    "review_manipulation": mark("Organised reviews"),
    "fabricated": mark("Interviews that may not have happened"),
}
OUTCOMES = {
    "confirmed": mark("confirmed"),
    "refuted": mark("refuted"),
    "inconclusive": mark("inconclusive"),
}
STATUSES = {
    "new": mark("new"),
    "investigating": mark("investigating"),
    "waiting": mark("waiting"),
    "closed": mark("closed"),
}
SEVERITIES = {"high": mark("high"), "medium": mark("medium"), "low": mark("low")}
ROLES = {
    "reviewer": mark("reviewer"),
    "lead": mark("lead reviewer"),
    "auditor": mark("auditor"),
    "admin": mark("administrator"),
}
UNIT_KINDS = {"dealer": mark("dealer"), "interviewer": mark("interviewer"), "vendor": mark("survey agency")}


def named(words: Words, names: dict[str, str], value: str | None) -> str:
    """Return what a stored value is called; a value without a name is shown as it is."""
    if value is None:
        return ""
    return words.gettext(names[value]) if value in names else value
