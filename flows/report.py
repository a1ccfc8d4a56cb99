"""What a person is told of a run: on the terminal, and as artifacts in Prefect."""

from collections.abc import Iterable
from dataclasses import asdict

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text
from sqlalchemy import make_url

from flows.settings import Settings
from flows.summary import Finding, Summary
from sql.errors import name_of

_MOST_RULES = 5


def show(
    console: Console, summary: Summary, settings: Settings, remarks: Iterable[str] = (), *, is_new: bool = True
) -> None:
    """Print what a run did and found.

    Parameters
    ----------
    console
        Where to print.
    summary
        What the run did and found.
    settings
        Where everything is.
    remarks
        What a person should know beside it, one sentence each.
    is_new
        Whether the run has just been made; if not, it is an earlier run with nothing new since.
    """
    if not is_new:
        console.print(f"Nothing new since run {summary.run_id} of {summary.finished_at}; nothing was changed.")
    parts: list[RenderableType] = [_headline(summary), _rows(summary)]
    parts += [Text(f"! {remark}") for remark in (*remarks, *_broken_rules(summary), *_silent(summary))]
    if summary.status == "done":
        parts += [_findings(summary)] if summary.findings else [Text("No unit was flagged.")]
    parts.append(_places(summary, settings))
    console.print(
        Group(*(Padding(part, (0, 0, 1 if isinstance(part, Table) else 0, 0), expand=False) for part in parts))
    )


def _headline(summary: Summary) -> Text:
    units = ", ".join(f"{count:,} {kind}s" for kind, count in summary.units)
    weighed = (
        f": {units} weighed, {summary.cases_opened:,} cases opened, {summary.cases_updated:,} updated" if units else ""
    )
    return Text(f"Run {summary.run_id} closed {summary.business_date}{weighed}.", style="bold")


def _rows(summary: Summary) -> Table:
    table = Table("source", title="Rows in", title_justify="left", title_style="")
    for heading in ("files", "read", "accepted", "quarantined"):
        table.add_column(heading, justify="right")
    for source in summary.sources:
        counts = (source.files, source.read, source.accepted, source.quarantined)
        table.add_row(source.source, *(f"{count or 0:,}" for count in counts))
    return table


def _findings(summary: Summary) -> Table:
    shown = len(summary.findings)
    title = f"Findings, the {shown} heaviest of {summary.flagged:,}" if shown < summary.flagged else "Findings"
    table = Table("unit", "scheme", title=title, title_justify="left", title_style="")
    table.add_column("bits", justify="right")
    table.add_column("probability", justify="right")
    table.add_column("the strongest reason", ratio=1, overflow="fold")
    for finding in summary.findings:
        table.add_row(
            _unit(finding), finding.scheme, f"{finding.bits:.1f}", f"{finding.probability:.3f}", Text(finding.reason)
        )
    return table


def _places(summary: Summary, settings: Settings) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    home = settings.home.absolute()
    lines = {
        "decisions": name_of(make_url(settings.database)),
        "observations": str(settings.lake),
        "validation report": str(home / "reports" / f"{summary.run_id}.html"),
        "log": str(home / "logs" / f"{summary.run_id}.jsonl"),
        "the cases, to work them": f"mingcha review --home {settings.home}",
        "every case as a table": f"mingcha export audit_cases --format csv --home {settings.home}",
    }
    for name, place in lines.items():
        table.add_row(name, place)
    return table


def _unit(finding: Finding) -> str:
    return f"{finding.unit_kind} {finding.unit_id}"


def _broken_rules(summary: Summary) -> list[str]:
    told = [
        f"{broken.rows:,} row{'s' if broken.rows != 1 else ''} of {broken.source} quarantined by {broken.rule}, "
        f"the first in {broken.file_name}, row {broken.row_number}."
        for broken in summary.broken_rules[:_MOST_RULES]
    ]
    more = len(summary.broken_rules) - _MOST_RULES
    return [*told, f"{more} more rules quarantined rows: see the validation report."] if more > 0 else told


def _silent(summary: Summary) -> list[str]:
    return [f"Nobody could be weighed for {scheme}: {reason}" for scheme, reason in summary.silent_schemes]


def as_table(summary: Summary) -> list[dict[str, object]]:
    """Return the rows by source, for Prefect's table artifact."""
    return [asdict(source) for source in summary.sources]


def as_markdown(summary: Summary, remarks: Iterable[str] = ()) -> str:
    """Return what a run did and found, for Prefect's markdown artifact."""
    lines = [f"**{_headline(summary).plain}**", ""]
    lines += [f"- {remark}" for remark in (*remarks, *_broken_rules(summary), *_silent(summary))]
    if summary.findings:
        lines += ["", "| unit | scheme | bits | probability | the strongest reason |", "|---|---|--:|--:|---|"]
    for finding in summary.findings:
        reason = finding.reason.replace("|", "\\|")
        cells = (_unit(finding), finding.scheme, f"{finding.bits:.1f}", f"{finding.probability:.3f}", reason)
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)
