"""Keys by which millions of rows are matched."""

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from detectors.contacts.matching import among
from detectors.core.keys import hashed, joined

_TEXTS = st.lists(st.one_of(st.none(), st.text(max_size=20)), max_size=30)


@given(_TEXTS, _TEXTS)
def test_keys_are_equal_exactly_where_the_values_are(one: list[str | None], other: list[str | None]) -> None:
    first, second = (hashed(pd.Series(texts, dtype="str")) for texts in (one, other))
    for value, key in zip(one, first, strict=True):
        same = [value is not None and value == candidate for candidate in other]
        assert (second == key)[[candidate is not None for candidate in other]].tolist() == [
            found for found, candidate in zip(same, other, strict=True) if candidate is not None
        ]
        assert (key == 0) == (value is None)


@given(st.lists(st.tuples(st.text(max_size=4), st.text(max_size=4)), min_size=1, max_size=20, unique=True))
def test_pairs_are_told_apart_by_their_parts_and_by_a_slice_of_the_rows(pairs: list[tuple[str, str]]) -> None:
    dealer, phone = (pd.Series(part, dtype="str") for part in zip(*pairs, strict=True))
    found = joined(hashed(dealer), hashed(phone))
    assert len(set(found.tolist())) == len(pairs)
    np.testing.assert_array_equal(joined(hashed(dealer[1:]), hashed(phone[1:])), found[1:])
    assert among(found, found).all()
    assert among(found[:1], np.tile(found, 5)).all()
    assert not among(found[:1], np.repeat(found[1:], 5)).any()
