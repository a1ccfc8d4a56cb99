"""Great Expectations, run: quietly, over a sheet that holds no personal value, answering with row labels."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from expectations.library import (
    DataContextConfig,
    Expectation,
    ExpectationSuite,
    InMemoryStoreBackendDefaults,
    ProgressBarsConfig,
    get_context,
)
from expectations.verdict import RuleBroken


@dataclass(frozen=True)
class Answer:
    """How one expectation fared.

    Parameters
    ----------
    rows_checked
        Rows that have a value.
    failed
        Labels of the rows that do not meet it, ascending.
    """

    rows_checked: int
    failed: npt.NDArray[np.int64]


def run(source: str, sheet: pd.DataFrame, suite: Mapping[str, Expectation]) -> dict[str, Answer]:
    """Hold each column of a sheet against its expectation.

    Parameters
    ----------
    source
        Name of the source, for the error.
    sheet
        One column per rule, named by it, with a ``RangeIndex``.
    suite
        The expectation of each column.

    Raises
    ------
    RuleBroken
        An expectation could not be evaluated. Great Expectations reports that as a result, not as an error.

    Examples
    --------
    >>> from expectations.library import ExpectColumnValuesToBeBetween
    >>> sheet = pd.DataFrame({"score.range": [50.0, 101.0, None]})
    >>> expected = ExpectColumnValuesToBeBetween(column="score.range", max_value=100)
    >>> run("audits", sheet, {"score.range": expected})
    {'score.range': Answer(rows_checked=2, failed=array([1]))}
    """
    # A context of its own for every run, since a context keeps the frames it was given; and none of its directories.
    context = get_context(
        mode="ephemeral",
        project_config=DataContextConfig(
            store_backend_defaults=InMemoryStoreBackendDefaults(init_temp_docs_sites=False),
            progress_bars=ProgressBarsConfig(globally=False),
        ),
    )
    asset = context.data_sources.add_pandas(source).add_dataframe_asset(source)
    batch = asset.add_batch_definition_whole_dataframe(source).get_batch({"dataframe": sheet})
    # COMPLETE alone lists every label; the values it lists as well are marks, and go no further than here. A validation
    # definition would keep the whole result, as JSON, for a docs site that nobody asked for.
    outcomes = batch.validate(ExpectationSuite(source, expectations=list(suite.values())), result_format="COMPLETE")
    answers = {}
    for outcome in outcomes.results:
        rule = str(outcome.expectation_config.kwargs["column"]) if outcome.expectation_config else "?"
        if "unexpected_index_list" not in outcome.result:
            raise RuleBroken(
                f"The rule {rule} could not be asked of {source}: its column is missing or of type "
                f"{sheet.dtypes.get(rule, 'none')}.",
                remedy="This is a fault in expectations, not in a delivery: run its tests.",
            )
        answers[rule] = Answer(
            outcome.result["element_count"] - outcome.result.get("missing_count", 0),
            np.sort(np.array(outcome.result["unexpected_index_list"], dtype="int64")),
        )
    return answers
