"""How severe a case is, and by when it should be decided."""

from datetime import date, timedelta

MEDIUM_AFFECTED, HIGH_AFFECTED = 10.0, 50.0
"""From how many affected rows, in expectation, a case is of medium or high severity."""

DUE_DAYS = {"high": 3, "medium": 7, "low": 14}
"""In how many days a case of each severity should be decided."""

_RANK = {"low": 0, "medium": 1, "high": 2}


def severity_of(affected: float | None) -> str:
    """Return how severe a case is.

    Parameters
    ----------
    affected
        Rows affected in expectation: rows × affected share × probability, of the finding that has most.

    Examples
    --------
    >>> severity_of(120 * 0.5 * 0.9), severity_of(120 * 0.2 * 0.9), severity_of(None)
    ('high', 'medium', 'low')
    """
    if affected is None or not affected >= MEDIUM_AFFECTED:
        return "low"
    return "high" if affected >= HIGH_AFFECTED else "medium"


def is_worse(severity: str, than: str) -> bool:
    """Return whether a severity is above another.

    Examples
    --------
    >>> is_worse("high", "medium"), is_worse("low", "low")
    (True, False)
    """
    return _RANK[severity] > _RANK[than]


def due_on(severity: str, since: str) -> str:
    """Return the day by which a case should be decided.

    Parameters
    ----------
    severity
        ``low``, ``medium`` or ``high``.
    since
        When it was opened or became that severe, as `sql.times.as_text` writes it, or a day.

    Examples
    --------
    >>> due_on("high", "2026-10-31T02:18:00+08:00")
    '2026-11-03'
    """
    return (date.fromisoformat(since[:10]) + timedelta(days=DUE_DAYS[severity])).isoformat()
