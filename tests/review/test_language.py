"""The catalogue has every text of the console, and no other."""

import re

import pytest

from review.language import negotiated, words
from review.language.catalogue import held, stale, texts, untranslated


def test_every_text_of_templates_and_code_is_translated() -> None:
    assert untranslated() == []


def test_nothing_is_translated_that_nobody_says_any_more() -> None:
    assert stale() == []


def test_no_translation_is_doubtful_and_each_has_the_blanks_of_its_text() -> None:
    blanks = re.compile(r"%\((\w+)\)s|\{(\w*)(?:!r)?\}")
    differing = []
    for message in held():
        text = message.id if isinstance(message.id, str) else message.id[-1]
        translation = message.string if isinstance(message.string, str) else " ".join(message.string or ())
        if text and translation and set(blanks.findall(text)) != set(blanks.findall(translation)):
            differing.append(text)

    assert [str(message.id) for message in held() if message.fuzzy and message.id] == []
    assert differing == []


def test_texts_are_found_in_templates_and_in_code() -> None:
    found = {message.id: {path for path, _ in message.locations} for message in texts()}

    assert "templates/login.html" in found["Sign in"]
    assert "faults.py" in found["There is nothing here"]


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("en-GB,en;q=0.9", "en"),
        ("fr,zh-TW;q=0.2", "zh"),
        ("", "en"),
        (";q=x,", "en"),
    ],
)
def test_the_browsers_wish_is_followed(accepted: str, language: str) -> None:
    assert negotiated(accepted) == language


def test_a_text_stored_in_one_language_alone_is_shown_in_the_other() -> None:
    assert (words("zh").said("a", None), words("en").said(None, "甲"), words("zh").said("a", "甲")) == ("a", "甲", "甲")
