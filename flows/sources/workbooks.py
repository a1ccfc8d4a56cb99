"""Reading xlsx."""

import io
import re
import zipfile
from datetime import date, datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetVisibleEnum

from detectors.core.errors import MingchaError
from flows.sources.opened import OpenedFile, refuse_expansion
from flows.sources.rows import Rows

CELL_LIMIT = 32 * 2**20
"""The most cells that a sheet may span: a full sheet of 32 columns."""

_DIMENSION = re.compile(rb'<dimension ref="(?:[A-Z]+[0-9]+:)?(?P<column>[A-Z]+)(?P<row>[0-9]+)"')
_SHEET_HEAD_BYTES = 4096
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")  # What Excel wraps both in.


def read_workbook(opened: OpenedFile) -> Rows:
    """Read the one sheet of an xlsx file that has the data.

    That is the sheet named like the source or, if there is none, the only visible sheet that is not empty. The first
    row that is not empty has the headings. A row's place is its row in the sheet.

    Raises
    ------
    MingchaError
        If the file is cut off, damaged or locked, or if it is unclear which sheet is meant.
    """
    name = opened.file.name
    content = opened.bytes()
    if content.startswith(_OLE):
        raise MingchaError(
            f"{name} is locked with a password, or is an old .xls under a new name.",
            remedy="Save it as xlsx without a password and deliver it again.",
        )
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            refuse_expansion(name, len(content), sum(part.file_size for part in archive.infolist()))
            _refuse_vast_sheet(name, archive)
        with CalamineWorkbook.from_filelike(io.BytesIO(content)) as workbook:
            sheet = _sheet_with_data(name, opened.file.source, workbook)
            cells = sheet.to_python(skip_empty_area=True)
            first_place = (sheet.start or (0, 0))[0] + 1
    except (CalamineError, zipfile.BadZipFile) as error:
        raise MingchaError(
            f"{name} is cut off or is no xlsx workbook ({error}).",
            remedy="Open it in Excel, save it as xlsx again, and deliver the whole file.",
        ) from error
    return _rows(cells, first_place)


def _refuse_vast_sheet(name: str, archive: zipfile.ZipFile) -> None:
    """Refuse a sheet with a stray cell far out, since the whole rectangle up to it would be held in memory."""
    for part in archive.namelist():
        if not part.startswith("xl/worksheets/sheet"):
            continue
        with archive.open(part) as sheet:
            dimension = _DIMENSION.search(sheet.read(_SHEET_HEAD_BYTES))
        if dimension is None:
            continue
        width = 0
        for letter in dimension["column"].decode():
            width = width * 26 + ord(letter) - ord("A") + 1
        if width * int(dimension["row"]) > CELL_LIMIT:
            last = (dimension["column"] + dimension["row"]).decode()
            raise MingchaError(
                f"{name} has a sheet that reaches to cell {last}, which is more than {CELL_LIMIT:,} cells.",
                remedy="Delete the empty rows and columns around the data, or deliver it as csv.",
            )


def _sheet_with_data(file_name: str, source: str, workbook: CalamineWorkbook) -> CalamineSheet:
    visible = [sheet.name for sheet in workbook.sheets_metadata if sheet.visible == SheetVisibleEnum.Visible]
    named = [name for name in visible if name.strip().casefold() == source]
    if named:
        return workbook.get_sheet_by_name(named[0])
    filled = [sheet for name in visible if (sheet := workbook.get_sheet_by_name(name)).height]
    if len(filled) == 1:
        return filled[0]
    found = f"{len(filled)} sheets with data ({', '.join(sheet.name for sheet in filled)})" if filled else "no data"
    raise MingchaError(
        f"{file_name} has {found} where one sheet was expected.",
        remedy=f"Keep one sheet, or name the right one {source}.",
    )


def _rows(cells: list[list[Any]], first_place: int) -> Rows:
    headings = [str(heading) for heading in cells[0]]
    filled = np.array([any(cell != "" for cell in row) for row in cells[1:]], dtype=bool)
    rows = [row for row, has_values in zip(cells[1:], filled, strict=True) if has_values]
    columns = [_column(list(column)) for column in zip(*rows, strict=True)] or [pa.nulls(0)] * len(headings)
    numbers = np.flatnonzero(filled) + first_place + 1
    return Rows(pa.Table.from_arrays(columns, names=headings), numbers.astype(np.int64))


def _column(cells: list[Any]) -> pa.Array:
    kinds = {type(cell) for cell in cells if cell != ""}
    values = [None if cell == "" else cell for cell in cells]
    if kinds <= {str}:
        return pa.array(values, pa.large_string())
    if kinds <= {float, int}:
        return pa.array(values, pa.float64())
    if kinds <= {datetime}:
        # A time is a fraction of a day in Excel, good to some microseconds only.
        return pc.round_temporal(pa.array(values, pa.timestamp("us")), unit="millisecond")
    if kinds <= {date}:
        return pa.array(values, pa.date32())
    return pa.array([None if value is None else _as_text(value) for value in values], pa.large_string())


def _as_text(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
