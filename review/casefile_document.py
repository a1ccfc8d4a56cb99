"""The case file for a hearing: all of a case as one page to be printed, its charts inside and nothing beside it."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from fastapi import Request
from markupsafe import Markup
from sqlalchemy import Connection

from detectors.core.schemes import UnitKind
from review.charts.adjusted import adjusted
from review.charts.evidence import evidence, span_of
from review.charts.shapes import Spec
from review.charts.trend import trend
from review.charts.waterfall import waterfall
from review.language import TAGS, Words, language_of, words_of
from review.language.evidence import DISPOSITIONS, SOURCES, family_name, family_names
from review.language.happened import tell
from review.language.items import Titles, item_names
from review.language.names import named
from sql import accounts, browse, casefile, events, nights, units
from sql.browse import Filter, Operator
from sql.casefile import CaseFile
from sql.connection import reading
from sql.said import Evidence
from sql.times import as_text
from sql.units import History
from sql.waterfall import Finding

_PAPER = {
    "accent": "#1d5f6e",
    "against": "#a3391f",
    "caution": "#7d5400",
    "for": "#2c6a45",
    "muted": "#58646a",
    "line": "#dcdfdb",
    "ink": "#1d2529",
    "surface": "#ffffff",
    "sunken": "#eeefeb",
}
"""What the stylesheet's colours are on paper."""

_FONT = "Noto Sans CJK SC, PingFang SC, Microsoft YaHei, Segoe UI, Noto Sans, sans-serif"
_WIDTH, _HALF_WIDTH = 600, 290
_RECORDS = 20
"""Records to listen to, and as many controls, that the file shows of the dossier's forty."""
_EVENTS = 500


def document(request: Request, case_id: int) -> str:
    """Return the page, in the visitor's language.

    Parameters
    ----------
    request
        What is answered.
    case_id
        The case.

    Raises
    ------
    UnknownCaseError
        There is no such case.
    """
    words, state = words_of(request), request.app.state
    with reading(state.engine) as connection:
        file = casefile.read(connection, case_id)
        people = {each.account: each.name for each in accounts.all_people(connection)}
        kept = units.read(connection, UnitKind(file.head.unit_kind), file.head.unit_id)
        run = nights.run(connection, file.head.run_id)
        inputs = nights.inputs(connection, run.run_key) if run else []
        chain = _chain(connection, case_id)
        count, head_hash = events.head(connection)
    drawn = _Drawn()
    told = [tell(words, event, people) for event in file.events]
    dossier = file.dossier or {}
    text: str = state.pages.text(
        language_of(request),
        "case_document.html",
        {
            "tag": TAGS[language_of(request)],
            "file": file,
            "head": file.head,
            "made_at": as_text(state.clock()),
            "made_by": request.state.person,
            "people": people,
            "findings": [_finding(words, drawn, finding) for finding in file.findings],
            "scores": _scores(words, drawn, kept),
            "over_time": _over_time(words, drawn, kept, file),
            "trends": [
                {"survey": each["survey"], "chart": drawn.chart(trend(words.language, each["months"]), _HALF_WIDTH)}
                for each in dossier.get("surveys", ())
                if each["months"]
            ],
            "heats": _heats(words, state.settings.items, dossier),
            "dossier": dossier,
            "records": list(dossier.get("records", ()))[:_RECORDS],
            "controls": list(dossier.get("controls", ()))[:_RECORDS],
            "told": [replace(said, text=_masked(said.text)) for said in told],
            "chain": chain,
            "events_in_all": count,
            "head_hash": head_hash,
            "run": run,
            "inputs": inputs,
            "family_name": lambda family: family_name(words, family),
            "family_names": lambda families: family_names(words, families),
            "source_name": lambda source: named(words, SOURCES, source),
            "disposition_name": lambda disposition: named(words, DISPOSITIONS, disposition),
        },
    )
    return text


class _Drawn:
    """Charts as SVG, each with names of its own for what it refers to inside."""

    def __init__(self) -> None:
        self._count = 0

    def chart(self, spec: Spec, width: int, title: str = "") -> Markup:
        """Return the chart as an ``svg`` element; texts in it were escaped by whoever drew it."""
        import vl_convert  # noqa: PLC0415 - half a second, for who prints a case

        self._count += 1
        printable = {**_on_paper(spec), "width": width, "config": _look()}
        if title:
            printable["title"] = title
        svg = vl_convert.vegalite_to_svg(printable)
        inside = f"chart{self._count}-"
        # Names are the same in every chart, and the first of a page would serve for all.
        svg = re.sub(r'(\bid="|url\(#|href="#)', lambda found: found[1] + inside, svg)
        return Markup(svg)  # noqa: S704


def _on_paper(value: Any) -> Any:
    if isinstance(value, str):
        return re.sub(r"var\(--([\w-]+)\)", lambda found: _PAPER.get(found[1], "#000000"), value)
    if isinstance(value, Mapping):
        return {name: _on_paper(item) for name, item in value.items()}
    if isinstance(value, Sequence):
        return [_on_paper(item) for item in value]
    return value


@cache
def _look() -> dict[str, Any]:
    quiet = {"labelColor": _PAPER["muted"], "titleColor": _PAPER["muted"], "labelFontSize": 10, "titleFontSize": 10}
    lines = {"gridColor": _PAPER["line"], "domainColor": _PAPER["line"], "tickColor": _PAPER["line"]}
    return {
        "background": "transparent",
        "font": _FONT,
        "axis": {**quiet, **lines, "titleFontWeight": "normal"},
        "legend": {**quiet, "titleFontWeight": "normal"},
        "view": {"stroke": "transparent"},
        "title": {"fontSize": 11, "color": _PAPER["ink"], "anchor": "start"},
        "rule": {"color": _PAPER["muted"]},
    }


def _finding(words: Words, drawn: _Drawn, finding: Finding) -> dict[str, Any]:
    spoke = [family for family in finding.families if any(not said.abstained for said in family.evidence)]
    chart = None
    if finding.prior_bits is not None:
        bars = [(family_name(words, family.name), family.bits) for family in spoke]
        chart = drawn.chart(
            waterfall(words.language, finding.prior_bits, bars, finding.bits, finding.explained_bits), _WIDTH - 120
        )
    return {
        "finding": finding,
        "chart": chart,
        "spoke": spoke,
        "speaks_against": [said for family in spoke for said in family.evidence if _is_quiet(said)],
        "could_explain": [said for family in finding.speaking for said in family.evidence if said.bits > 0],
    }


def _is_quiet(said: Evidence) -> bool:
    return not said.abstained and said.bits <= 0


def _scores(words: Words, drawn: _Drawn, kept: History | None) -> list[dict[str, Any]]:
    if kept is None:
        return []
    surveys = sorted({said.survey for said in kept.index})
    found = []
    for survey in surveys:
        index = [said for said in kept.index if said.survey == survey]
        chart = drawn.chart(adjusted(words.language, index, kept.unit.target_score), _HALF_WIDTH)
        found.append({"survey": survey, "last": index[-1], "chart": chart})
    return found


def _over_time(words: Words, drawn: _Drawn, kept: History | None, file: CaseFile) -> list[dict[str, Any]]:
    if kept is None:
        return []
    span, found = span_of(kept.scores), []
    for finding in file.findings:
        scores = [score for score in kept.scores if score.scheme == finding.scheme]
        if scores:
            chart = drawn.chart(evidence(words.language, scores, span), _WIDTH)
            found.append({"scheme": finding.scheme, "chart": chart})
    return found


def _heats(words: Words, titles: Titles, dossier: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the answers as tables whose cells are shaded: on paper the numbers are wanted too."""
    _ = words.gettext
    found = []
    for survey in dossier.get("surveys", ()):
        held = survey.get("heat")
        if held and held.get("unit"):
            names = item_names(words, titles, survey)
            sides = [
                {"title": title, "n": held[f"{side}_n"], "rows": list(zip(names, held[side], strict=True))}
                for side, title in (("unit", _("This unit")), ("peers", _("Comparable units")))
            ]
            answers = range(survey["low"], survey["high"] + 1)
            told = {"survey": survey["survey"], "peers_said": survey.get("peers_said", {})}
            found.append(told | {"sides": sides, "answers": answers})
    return found


def _chain(connection: Connection, case_id: int) -> list[dict[str, Any]]:
    """Return the case's part of the event chain with its hashes, oldest first."""
    query = browse.selection("audit_events", [Filter("case_id", Operator.IS, str(case_id))]).limit(_EVENTS)
    rows = [dict(row) for row in connection.execute(query).mappings()]
    return [row | {"after": _in_one_line(row["after"])} for row in reversed(rows)]


def _in_one_line(kept: str | None) -> str:
    values = json.loads(kept) if kept else {}
    written = {"reason", "comment"}
    told = {name: _masked(str(value)) if name in written else value for name, value in values.items()}
    return ", ".join(f"{name}: {value}" for name, value in told.items())


def _masked(text: str) -> str:
    """Return the text without numbers that could lead to a person, though reasons with such are not taken."""
    import pyarrow as pa  # noqa: PLC0415 - a tenth of a second, for who prints a case

    from lake.free_text import scrub  # noqa: PLC0415

    return str(scrub(pa.array([text])).to_pylist()[0])
