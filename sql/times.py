"""Times as the database keeps them: text in ISO 8601, always with Shanghai's offset, so that they sort as text."""

from datetime import datetime
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def as_text(at: datetime) -> str:
    """Return the time to the second; one without an offset is Shanghai's.

    Examples
    --------
    >>> from datetime import UTC
    >>> as_text(datetime(2026, 10, 31, 18, 0, 5, 250, tzinfo=UTC)), as_text(datetime(2026, 11, 1, 2, 0, 5))
    ('2026-11-01T02:00:05+08:00', '2026-11-01T02:00:05+08:00')
    """
    local = at.replace(tzinfo=SHANGHAI) if at.tzinfo is None else at.astimezone(SHANGHAI)
    return local.isoformat(timespec="seconds")


def now() -> datetime:
    """Return the time in Shanghai."""
    return datetime.now(SHANGHAI)
