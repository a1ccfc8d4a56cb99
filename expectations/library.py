"""Great Expectations, imported so that it stays quiet: it warns while it is imported, logs, and calls home by default.

Nothing else of ours imports it. It takes seconds, so whoever does not judge rows must not import this module.
"""

import logging
import os
import warnings

os.environ["GX_ANALYTICS_ENABLED"] = "false"  # read when it is imported

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    from great_expectations import ExpectationSuite, get_context
    from great_expectations.data_context.types.base import (
        DataContextConfig,
        InMemoryStoreBackendDefaults,
        ProgressBarsConfig,
    )
    from great_expectations.expectations.core import (  # type: ignore[attr-defined]
        ExpectColumnValuesToBeBetween,
        ExpectColumnValuesToBeInSet,
        ExpectColumnValuesToNotBeNull,
    )
    from great_expectations.expectations.expectation import Expectation

logging.getLogger("great_expectations").setLevel(logging.ERROR)

__all__ = [
    "DataContextConfig",
    "ExpectColumnValuesToBeBetween",
    "ExpectColumnValuesToBeInSet",
    "ExpectColumnValuesToNotBeNull",
    "Expectation",
    "ExpectationSuite",
    "InMemoryStoreBackendDefaults",
    "ProgressBarsConfig",
    "get_context",
]
