"""What the families of evidence and the columns of a record are called."""

from collections.abc import Iterable

from review.language import Words, mark, names

FAMILIES = {
    "ratings": mark("Ratings against facts"),
    "wording": mark("What customers said"),
    "contacts": mark("Contact list"),
    "timing": mark("Timing"),
    "crosschecks": mark("Cross-checks"),
    "interviewers": mark("Interviews of one caller"),
    "reviews": mark("Public reviews"),
    "profile": mark("Whole profile"),
}

SOURCES = {"surveys": mark("interview"), "reviews": mark("review"), "contacts": mark("contact")}

DISPOSITIONS = {
    "completed": mark("completed"),
    "refused": mark("refused"),
    "no_answer": mark("no answer"),
    "busy": mark("busy"),
    "callback": mark("call back"),
    "out_of_service": mark("out of service"),
    "wrong_number": mark("wrong number"),
    "not_customer": mark("not a customer"),
    "screened_out": mark("screened out"),
}


def family_name(words: Words, family: str) -> str:
    """Return what a family of evidence is called.

    Examples
    --------
    >>> from review.language import words
    >>> family_name(words("en"), "contacts")
    'Contact list'
    """
    return names.named(words, FAMILIES, family)


def family_names(words: Words, families: Iterable[str]) -> str:
    """Return several families of evidence as one reads them aloud.

    Examples
    --------
    >>> from review.language import words
    >>> family_names(words("en"), ["ratings", "contacts"])
    'Ratings against facts, Contact list'
    """
    return words.gettext(", ").join(family_name(words, family) for family in families)
