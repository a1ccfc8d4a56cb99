"""The validation report: one page per run that says what was read, what was set aside and why."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from detectors.core.sources import SOURCES
from expectations.verdict import Verdict

ROWS_SHOWN = 20
"""Quarantined cells that the page shows of each source."""


def write_report(
    verdicts: Sequence[Verdict], facts: Mapping[str, str], path: Path, *, threshold: float | None = None
) -> Path:
    """Write the page about a night's validation.

    Parameters
    ----------
    verdicts
        What became of each source.
    facts
        What is said of the run at the top, by its label: ``{"Business date": "2026-10-31"}``.
    path
        Where the page goes; its directory is made if it is missing.
    threshold
        Largest share of a source's rows, 0 to 1, that may be quarantined.

    Returns
    -------
    Path
        `path`. The page needs nothing beside it, no network and no script, and holds no personal value.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     page = write_report([], {"Business date": "2026-10-31"}, Path(folder, "validation.html"))
    ...     "2026-10-31" in page.read_text(encoding="utf-8")
    True
    """
    environment = Environment(
        loader=PackageLoader("expectations"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"thousands": "{:,}".format, "percent": _percent}
    order = list(SOURCES)
    delivered = sorted(verdicts, key=lambda verdict: order.index(verdict.source))
    page = environment.get_template("validation.html").render(
        facts=facts,
        verdicts=delivered,
        first={verdict.source: verdict.quarantine.head(ROWS_SHOWN).to_dict("records") for verdict in delivered},
        absent=[name for name in order if name not in {verdict.source for verdict in delivered}],
        threshold=threshold,
        rows_read=sum(verdict.rows_read for verdict in delivered),
        rows_quarantined=sum(verdict.rows_quarantined for verdict in delivered),
        notes=sum(len(verdict.notes) for verdict in delivered),
        over=[v.source for v in delivered if threshold is not None and v.share_quarantined > threshold],
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.part")
    unfinished.write_text(page, encoding="utf-8")
    return unfinished.replace(path)


def _percent(share: float) -> str:
    # A share that is not nothing must not look like nothing.
    return "<0.01%" if 0 < share < 0.0001 else f"{share:.2%}"
