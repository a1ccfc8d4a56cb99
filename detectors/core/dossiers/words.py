"""What customers wrote or said, as a dossier shows it."""

import pandas as pd

from detectors.core.dossiers.units import Places
from detectors.core.observations import Observations

TEXT_OF = {"surveys": "verbatim", "reviews": "text", "complaints": "text"}
"""The column that holds a customer's own words, by source."""

LONGEST = 2_000
"""Characters of a text that are shown; a review can be pages long."""


def words_of(observations: Observations, source: str, rows: Places) -> "pd.Series[str]":
    """Return the customer's words in those rows, cut where they are very long; missing where there are none.

    Parameters
    ----------
    observations
        The window.
    source
        The source.
    rows
        Places in its frame.

    Returns
    -------
    pandas.Series
        In the order of `rows`, numbered from 0.

    Examples
    --------
    >>> from datetime import date
    >>> import numpy as np
    >>> reviews = pd.DataFrame({"text": ["很好", "好" * 3000]}, dtype="str")
    >>> seen = Observations(date(2026, 10, 31), {"reviews": reviews})
    >>> words_of(seen, "reviews", np.array([1, 0])).str.len().tolist()
    [2001, 2]
    """
    column = TEXT_OF.get(source)
    if column is None or column not in observations[source].columns:
        return pd.Series([None] * len(rows), dtype="str")
    texts = pd.Series(observations[source][column].array.take(rows), dtype="str")
    return texts.where(texts.isna() | (texts.str.len() <= LONGEST), texts.str.slice(0, LONGEST) + "…")
