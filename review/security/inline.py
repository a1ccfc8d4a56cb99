"""The policy of a page that carries its own style: only that very style, and nothing else, may be read."""

import base64
import hashlib
import re

_STYLE = re.compile(r"<style[^>]*>(.*?)</style>", re.DOTALL | re.IGNORECASE)
_ATTRIBUTE = re.compile(r"<[^>]+?\sstyle=\"([^\"]*)\"", re.IGNORECASE)


def policy_for(page: str) -> str:
    """Return the Content-Security-Policy that lets through the styles of a page as they are, by their hashes.

    Parameters
    ----------
    page
        An HTML page of ours that needs no script, no picture but inline SVG, and nothing of any other place.

    Examples
    --------
    >>> for directive in policy_for("<style>p { color: red }</style><p>A page</p>").split("; "):
    ...     print(directive)
    default-src 'none'
    style-src 'sha256-ngewhhP73WDIbgwseeu52VAAJgKdGUsu1IUQQsAm8m4='
    img-src data:
    base-uri 'none'
    form-action 'none'
    frame-ancestors 'none'
    """
    styles = [_hash(style) for style in _STYLE.findall(page)]
    attributes = sorted({_hash(style) for style in _ATTRIBUTE.findall(page)})
    if attributes:
        styles += ["'unsafe-hashes'", *attributes]
    return "; ".join(
        (
            "default-src 'none'",
            f"style-src {' '.join(styles)}" if styles else "style-src 'none'",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        )
    )


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
