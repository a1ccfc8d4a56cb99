"""Personal values leave a delivery here: tokens and derived facts go on, and nothing that names a person."""

from concurrent.futures import ThreadPoolExecutor

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from detectors.core.sources import SOURCES, Column, Personal, Source
from lake.free_text import scrub
from lake.keys import Key
from lake.phones import describe
from lake.tables import arrow_type, to_pandas

DERIVED = ("phone_kind", "phone_carrier", "phone_block", "phone_last2", "phone_shown")
"""What stands beside ``phone`` in the sources whose numbers are judged themselves."""

_JUDGED = ("surveys", "contacts", "staff")
# Elsewhere a number only has to be found equal, and nothing more of it is kept.


def pseudonymise(source: str, frame: pd.DataFrame, key: Key) -> pd.DataFrame:
    """Replace what identifies a person by tokens, and scrub numbers from free text.

    Parameters
    ----------
    source
        The source's name.
    frame
        Rows with canonical columns and dtypes. Columns that the source does not know are left out, since nobody can say
        whether they are personal; ``file_name`` and ``row_number`` stay.
    key
        The key of the lake.

    Returns
    -------
    pandas.DataFrame
        The rows in the same order, with `DERIVED` columns after ``phone`` in surveys, contacts and staff.

    Examples
    --------
    >>> staff = pd.DataFrame({"dealer_id": ["D1"], "staff_id": ["S1"], "phone": ["13812345678"]})
    >>> pseudonymise("staff", staff, Key(bytes(32), origin="an example")).iloc[0].to_dict()
    {'dealer_id': 'D1', 'staff_id': 'S1', 'phone': '0rKQPILMw3zX2cA1', 'phone_kind': 'mobile',
     'phone_carrier': 'China Mobile', 'phone_block': 't9t0gR95J72uxMdQ', 'phone_last2': 78.0,
     'phone_shown': '138****5678'}
    """
    return to_pandas(pseudonymous_table(SOURCES[source], frame, key))


def pseudonymous_table(source: Source, frame: pd.DataFrame, key: Key) -> pa.Table:
    """Do what `pseudonymise` does, for the writer, which takes Arrow tables."""
    known = source.known(frame.columns)
    # One thread hashes at a time, but finding distinct values needs no lock: two columns at a time use both cores.
    with ThreadPoolExecutor(2) as pool:
        made = pool.map(lambda column: _landed(source, column, frame[column.name], key), known)
        columns = {name: values for landed in made for name, values in landed.items()}
    for name, kind in (("file_name", pa.large_string()), ("row_number", pa.int64())):
        if name in frame.columns:
            columns[name] = _values(frame[name], kind)
    return pa.table(columns)


def _landed(source: Source, column: Column, series: pd.Series, key: Key) -> dict[str, pa.Array]:
    values = _values(series, arrow_type(column.kind))
    match column.personal:
        case None:
            return {column.name: values}
        case Personal.FREE_TEXT:
            return {column.name: scrub(values)}
        case Personal.VEHICLE:
            return {column.name: key.tokens("vin", pc.ascii_upper(values))}
        case Personal.CUSTOMER:
            return {column.name: key.tokens("customer_id", values)}
        case Personal.PHONE if source.name in _JUDGED:
            numbers = values.dictionary_encode()  # once for tokens and facts alike
            return {column.name: key.tokens("phone", numbers)} | describe(numbers, key)
        case Personal.PHONE:
            return {column.name: key.tokens("phone", values)}


def _values(series: pd.Series, kind: pa.DataType) -> pa.Array:
    values = pa.array(series, from_pandas=True)
    if isinstance(values, pa.ChunkedArray):
        values = values.combine_chunks()
    return values.cast(kind)
