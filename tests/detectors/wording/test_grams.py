"""A text's strings of letters are all there, each as the same number wherever it stands."""

from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.core.instruments.folding import fold
from detectors.core.instruments.grams import PHRASE_LETTERS, read_grams

TEXTS = st.lists(st.text(alphabet="他们说打十分ab", max_size=40), max_size=8)


def strings_of(text: str) -> list[str]:
    """Return the strings that make up a text's phrases, told letter by letter: a Latin one is three times as long."""
    found = []
    for begin in range(len(text)):
        latin = sum(letter.isascii() for letter in text[begin : begin + PHRASE_LETTERS])
        letters = PHRASE_LETTERS * (3 if latin > PHRASE_LETTERS // 2 else 1)
        if begin + letters <= len(text):
            found.append(text[begin : begin + letters])
    return found


@settings(max_examples=200, deadline=None)
@given(TEXTS)
def test_texts_have_the_strings_that_a_reader_counts_and_equal_strings_are_equal_numbers(texts: list[str]) -> None:
    folded = fold(texts)
    grams = read_grams(folded)
    numbers: dict[str, int] = {}
    for place, text in enumerate(texts):
        part = slice(grams.bounds[place], grams.bounds[place + 1])
        assert grams.letters[part].tolist() == [len(string) for string in strings_of(text)]
        for string, number, begin in zip(strings_of(text), grams.hashes[part], grams.begins[part], strict=True):
            assert numbers.setdefault(string, int(number)) == int(number)
            assert text[begin - folded.starts[place] :].startswith(string)
    assert len(set(numbers.values())) == len(numbers)


def test_more_letters_than_are_read_at_once_make_no_difference() -> None:
    text = "服务顾问全程陪同讲解车辆功能非常细致" * 5_000
    grams = read_grams(fold(["交车仪式也很有心", text, "交车仪式也很有心"]))
    first, last = grams.hashes[: grams.bounds[1]], grams.hashes[grams.bounds[2] :]
    assert first.tolist() == last.tolist() == read_grams(fold(["交车仪式也很有心"])).hashes.tolist()
    assert grams.bounds[2] - grams.bounds[1] == len(text) - PHRASE_LETTERS + 1
