"""Every version of a row, for whoever audits what was corrected, when and by which file."""

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from detectors.core.sources import SOURCES
from lake.tables import CONTENT, dataset_of, open_table, string_field, to_pandas, told


def history(
    root: Path | str, source: str, key_value: str, *, storage_options: dict[str, str] | None = None
) -> pd.DataFrame:
    """Return every version of a row, oldest first.

    Versions whose files were erased at a person's request are left out: what they still share with a later version
    appears there.

    Parameters
    ----------
    root
        The lake.
    source
        The source's name.
    key_value
        The row's key, such as its ``response_id``.
    storage_options
        Credentials and the like for an object store.

    Returns
    -------
    pandas.DataFrame
        ``table_version`` and ``landed_at`` (UTC, naive), then the columns of the table. Empty if there is no such row.

    Raises
    ------
    LakeUnreadable
        If there is no such table, or it is broken.
    """
    key = SOURCES[source].key
    table = open_table(root, source, None, storage_options)
    commits = {commit["version"]: commit["timestamp"] for commit in table.history()}
    is_row = string_field(key) == key_value
    seen: set[str] = set()
    found: list[pa.Table] = []
    for version in sorted(commits):
        at_version = open_table(root, source, version, storage_options)
        with told(at_version.table_uri, "read"):
            # A file of an earlier version has been looked at already, so that each is opened once.
            dataset = dataset_of(at_version)
            new = [fragment for fragment in dataset.get_fragments(is_row) if fragment.path not in seen]
            seen.update(fragment.path for fragment in new)
            rows = [_rows(fragment, dataset.schema, is_row, erasable=version < table.version()) for fragment in new]
        landed_at = pa.scalar(commits[version] * 1000, pa.timestamp("us"))
        found += [_stamped(row, version, landed_at) for row in rows if row.num_rows]
    if not found:
        return pd.DataFrame()
    versions = to_pandas(pa.concat_tables(found, promote_options="default"))
    copied = versions[CONTENT] == versions[CONTENT].shift()  # a merge copies the untouched rows of a file it rewrites
    return versions[~copied].drop(columns=CONTENT).reset_index(drop=True)


def _rows(fragment: ds.Fragment, schema: pa.Schema, is_row: pc.Expression, *, erasable: bool) -> pa.Table:
    try:
        return fragment.to_table(schema=schema, filter=is_row)
    except FileNotFoundError:
        if not erasable:
            raise
        return schema.empty_table()


def _stamped(row: pa.Table, version: int, landed_at: pa.Scalar) -> pa.Table:
    stamped = row.add_column(0, "table_version", pa.array([version], pa.int64()))
    return stamped.add_column(1, "landed_at", pa.array([landed_at]))
