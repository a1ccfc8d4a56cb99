"""The tables of docs/data.md, as the code says they must be."""

from detectors.core.sources import Column, Kind, Personal, Source
from sql.audit import View

TYPES = {
    Kind.TEXT: "text",
    Kind.MONTH: "month, YYYY-MM",
    Kind.TIME: "time",
    Kind.DATE: "date",
    Kind.NUMBER: "number",
    Kind.RATING: "rating",
    Kind.FLAG: "0, 1 or empty",
}
KEPT_AS = {
    None: "",
    Personal.CUSTOMER: "token",
    Personal.VEHICLE: "token",
    Personal.PHONE: "token, and what is derived",
    Personal.FREE_TEXT: "text, numbers scrubbed",
}


def source_table(source: Source) -> str:
    """Return the table of a source's columns."""
    minimum = dict(source.family_minimum)
    lines = ["| column | type | required | personal, kept as | meaning |", "|---|---|---|---|---|"]
    for column in source.columns:
        required = "yes, unique" if column.name == source.key else "yes" if column.required else ""
        lines.append(_source_line(column, f"`{column.name}`", required))
    for family in source.families:
        required = f"at least {minimum[family.name]}" if family.name in minimum else ""
        lines.append(_source_line(family, f"`{family.name}<code>`", required))
    return "\n".join(lines)


def view_table(view: View) -> str:
    """Return the table of a view's columns."""
    lines = ["| column | type | meaning |", "|---|---|---|"]
    lines += [f"| `{column.name}` | {column.type} | {column.meaning} |" for column in view.columns]
    return "\n".join(lines)


def _source_line(column: Column, name: str, required: str) -> str:
    kind = ", ".join(column.choices) or TYPES[column.kind]
    return f"| {name} | {kind} | {required} | {KEPT_AS[column.personal]} | {column.meaning} |"
