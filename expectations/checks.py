"""The tests of ours: what must hold between columns, rows, files and sources. Each answers yes or no per row."""

from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import phonenumbers
import pyarrow as pa
import pyarrow.compute as pc

from expectations.context import Rows, arrow, encoded

Booleans = npt.NDArray[np.bool_]

FEWEST_ITEMS = 3
"""Rated items below which an interview shows no pattern between them."""


def row_was_read(rows: Rows, _: str) -> Booleans:
    """Whether the row could be read as a row, with as many fields as there are headings."""
    return was_read(rows, "")


def was_read(rows: Rows, column: str) -> Booleans:
    """Whether the cell could be read as what its column holds."""
    answer = np.ones(len(rows), dtype=bool)
    answer[rows.unparsed.loc[rows.unparsed["column"] == column, "row"].to_numpy(dtype="int64")] = False
    return answer


def is_not_repeated(rows: Rows, _: str) -> Booleans:
    """Whether no earlier row of the file is the same, word for word."""
    return ~rows.repeats[0]


def is_not_contradicted(rows: Rows, _: str) -> Booleans:
    """Whether no other row of the file has the same id and other values."""
    return ~rows.repeats[1]


def is_on_scale(rows: Rows, column: str) -> Booleans:
    """Whether the answer is one of the whole numbers of its questionnaire's scale, or missing."""
    answers = rows.values(column)
    low, high = rows.scale
    on_scale = (answers >= low) & (answers <= high) & (answers == np.floor(answers))
    return np.asarray(on_scale | np.isnan(answers), dtype=bool)


def is_on_some_scale(rows: Rows, column: str) -> Booleans:
    """Whether the target can be met on the scale of one of the questionnaires, or is missing."""
    targets = rows.values(column)
    scales = [rows.context.scale(survey) for survey in rows.context.surveys]
    reachable = (targets >= min(low for low, _ in scales)) & (targets <= max(high for _, high in scales))
    return np.asarray(reachable | np.isnan(targets), dtype=bool)


def is_flag(rows: Rows, column: str) -> Booleans:
    """Whether the fact is 0, 1 or missing."""
    fact = rows.values(column)
    return np.asarray((fact == 0) | (fact == 1) | np.isnan(fact), dtype=bool)


def has_enough_answers(rows: Rows, family: str) -> Booleans:
    """Whether at least three rated items were answered."""
    answered = np.zeros(len(rows), dtype="int16")
    for member in rows.members(family):
        answered += ~np.isnan(rows.values(member))
    return np.asarray(answered >= FEWEST_ITEMS, dtype=bool)


def wave_matches(rows: Rows, when: str) -> Booleans:
    """Whether the wave is the month of the call, the one before or the one after, or one of the two is missing."""
    codes, waves = encoded(rows.frame["wave"])
    months = pd.to_datetime(
        pd.Series([*waves.to_pylist(), None], dtype="str"), format="%Y-%m", errors="coerce"
    ).to_numpy()
    wave = months.astype("datetime64[M]")[codes]
    called = rows.values(when).astype("datetime64[M]")
    near = ~np.isnat(wave) & (np.abs((wave - called).astype("int64")) <= 1)
    return np.asarray(near | np.isnat(called) | (codes < 0), dtype=bool)


def dealer_is_known(rows: Rows, column: str) -> Booleans:
    """Whether the dealer list has the dealer, or none is named."""
    codes, dealers = encoded(rows.frame[column])
    listed = set(() if rows.context.dealers is None else rows.context.dealers)
    known = np.array([*(dealer in listed for dealer in dealers.to_pylist()), True], dtype=np.bool_)
    return known[codes]


def customer_is_known(rows: Rows, column: str) -> Booleans:
    """Whether the dealer's transactions name the customer, or none is named."""
    known = pc.is_in(_pairs(rows.frame[["dealer_id", column]]), value_set=_pairs(rows.context.customers))
    return np.asarray(known) | rows.frame[column].isna().to_numpy()


def is_phone(rows: Rows, column: str) -> Booleans:
    """Whether the number is a Chinese mobile or landline number, however it is written, or missing."""
    numbers = arrow(rows.frame[column])
    valid = np.array(pc.match_substring_regex(numbers, _phone_pattern()).fill_null(True), dtype=bool)
    unsure = np.flatnonzero(~valid)
    bare = pc.replace_substring_regex(numbers.take(pa.array(unsure)), r"[\s()\-‐‑–—.]+", "")
    valid[unsure] = pc.match_substring_regex(bare, _phone_pattern())
    return valid


def joined_before_posting(rows: Rows, column: str) -> Booleans:
    """Whether the author's account is no younger than the review, or one of the two dates is missing."""
    return np.asarray(~(rows.values(column) > rows.values("posted_at")), dtype=bool)


def _pairs(customers: pd.DataFrame | None) -> pa.Array:
    if customers is None:
        raise ValueError("no customers are known")
    dealer, customer = (arrow(customers[column]) for column in ("dealer_id", "customer_id"))
    return pc.binary_join_element_wise(dealer, customer, pa.scalar("\x1f", pa.large_string()))


@cache
def _phone_pattern() -> str:
    # The library's own patterns of China's numbers; its parser, called a million times, would take half a minute.
    china: Any = phonenumbers.PhoneMetadata.metadata_for_region("CN")
    kinds = f"{china.mobile.national_number_pattern}|{china.fixed_line.national_number_pattern}"
    return rf"^(?:(?:\+|00)?86)?0?(?:{kinds})$"
