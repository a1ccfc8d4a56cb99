"""The case page: why, what speaks for it and against it, what to listen to, and what was and can be done."""

from collections.abc import Mapping, Sequence
from functools import partial
from statistics import median
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Path, Request, Response
from sqlalchemy import Connection

from review.charts.funnel import Night, funnel
from review.charts.heat import heat
from review.charts.trend import trend
from review.charts.waterfall import waterfall
from review.language import Words, words_of
from review.language.evidence import DISPOSITIONS, SOURCES, family_name, family_names
from review.language.figures import bits as shown_bits
from review.language.figures import number, percent, points
from review.language.happened import tell
from review.language.items import Titles, item_name, item_names
from review.language.names import named
from review.pages.funnels import Funnels
from review.pages.queue_address import address, filter_of, of_person, query_of, today
from review.rendering import render
from review.security.roles import Permission, Person, requires
from sql import accounts, casefile, queue
from sql.casefile import CaseFile
from sql.connection import reading
from sql.peers import Peer
from sql.said import Evidence
from sql.waterfall import Finding

router = APIRouter()

CaseId = Annotated[int, Path(ge=1, le=2_147_483_647)]

_HALF_BIN = 10 ** (1 / 16)
"""From the middle of one of the funnel's bins of size to its ends, as a factor: a sixteenth of a decade."""

_RECORDS_SHOWN, _SCRIPTS_SHOWN, _LOOKS_SHOWN = 5, 4, 3
"""Records of each side, texts of each script and detectors' look-alikes, before the rest, which is folded away."""


@router.get("/cases/{case_id:int}", name="case")
def show(request: Request, case_id: CaseId, person: Annotated[Person, requires(Permission.CASE_READ)]) -> Response:
    """Show a case, with the way to those beside it in the queue that the address says."""
    wanted = filter_of(request.query_params, today(request))
    with reading(request.app.state.engine) as connection:
        file = _read(connection, case_id)
        beside = queue.neighbours(connection, of_person(wanted, person), case_id)
        people = {each.account: each.name for each in accounts.all_people(connection)}
        workers = accounts.assignable(connection) if person.may(Permission.CASE_ASSIGN_OTHERS) else []
        night = _night(request, connection, file)
    words = words_of(request)
    head = file.head
    day = wanted.today.isoformat()
    is_open = head.status != "closed"
    return render(
        request,
        "case.html",
        file=file,
        head=head,
        case=head,
        people=people,
        workers=workers,
        query=query_of(wanted),
        queue=address(request.app.url_path_for("queue"), wanted),
        beside=[None if each is None else address(_path(request, each), wanted) for each in beside],
        is_open=is_open,
        is_overdue=is_open and head.due_on is not None and head.due_on < day,
        is_asleep=is_open and head.snoozed_until is not None and head.snoozed_until > day,
        why=file.lead.strongest,
        findings=[_shown(words, finding) for finding in file.findings],
        funnel=None if night is None else _funnel(words, file, night),
        trends=_trends(words, file.dossier),
        heats=_heats(words, request.app.state.settings.items, file.dossier),
        dossier=file.dossier or {},
        records_shown=_RECORDS_SHOWN,
        scripts_shown=_SCRIPTS_SHOWN,
        looks_shown=_LOOKS_SHOWN,
        **_names(request, words),
        family_name=lambda family: family_name(words, family),
        family_names=lambda families: family_names(words, families),
        events=[tell(words, event, people) for event in reversed(file.events)],
    )


@router.get("/cases/{case_id:int}/records", name="case_records", dependencies=[requires(Permission.CASE_READ)])
def show_records(request: Request, case_id: CaseId) -> Response:
    """Show all the records of a case that are to be listened to, beside as many at random."""
    with reading(request.app.state.engine) as connection:
        head = head_or_404(connection, case_id)
        dossier = casefile.read_dossier(connection, case_id)
    return render(
        request,
        "records.html",
        head=head,
        dossier=dossier or {},
        records_shown=None,
        **_names(request, words_of(request)),
    )


def _path(request: Request, case_id: int) -> str:
    return str(request.app.url_path_for("case", case_id=case_id))


def _names(request: Request, words: Words) -> dict[str, Any]:
    """Return what a record's columns and their values are called."""
    titles: Titles = request.app.state.settings.items
    return {
        "sources": lambda source: named(words, SOURCES, source),
        "dispositions": lambda disposition: named(words, DISPOSITIONS, disposition),
        "item_name": partial(item_name, words, titles),
    }


def _read(connection: Connection, case_id: int) -> CaseFile:
    try:
        return casefile.read(connection, case_id)
    except casefile.UnknownCaseError:
        raise HTTPException(404) from None


def head_or_404(connection: Connection, case_id: int) -> casefile.Head:
    """Read the case itself, or answer that there is nothing."""
    try:
        return casefile.read_head(connection, case_id)
    except casefile.UnknownCaseError:
        raise HTTPException(404) from None


def _shown(words: Words, finding: Finding) -> dict[str, Any]:
    """Return a finding with its chart, and what was considered beside it."""
    bars = [(family_name(words, family.name), family.bits) for family in finding.families if _spoke(family.evidence)]
    chart = None
    if finding.prior_bits is not None:
        chart = waterfall(words.language, finding.prior_bits, bars, finding.bits, finding.explained_bits)
    return {
        "finding": finding,
        "chart": chart,
        "table": _waterfall_table(words, finding, bars),
        "spoke": [family for family in finding.families if _spoke(family.evidence)],
        "could_explain": [said for family in finding.speaking for said in family.evidence if said.bits > 0],
        "speaks_against": [
            said for family in finding.families for said in family.evidence if not said.abstained and said.bits <= 0
        ],
    }


def _spoke(evidence: Sequence[Evidence]) -> bool:
    return any(not said.abstained for said in evidence)


def _waterfall_table(words: Words, finding: Finding, bars: Sequence[tuple[str, float]]) -> dict[str, Any]:
    _ = words.gettext
    prior = [(_("Before any evidence"), shown_bits(finding.prior_bits))]
    rows = [*prior, *((name, shown_bits(added)) for name, added in bars)]
    if finding.explained_bits:
        rows.append((_("Another scheme explains it too"), shown_bits(finding.explained_bits)))
    total = None if finding.prior_bits is None else finding.prior_bits + finding.bits + finding.explained_bits
    return {
        "headings": [_("Step"), _("bits")],
        "rows": [*rows, (_("All together"), f"{shown_bits(total)} = {percent(finding.probability, 1)}")],
    }


def _night(request: Request, connection: Connection, file: CaseFile) -> Night | None:
    """Return what the strongest detector said of everybody that night."""
    said = file.lead.strongest
    if said is None or not said.n or said.observed is None:
        return None
    state = request.app.state
    if not hasattr(state, "funnels"):
        state.funnels = Funnels()
    night: Night = state.funnels.night(connection, file.head.last_run_key, said, file.head.unit_kind)
    return night


def _funnel(words: Words, file: CaseFile, night: Night) -> dict[str, Any]:
    _ = words.gettext
    said = file.lead.strongest
    assert said is not None and said.n is not None and said.observed is not None  # noqa: S101, PT018 - see _night
    this = Peer(file.head.unit_id, said.n, said.observed, said.fair_low, said.fair_high)
    figure = percent if night.is_share else points
    of = said.n if night.is_share else 1

    def limits(low: float | None, high: float | None) -> str:
        return "–" if low is None or high is None else f"{figure(low)} – {figure(high)}"

    own = [None if limit is None else limit / of for limit in (said.fair_low, said.fair_high)]
    alike = _("units of about that size")
    rows = [[file.head.unit_id, number(said.n), figure(said.observed / of), limits(*own)]]
    for limit in night.limits:
        fewest, most = limit["n"] / _HALF_BIN, limit["n"] * _HALF_BIN
        inside = [dot["share"] for dot in night.dots if fewest <= dot["n"] <= most]
        middle = median(inside) if inside else None
        rows.append([alike, number(limit["n"]), figure(middle), limits(limit["low"], limit["high"])])
    return {
        "said": said,
        "night": night,
        "chart": funnel(words.language, night, this),
        "table": {"headings": [_("Unit"), _("rows"), _("observed"), _("fair limits")], "rows": rows},
    }


def _trends(words: Words, dossier: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    _ = words.gettext
    headings = [
        *(_("Month"), _("interviews"), _("mean"), _("mean, network"), _("full marks"), _("full marks, network")),
        *(_("last days: interviews"), _("last days: full marks"), _("last days: network")),
    ]
    return [
        {
            "survey": survey["survey"],
            "chart": trend(words.language, survey["months"]),
            "table": {"headings": headings, "rows": [_month(month) for month in survey["months"]]},
        }
        for survey in (dossier or {}).get("surveys", ())
        if survey["months"]
    ]


def _month(month: Mapping[str, Any]) -> list[str]:
    return [
        *(month["month"], number(month["n"]), points(month["mean"]), points(month["network_mean"])),
        *(percent(month["full"]), percent(month["network_full"]), number(month["closing_n"])),
        *(percent(month["closing_full"]), percent(month["network_closing_full"])),
    ]


def _heats(words: Words, titles: Titles, dossier: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    _ = words.gettext
    found = []
    for survey in (dossier or {}).get("surveys", ()):
        held = survey.get("heat")
        if not held or not held.get("unit"):
            continue
        names = item_names(words, titles, survey)
        answers = [str(answer) for answer in range(survey["low"], survey["high"] + 1)]
        sides = []
        for side, title in (("unit", _("This unit")), ("peers", _("Comparable units"))):
            rows = [[name, *map(percent, shares)] for name, shares in zip(names, held[side], strict=True)]
            table = {"headings": [_("Item"), *answers], "rows": rows}
            sides.append({"side": side, "title": title, "n": held[f"{side}_n"], "table": table})
            sides[-1]["chart"] = heat(words.language, survey, names, side)
        found.append({"survey": survey["survey"], "sides": sides, "peers_said": survey.get("peers_said", {})})
    return found
