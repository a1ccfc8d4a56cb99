"""The two languages of the console: English, which the code is written in, and 简体中文 from ``zh.po``."""

from dataclasses import dataclass
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import Final

from babel.core import negotiate_locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from fastapi import Request

from review.security.cookies import LANGUAGE, read

LANGUAGES: Final = {"en": "English", "zh": "简体中文"}
"""The languages by code, each as it calls itself."""
TAGS: Final = {"en": "en", "zh": "zh-Hans"}
"""What the browser is told about a page in each."""
CATALOGUE = Path(__file__).parent / "zh.po"


@dataclass(frozen=True)
class Words:
    """One language's words.

    Parameters
    ----------
    language
        ``en`` or ``zh``.
    translations
        What the texts of the code are in it.

    Examples
    --------
    >>> words("zh").gettext("Sign in"), words("en").said("a case", "案件")
    ('登录', 'a case')
    """

    language: str
    translations: NullTranslations

    def gettext(self, message: str) -> str:
        """Return the text in this language."""
        return self.translations.gettext(message)

    def ngettext(self, one: str, many: str, n: int) -> str:
        """Return the text for that many, in this language."""
        return self.translations.ngettext(one, many, n)

    def said(self, en: str | None, zh: str | None) -> str:
        """Return the one of two stored texts that is in this language, or the other if there is only that."""
        return ((zh or en) if self.language == "zh" else (en or zh)) or ""


@cache
def words(language: str) -> Words:
    """Return the words of a language, read once."""
    if language == "en":
        return Words("en", NullTranslations())
    compiled = BytesIO()
    with CATALOGUE.open("rb") as file:
        write_mo(compiled, read_po(file, locale="zh_Hans"))
    compiled.seek(0)
    return Words("zh", GNUTranslations(compiled))


def language_of(request: Request) -> str:
    """Return the visitor's language: the account's, else the cookie's, else the first of the browser's that we have."""
    person = getattr(request.state, "person", None)
    chosen = (person.language if person else None) or read(request, LANGUAGE)
    if chosen in LANGUAGES:
        return chosen
    return negotiated(request.headers.get("accept-language", ""))


def negotiated(accepted: str) -> str:
    """Return the language that fits an ``Accept-Language`` header best.

    Examples
    --------
    >>> negotiated("zh-CN,zh;q=0.9,en;q=0.8"), negotiated("de, zh-TW;q=0.3"), negotiated("fr")
    ('zh', 'zh', 'en')
    """
    ranked = []
    for part in accepted.split(","):
        tag, _, quality = part.strip().partition(";q=")
        try:
            ranked.append((-float(quality or 1), tag.strip()))
        except ValueError:
            continue
    wished = [tag.split("-")[0] for weight, tag in sorted(ranked, key=lambda item: item[0]) if weight < 0]
    return negotiate_locale(wished, list(LANGUAGES)) or "en"


def words_of(request: Request) -> Words:
    """Return the words of the visitor's language."""
    return words(language_of(request))


def mark(message: str) -> str:
    """Return the text as it is: marks a constant for translation where no visitor is known yet."""
    return message
