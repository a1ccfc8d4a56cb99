"""What the words and figures of the console mean, and the keys it listens to."""

from fastapi import APIRouter, Request, Response

from review.language import Words, words_of
from review.language.figures import number
from review.rendering import render
from review.security.roles import Permission, requires

_PRIOR = 0.01

router = APIRouter(include_in_schema=False)


@router.get("/help", name="guide", dependencies=[requires(Permission.SIGNED_IN)])
def show(request: Request) -> Response:
    """Show the guide."""
    words = words_of(request)
    return render(
        request,
        "guide.html",
        scale=_scale(words),
        schemes=_schemes(words),
        shortcuts=shortcuts(words),
        words=_terms(words),
    )


def shortcuts(words: Words) -> list[tuple[tuple[str, ...], str]]:
    """Return each group of keys, and what pressing one does."""
    _ = words.gettext
    return [
        (("j", "k"), _("the next and the previous row of a list, or case of the queue")),
        (("Enter",), _("open the row")),
        (("n",), _("take the next case")),
        (("/",), _("search")),
        (("x",), _("tick the row")),
        (("?",), _("show the keys of the page")),
    ]


def _scale(words: Words) -> list[dict[str, object]]:
    _ = words.gettext
    said = {
        -3: _("speaks against it"),
        0: _("says nothing"),
        3: _("a hint"),
        7: _("an even chance, from one in a hundred"),
        10: _("strong"),
        14: _("very strong"),
    }
    rows: list[dict[str, object]] = []
    for bits, text in said.items():
        odds = _PRIOR / (1 - _PRIOR) * 2.0**bits
        factor = number(2.0**bits, 0 if bits >= 0 else 3)
        rows.append({"bits": bits, "factor": factor, "probability": odds / (1 + odds), "words": text})
    return rows


def _schemes(words: Words) -> list[tuple[str, str]]:
    _ = words.gettext
    return [
        ("coached", _("tells customers what to answer, by scripts or “all tens please”")),
        ("incentivised", _("gives gifts, free service or vouchers for full marks")),
        ("fake_contacts", _("supplies numbers of staff, friends or nobody in place of the customer's")),
        ("withheld", _("keeps unhappy customers off the list")),
        ("target_gaming", _("does any of it only when the bonus period closes")),
        ("review_manipulation", _("buys or organises public reviews")),
        ("fabricated", _("an interviewer invents or copies interviews; no dealer is blamed for it")),
    ]


def _terms(words: Words) -> list[tuple[str, str]]:
    _ = words.gettext
    return [
        (_("unit"), _("a dealer or an interviewer: whom evidence is about")),
        (_("case"), _("what is open about one unit, with one finding for each scheme")),
        (_("finding"), _("one scheme in a case, to be decided by people")),
        (_("family"), _("detectors that look at the same kind of trace, such as wording or contacts")),
        (_("fair range"), _("what honest units of this size show; outside it evidence begins")),
        (_("adjusted score"), _("the score without the part that the evidence puts in doubt, with its interval")),
        (_("abstained"), _("too few rows or a source was missing, so nothing was said: 0 bits")),
        (_("wave"), _("the month in which an agency interviewed")),
        (_("verbatim"), _("what a customer said in their own words, personal details removed")),
        (_("disposition"), _("how a call ended: completed, refused, no answer, wrong number")),
    ]
