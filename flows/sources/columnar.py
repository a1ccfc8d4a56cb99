"""Reading parquet."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet

from detectors.core.errors import MingchaError
from flows.sources.opened import OpenedFile
from flows.sources.rows import Rows


def read_parquet(opened: OpenedFile) -> Rows:
    """Read a parquet file; rows are counted as if a row of headings stood before them.

    Raises
    ------
    MingchaError
        If it is cut off or damaged.
    """
    try:
        source = pa.BufferReader(opened.bytes()) if opened.compression else str(opened.file.path)
        with pa.parquet.ParquetFile(source) as stored:
            table = stored.read()
    except (pa.ArrowException, OSError) as error:
        raise MingchaError(
            f"{opened.file.name} is cut off or is no parquet file.", remedy="Deliver the whole file again."
        ) from error
    return Rows(table, np.arange(2, table.num_rows + 2))
