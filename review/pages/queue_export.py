"""What the queue shows, as a file."""

import io
from collections.abc import Iterator, Sequence

from sql.audit import AuditColumn, View
from sql.export import Format, write
from sql.queue import QueueRow

MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

_COLUMNS = (
    AuditColumn("case_id", "whole number", "the case"),
    AuditColumn("unit_kind", "text", "dealer or interviewer"),
    AuditColumn("unit_id", "text", "the dealer's or interviewer's id"),
    AuditColumn("name", "text", "the dealer's name"),
    AuditColumn("brand", "text", "the dealer's brand"),
    AuditColumn("region", "text", "the dealer's region"),
    AuditColumn("city", "text", "the dealer's city"),
    AuditColumn("dealer_group", "text", "the dealer's group"),
    AuditColumn("vendor", "text", "the interviewer's survey agency"),
    AuditColumn("lead_scheme", "text", "the finding with most bits"),
    AuditColumn("schemes", "text", "all its findings"),
    AuditColumn("severity", "text", "low, medium or high"),
    AuditColumn("affected", "number", "rows affected, in expectation"),
    AuditColumn("probability", "number", "the highest of its findings' (0 to 1)"),
    AuditColumn("urgency", "number", "probability × weight of the severity (0 to 3)"),
    AuditColumn("status", "text", "new, investigating, waiting or closed"),
    AuditColumn("assignee", "text", "who works on it"),
    AuditColumn("opened_at", "text", "when it was opened"),
    AuditColumn("updated_at", "text", "when it was last changed"),
    AuditColumn("due_on", "text", "the day by which it should be decided"),
    AuditColumn("snoozed_until", "text", "the day on which it comes back"),
    AuditColumn("reason", "text", "the strongest reason of the lead finding"),
    AuditColumn("reason_zh", "text", "the same in Chinese"),
)
_VIEW = View("cases", "case that the queue shows", _COLUMNS)

_BYTES_AT_ONCE = 1 << 16


def written(rows: Sequence[QueueRow], form: str) -> Iterator[bytes]:
    """Return the file, a part at a time; no text in it becomes a formula (`sql.export`)."""
    file = io.BytesIO()
    write(_VIEW, iter([[_cells(row) for row in rows]]), file, Format(form))
    file.seek(0)
    while part := file.read(_BYTES_AT_ONCE):
        yield part


def _cells(row: QueueRow) -> tuple[object, ...]:
    values = {**vars(row), "schemes": ", ".join(row.schemes)}
    return tuple(values[column.name] for column in _COLUMNS)
