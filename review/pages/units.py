"""Dealers, interviewers and survey agencies: what the nights weighed of each, their scores, cases and verbatims."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter, HTTPException, Path, Query, Request, Response

from detectors.core.errors import MingchaError
from detectors.core.schemes import UnitKind
from review.charts.adjusted import adjusted
from review.charts.callers import callers as callers_chart
from review.charts.evidence import evidence, span_of
from review.language import Words, words_of
from review.language.figures import bits, day, number, percent, points
from review.rendering import render
from review.security.roles import Permission, requires
from review.verbatims import Verbatim, Verbatims, by_topic
from sql import agencies, nights, units
from sql.agencies import AgencyNight, Caller
from sql.connection import reading
from sql.units import History, NightIndex, NightScore, Weighed

router = APIRouter()

_ROWS_A_PAGE = 50
_CALLERS_DRAWN = 400
_MONTHS_READ = 6
_SAID_A_PAGE = 30

_Text = Annotated[str, Query(max_length=100, pattern=r"^[^\x00]*$")]
_Id = Annotated[str, Path(max_length=200, pattern=r"^[^\x00]+$")]
_PageNumber = Annotated[int, Query(ge=1, le=10_000)]


@router.get("/dealers", name="units", dependencies=[requires(Permission.CASE_READ)])
def dealers(request: Request, text: _Text = "", region: _Text = "", page: _PageNumber = 1) -> Response:
    """List the dealers."""
    return _listed(request, UnitKind.DEALER, text, region, page)


@router.get("/interviewers", name="interviewers", dependencies=[requires(Permission.CASE_READ)])
def interviewers(request: Request, text: _Text = "", agency: _Text = "", page: _PageNumber = 1) -> Response:
    """List the interviewers."""
    return _listed(request, UnitKind.INTERVIEWER, text, agency, page)


@router.get("/agencies", name="agencies", dependencies=[requires(Permission.CASE_READ)])
def all_agencies(request: Request) -> Response:
    """List the survey agencies."""
    with reading(request.app.state.engine) as connection:
        found = agencies.agencies(connection)
    return render(request, "agencies.html", agencies=found)


@router.get("/dealers/{dealer_id:path}/said", name="dealer_said", dependencies=[requires(Permission.CASE_READ)])
def dealer_said(request: Request, dealer_id: _Id, topic: _Text = "", page: _PageNumber = 1) -> Response:
    """Show what a dealer's customers said, by topic."""
    return _said(request, UnitKind.DEALER, dealer_id, topic, page)


@router.get(
    "/interviewers/{interviewer_id:path}/said",
    name="interviewer_said",
    dependencies=[requires(Permission.CASE_READ)],
)
def interviewer_said(request: Request, interviewer_id: _Id, topic: _Text = "", page: _PageNumber = 1) -> Response:
    """Show what an interviewer wrote down of customers' words, by topic."""
    return _said(request, UnitKind.INTERVIEWER, interviewer_id, topic, page)


@router.get("/dealers/{dealer_id:path}", name="dealer", dependencies=[requires(Permission.CASE_READ)])
def dealer(request: Request, dealer_id: _Id) -> Response:
    """Show a dealer."""
    return _unit(request, UnitKind.DEALER, dealer_id)


@router.get("/interviewers/{interviewer_id:path}", name="interviewer", dependencies=[requires(Permission.CASE_READ)])
def interviewer(request: Request, interviewer_id: _Id) -> Response:
    """Show an interviewer."""
    return _unit(request, UnitKind.INTERVIEWER, interviewer_id)


@router.get("/agencies/{vendor:path}", name="agency", dependencies=[requires(Permission.CASE_READ)])
def agency(request: Request, vendor: _Id, page: _PageNumber = 1) -> Response:
    """Show a survey agency: its interviewers, their evidence, how much they asked."""
    with reading(request.app.state.engine) as connection:
        found = agencies.agencies(connection, vendor=vendor)
        if not found:
            raise HTTPException(404)
        history = agencies.history(connection, vendor)
        drawn = agencies.callers(connection, vendor, limit=_CALLERS_DRAWN)
        start = (page - 1) * _ROWS_A_PAGE
        rows = drawn[start : start + _ROWS_A_PAGE]
        if start + _ROWS_A_PAGE > len(drawn) == _CALLERS_DRAWN:
            rows = agencies.callers(connection, vendor, limit=_ROWS_A_PAGE, offset=start)
    words = words_of(request)
    return render(
        request,
        "agency.html",
        agency=found[0],
        history=history,
        spec=callers_chart(words.language, drawn),
        table=_callers_table(words, drawn),
        drawn=len(drawn),
        callers=rows,
        nights=_nights_table(words, history),
        paging=_pager(request, page, found[0].interviewers),
    )


def _listed(request: Request, kind: UnitKind, text: str, within: str, page: int) -> Response:
    text = text.strip()
    with reading(request.app.state.engine) as connection:
        total = units.count(connection, kind, text=text, within=within)
        start = (page - 1) * _ROWS_A_PAGE
        rows = units.search(connection, kind, text=text, within=within, limit=_ROWS_A_PAGE, offset=start)
        if kind is UnitKind.DEALER:
            choices = units.regions(connection)
        else:
            choices = [each.vendor for each in agencies.agencies(connection)]
    return render(
        request,
        "units.html",
        kind=kind.value,
        rows=rows,
        total=total,
        text=text,
        within=within,
        choices=choices,
        paging=_pager(request, page, total),
    )


def _unit(request: Request, kind: UnitKind, unit_id: str) -> Response:
    with reading(request.app.state.engine) as connection:
        found = units.read(connection, kind, unit_id)
    if found is None:
        raise HTTPException(404)
    words = words_of(request)
    newest = [score for score in found.scores if score.business_date == found.scores[-1].business_date]
    return render(
        request,
        "unit.html",
        unit=found.unit,
        history=found,
        newest=max(newest, key=lambda score: score.bits, default=None),
        schemes=_schemes(words, found),
        surveys=_surveys(words, found),
        open_case=next((case for case in found.cases if case.status != "closed"), None),
    )


def _schemes(words: Words, found: History) -> list[dict[str, Any]]:
    """Return every scheme that the unit was weighed for, the heaviest on its newest night first."""
    by_scheme: dict[str, list[NightScore]] = {}
    for score in found.scores:
        by_scheme.setdefault(score.scheme, []).append(score)
    span = span_of(found.scores)
    shown = [
        {
            "scheme": scheme,
            "last": scores[-1],
            "spec": evidence(words.language, scores, span),
            "table": _scores_table(words, scores),
            "evidence": [said for said in found.evidence if said.scheme == scheme and not said.abstained],
            "abstained": _once([said for said in found.evidence if said.scheme == scheme and said.abstained]),
        }
        for scheme, scores in by_scheme.items()
    ]
    return sorted(shown, key=lambda each: -by_scheme[each["scheme"]][-1].bits)


def _once(abstained: Sequence[Weighed]) -> list[Weighed]:
    """Return the abstentions, each reason once: several detectors often miss the same source."""
    return list({said.reason: said for said in reversed(abstained)}.values())[::-1]


def _scores_table(words: Words, scores: Sequence[NightScore]) -> dict[str, Any]:
    _ = words.gettext
    rows = [
        [
            day(score.business_date),
            bits(score.bits),
            percent(score.probability, 1),
            number(score.n),
            percent(score.affected_share),
            _("flagged") if score.flagged else "–",
        ]
        for score in reversed(scores)
    ]
    headings = [_("Night"), _("bits"), _("probability"), _("rows"), _("share affected"), _("Flagged")]
    return {"headings": headings, "rows": rows}


def _surveys(words: Words, found: History) -> list[dict[str, Any]]:
    _ = words.gettext
    by_survey: dict[str, list[NightIndex]] = {}
    for said in found.index:
        by_survey.setdefault(said.survey, []).append(said)
    headings = [_("Night"), _("reported"), _("adjusted"), _("interval"), _("interviews")]
    return [
        {
            "survey": survey,
            "last": index[-1],
            "spec": adjusted(words.language, index, found.unit.target_score),
            "table": {"headings": headings, "rows": [_index_cells(said) for said in reversed(index)]},
        }
        for survey, index in by_survey.items()
    ]


def _index_cells(said: NightIndex) -> list[str]:
    known = said.adjusted_low is not None and said.adjusted_high is not None
    interval = f"{points(said.adjusted_low)} – {points(said.adjusted_high)}" if known else "–"
    scores = [points(said.reported_score), points(said.adjusted_score)]
    return [day(said.business_date), *scores, interval, number(said.n)]


def _callers_table(words: Words, drawn: Sequence[Caller]) -> dict[str, Any]:
    _ = words.gettext
    rows = [[each.unit_id, bits(each.bits), number(each.n), percent(each.probability, 1)] for each in drawn]
    return {"headings": [_("Interviewer"), _("bits"), _("interviews"), _("probability")], "rows": rows}


def _nights_table(words: Words, history: Sequence[AgencyNight]) -> dict[str, Any]:
    _ = words.gettext
    rows = [
        [day(said.business_date), *map(number, (said.interviews, said.weighed, said.flagged)), bits(said.most_bits)]
        for said in reversed(history)
    ]
    headings = [_("Night"), _("interviews"), _("interviewers"), _("Flagged"), _("most bits")]
    return {"headings": headings, "rows": rows}


def _said(request: Request, kind: UnitKind, unit_id: str, topic: str, page: int) -> Response:
    with reading(request.app.state.engine) as connection:
        unit = units.find(connection, kind, unit_id)
        night = nights.newest(connection)
    if unit is None or night is None:
        raise HTTPException(404)
    said, problem = _read(request, kind, unit_id, night)
    topics = by_topic(said)
    chosen = next((each for each in topics if each.key == topic), None)
    shown = chosen.said if chosen else said
    start = (page - 1) * _SAID_A_PAGE
    return render(
        request,
        "said.html",
        unit=unit,
        night=night,
        months=_MONTHS_READ,
        said_=shown[start : start + _SAID_A_PAGE],
        total=len(said),
        topics=topics,
        chosen=chosen,
        problem=problem,
        paging=_pager(request, page, len(shown), _SAID_A_PAGE),
    )


def _read(request: Request, kind: UnitKind, unit_id: str, night: nights.Night) -> tuple[Sequence[Verbatim], bool]:
    """Return what was said, or that the observations cannot be read."""
    state = request.app.state
    if not hasattr(state, "verbatims"):
        storage = {name: value.get_secret_value() for name, value in state.settings.storage.items()}
        state.verbatims = Verbatims(state.settings.lake or state.settings.home / "lake", storage)
    kept: Verbatims = state.verbatims
    try:
        until = date.fromisoformat(night.business_date)
        return kept.of(kind, unit_id, until=until, months=_MONTHS_READ), False
    except MingchaError:
        return (), True


def _pager(request: Request, page: int, total: int, rows: int = _ROWS_A_PAGE) -> dict[str, Any]:
    """Return what the macro `pager` wants; each address keeps the filters."""
    kept = [(name, value) for name, value in request.query_params.multi_items() if name != "page" and value]
    here = quote(request.url.path)

    def link(to: int) -> str:
        return f"{here}?{urlencode([*kept, ('page', to)])}"

    return {"number": page, "pages": max(1, -(-total // rows)), "total": total, "link": link}
