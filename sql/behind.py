"""What stands behind the auditors' views: the table with a view's rows, and the names that it holds as keys."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Table

from sql import tables


@dataclass(frozen=True)
class Name:
    """A column that the table behind a view holds as a key.

    Parameters
    ----------
    named
        The table of the names.
    key
        Its key.
    value
        The name.
    through
        The column with the key in the table behind the view.
    is_unique
        Whether one key has the name.
    """

    named: FromClause
    key: ColumnElement[Any]
    value: ColumnElement[Any]
    through: str
    is_unique: bool


@dataclass(frozen=True)
class Behind:
    """What stands behind a view.

    Parameters
    ----------
    table
        The table with a row for each of the view's.
    names
        The columns that it holds as keys.
    bounds
        Columns of which one must be given, because the table keeps the rows of every night.
    newest_first
        Whether its newest rows come first.
    """

    table: Table
    names: dict[str, Name]
    bounds: tuple[str, ...] = ()
    newest_first: bool = False

    def column(self, name: str) -> ColumnElement[Any]:
        """Return a column of the view."""
        return self.names[name].value if name in self.names else self.table.c[name]

    def order(self) -> list[ColumnElement[Any]]:
        """Return the order in which the table keeps its rows, which costs nothing."""
        return [key.desc() if self.newest_first else key.asc() for key in self.table.primary_key]


def _named(table: Table, key: str, *names: str, through: str | None = None) -> dict[str, Name]:
    named = table.alias()
    return {
        name: Name(named, named.c[key], named.c[name], through or key, bool(table.c[name].unique)) for name in names
    }


_RUN = _named(tables.runs, "run_key", "run_id")
_UNIT = _named(tables.units, "unit_key", "unit_kind", "unit_id")
_SCHEME = _named(tables.schemes, "scheme_key", "scheme")


def _renamed(names: dict[str, Name], **new: str) -> dict[str, Name]:
    """Return the names under those that the view has for them."""
    return {view_name: names[name] for view_name, name in new.items()}


BEHIND: dict[str, Behind] = {
    "audit_runs": Behind(tables.runs, {}, newest_first=True),
    "audit_inputs": Behind(tables.run_inputs, _RUN),
    "audit_quarantine": Behind(tables.quarantined_rows, _RUN, bounds=("run_id",)),
    "audit_scores": Behind(
        tables.scores,
        _named(tables.runs, "run_key", "run_id", "business_date") | _UNIT | _SCHEME,
        bounds=("run_id", "unit_id"),
    ),
    "audit_evidence": Behind(
        tables.evidence,
        _RUN | _UNIT | _SCHEME | _named(tables.detectors, "detector_key", "family", "detector"),
        bounds=("run_id", "unit_id"),
    ),
    "audit_records": Behind(
        tables.records,
        _RUN
        | _SCHEME
        | _renamed(_named(tables.units, "unit_key", "unit_id", through="dealer_key"), dealer_id="unit_id"),
        bounds=("run_id", "dealer_id"),
    ),
    "audit_cases": Behind(
        tables.cases,
        _UNIT
        | _renamed(_named(tables.schemes, "scheme_key", "scheme", through="lead_scheme_key"), lead_scheme="scheme")
        | _renamed(_named(tables.runs, "run_key", "run_id", through="first_run_key"), first_run_id="run_id")
        | _renamed(_named(tables.runs, "run_key", "run_id", through="last_run_key"), last_run_id="run_id"),
        newest_first=True,
    ),
    "audit_findings": Behind(tables.findings, _SCHEME),
    "audit_events": Behind(tables.events, {}, newest_first=True),
    "audit_dealers": Behind(
        tables.dealer_scores,
        _RUN | _renamed(_named(tables.units, "unit_key", "unit_id"), dealer_id="unit_id"),
        bounds=("run_id", "dealer_id"),
    ),
}
"""What stands behind each view of `sql.audit.VIEWS`, by the view's name."""
