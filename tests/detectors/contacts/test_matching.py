"""Keys by which millions of rows are matched."""

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from detectors.contacts.matching import among, keys

_TEXTS = st.lists(st.one_of(st.none(), st.text(max_size=20)), max_size=30)


@given(_TEXTS, _TEXTS)
def test_keys_are_equal_exactly_where_the_values_are(one: list[str | None], other: list[str | None]) -> None:
    first = keys(pd.DataFrame({"phone": pd.Series(one, dtype="str")}), "phone")
    second = keys(pd.DataFrame({"phone": pd.Series(other, dtype="str")}), "phone")
    for value, key in zip(one, first, strict=True):
        same = [value is not None and value == candidate for candidate in other]
        assert (second == key)[[candidate is not None for candidate in other]].tolist() == [
            found for found, candidate in zip(same, other, strict=True) if candidate is not None
        ]
        assert (key == 0) == (value is None)


@given(st.lists(st.tuples(st.text(max_size=4), st.text(max_size=4)), min_size=1, max_size=20, unique=True))
def test_pairs_are_told_apart_by_their_parts_and_by_a_slice_of_the_rows(pairs: list[tuple[str, str]]) -> None:
    frame = pd.DataFrame(pairs, columns=["dealer_id", "phone"]).astype("str")
    found = keys(frame, "dealer_id", "phone")
    assert len(set(found.tolist())) == len(pairs)
    np.testing.assert_array_equal(keys(frame.iloc[1:], "dealer_id", "phone"), found[1:])
    assert among(found, found).all()
