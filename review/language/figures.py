"""Numbers and times as people read them."""

from datetime import date, datetime

from sql.times import SHANGHAI

THIN = "\u202f"
"""Narrow no-break space, between thousands."""
MINUS = "\u2212"
NOTHING = "–"
"""What stands where no number is."""


def number(value: float | None, digits: int = 0) -> str:
    """Return a number with thin spaces between thousands.

    Examples
    --------
    >>> number(1234567.891, 1).replace(THIN, "_"), number(-3), number(-0.4), number(None)
    ('1_234_567.9', '−3', '0', '–')
    """
    if value is None or value != value:  # noqa: PLR0124 - not a number
        return NOTHING
    return f"{value:z,.{digits}f}".replace(",", THIN).replace("-", MINUS)


def bits(value: float | None) -> str:
    """Return bits with their sign, to a tenth.

    Examples
    --------
    >>> bits(12.34), bits(-0.96), bits(-0.04)
    ('+12.3', '−1.0', '0.0')
    """
    shown = number(value, 1)
    return shown if value is None or shown in {NOTHING, "0.0"} or value < 0 else f"+{shown}"


def percent(value: float | None, digits: int = 0) -> str:
    """Return a share from 0 to 1 as a percentage, never 100 % or 0 % for what is only near.

    Examples
    --------
    >>> percent(0.425).replace(THIN, "_"), percent(0.9997).replace(THIN, "_"), percent(1).replace(THIN, "_")
    ('42_%', '>99_%', '100_%')
    """
    if value is None or value != value:  # noqa: PLR0124
        return NOTHING
    step = 10.0**-digits
    shown = value * 100
    if shown < 100 and round(shown, digits) >= 100:
        return f">{100 - step:.{digits}f}{THIN}%"
    if shown > 0 and round(shown, digits) <= 0:
        return f"<{step:.{digits}f}{THIN}%"
    return f"{number(shown, digits)}{THIN}%"


def points(value: float | None) -> str:
    """Return a score to two decimals.

    Examples
    --------
    >>> points(9.456)
    '9.46'
    """
    return number(value, 2)


def day(value: str | date | None) -> str:
    """Return a day as 2026-10-31.

    Examples
    --------
    >>> day("2026-10-31T02:17:05+08:00"), day(None)
    ('2026-10-31', '–')
    """
    if not value:
        return NOTHING
    return value[:10] if isinstance(value, str) else value.isoformat()[:10]


def moment(value: str | datetime | None) -> str:
    """Return a time in Shanghai to the minute.

    Examples
    --------
    >>> moment("2026-10-31T02:17:05+08:00")
    '2026-10-31 02:17'
    """
    if not value:
        return NOTHING
    at = datetime.fromisoformat(value) if isinstance(value, str) else value
    local = at.astimezone(SHANGHAI) if at.tzinfo else at
    return local.strftime("%Y-%m-%d %H:%M")
