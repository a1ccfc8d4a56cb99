"""A world as files: an inbox as agencies and dealers really fill it, and the truth beside it."""

import gzip
import io
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet

from detectors.core.sources import SOURCES, Kind
from simulation.text import TEXT, column, join, where
from simulation.world import World

VENDOR_B_HEADINGS = {
    "response_id": "样本编号",
    "survey": "问卷类型",
    "wave": "调查月份",
    "vendor": "调查公司",
    "interviewer_id": "访问员编号",
    "dealer_id": "经销商代码",
    "customer_id": "客户编号",
    "vin": "车架号",
    "phone": "联系电话",
    "called_at": "访问时间",
    "duration_s": "访问时长(秒)",
    "overall": "总体满意度",
    "verbatim": "开放题",
}
"""The headings of the agency that delivers in Chinese, by canonical column."""

VENDOR_B_PREFIXES = {"q_": "评分_", "fact_": "事实_"}
"""What its families of columns begin with: ``q_attitude`` is 评分_attitude."""

_WRITTEN_AT = datetime(2020, 1, 1, tzinfo=UTC)
_SECOND_VENDOR = "Vendor B"


def write_inbox(world: World, directory: Path, *, plain: bool = False) -> list[Path]:
    """Write the world's sources as files, and its truth into the folder ``truth`` among them, which no flow reads.

    Equal worlds give equal bytes.

    Parameters
    ----------
    world
        What to write.
    directory
        The inbox; it is created if need be.
    plain
        Write every source as one UTF-8 csv with canonical headings, instead of the mixture of formats, encodings and
        headings that real inboxes hold.

    Returns
    -------
    list of Path
        The files that were written, the truth's not among them.
    """
    directory.mkdir(parents=True, exist_ok=True)
    files = _plain_files(world) if plain else _real_files(world)
    written = []
    for name, content in files.items():
        path = directory / name
        path.write_bytes(content)
        written.append(path)
    (directory / "truth").mkdir(exist_ok=True)
    for name in ("units", "records", "scores", "look_alikes"):
        frame = getattr(world.truth, name)
        (directory / "truth" / f"{name}.csv").write_bytes(as_csv(pa.Table.from_pandas(frame, preserve_index=False)))
    return written


def _plain_files(world: World) -> dict[str, bytes]:
    return {f"{name}.csv": as_csv(as_table(name, frame)) for name, frame in world.frames.items()}


def _real_files(world: World) -> dict[str, bytes]:
    """Render every source as whoever delivers it would: each in a format and encoding of its own."""
    month = f"{world.settings.end}"
    files: dict[str, bytes] = {}
    for name, frame in world.frames.items():
        if name == "surveys":
            files |= _survey_files(frame, month)
        elif name == "contacts":
            files[f"contacts_{month}.csv.gz"] = gzip.compress(as_csv(as_table(name, frame)), mtime=0)
        elif name == "transactions":
            files[f"transactions_{month}.parquet"] = _parquet(as_table(name, frame))
        elif name == "reviews":
            files[f"reviews_{month}.jsonl"] = _jsonl(as_table(name, frame))
        elif name == "staff":
            files["staff.csv"] = b"\xef\xbb\xbf" + as_csv(as_table(name, frame), ";")
        elif name == "complaints":
            files[f"complaints_{month}.csv"] = as_csv(as_table(name, frame), "\t")
        else:
            files[f"{name}.xlsx"] = _xlsx(name, frame)
    return files


def _survey_files(frame: pd.DataFrame, month: str) -> dict[str, bytes]:
    """One file per agency; the second delivers in Chinese, with phones as people write them."""
    files = {}
    for vendor in sorted(frame["vendor"].unique()):
        rows = frame[frame["vendor"] == vendor].reset_index(drop=True)
        name = f"surveys_{vendor.lower().replace(' ', '_')}_{month}.csv"
        if vendor == _SECOND_VENDOR:
            rows = rows.assign(phone=_handwritten(rows["phone"]))
            table = as_table("surveys", rows)
            headings = [_chinese(heading) for heading in table.column_names]
            files[name] = as_csv(table.rename_columns(headings)).decode("utf-8").encode("gb18030")
        else:
            files[name] = as_csv(as_table("surveys", rows))
    return files


def _chinese(heading: str) -> str:
    for prefix, chinese in VENDOR_B_PREFIXES.items():
        if heading.startswith(prefix):
            return chinese + heading.removeprefix(prefix)
    return VENDOR_B_HEADINGS[heading]


def _handwritten(phone: pd.Series) -> pd.Series:
    """Write some mobile numbers with dashes or the country's prefix."""
    words = pa.array(phone, TEXT)
    place = np.arange(len(phone))
    mobile = phone.str.match(r"1\d{10}$").fillna(False).to_numpy(dtype=bool)
    parts = [pc.utf8_slice_codeunits(words, start, stop) for start, stop in ((0, 3), (3, 7), (7, 11))]
    dashed, prefixed = join(*parts, between="-"), join("+86 ", words)
    return column(where(mobile & (place % 8 == 0), dashed, where(mobile & (place % 15 == 7), prefixed, words)))


def as_table(source: str, frame: pd.DataFrame) -> pa.Table:
    """Convert a frame for writing: whole numbers as such, dates without a time, times to the second."""
    columns = {}
    for known in SOURCES[source].known(frame.columns):
        values = pa.array(frame[known.name], from_pandas=True)
        if known.kind in (Kind.RATING, Kind.FLAG) or known.name in ("duration_s", "author_reviews"):
            values = pc.cast(values, pa.int32())
        elif known.kind is Kind.DATE:
            values = pc.cast(values, pa.date32())
        elif known.kind is Kind.TIME:
            values = pc.cast(values, pa.timestamp("s"))
        columns[known.name] = values
    return pa.table(columns)


def as_csv(table: pa.Table, delimiter: str = ",") -> bytes:
    """Return a table as the bytes of a UTF-8 csv."""
    sink = io.BytesIO()
    pa.csv.write_csv(table, sink, pa.csv.WriteOptions(delimiter=delimiter))
    return sink.getvalue()


def _parquet(table: pa.Table) -> bytes:
    sink = io.BytesIO()
    pa.parquet.write_table(table, sink)
    return sink.getvalue()


def _jsonl(table: pa.Table) -> bytes:
    frame = table.to_pandas()
    frame["posted_at"] = frame["posted_at"].dt.strftime("%Y-%m-%dT%H:%M:%S+08:00")
    if "author_joined_on" in frame.columns:
        frame["author_joined_on"] = frame["author_joined_on"].astype("str")
    lines: str = frame.to_json(orient="records", lines=True, force_ascii=False)
    return lines.encode("utf-8")


def _xlsx(source: str, frame: pd.DataFrame) -> bytes:
    sink = io.BytesIO()
    with pd.ExcelWriter(sink, engine="xlsxwriter", datetime_format="yyyy-mm-dd") as book:
        book.book.set_properties({"created": _WRITTEN_AT})
        frame.to_excel(book, sheet_name=source, index=False)
    return sink.getvalue()
