"""The reviewers' console at its size: twenty people at once, on a database as it stands after two years.

A history (5,000 dealers, 600 interviewers, 20,000 cases, 24 monthly runs) is written to a SQLite file and to a
PostgreSQL server of its own. For each, ``mingcha review`` is started as it is by hand, and twenty people who signed in
walk through its pages in an order of their own: first with a second of thought between two pages, then without any.

    python -m benchmarks.console              # about five minutes
    python -m benchmarks.console --small      # a hundredth of it, half a minute; writes no table

Milliseconds at the server are what it says of itself (``Server-Timing``: from the request's arrival until the answer
begins, waiting for a thread or for the processor included); at the visitor, until the last byte has come. The visitors
and PostgreSQL run on the same two cores. Every kind of page has been asked for once before.
"""

import argparse
import asyncio
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from urllib.parse import quote

import httpx
import numpy as np
import pandas as pd
import psutil
from sqlalchemy import select

from benchmarks.stored_history import AGENCIES, REGIONS, Size, write_history
from benchmarks.tables import quote as quote_table
from sql import accounts, tables
from sql.connection import connect, reading, writing
from sql.times import now
from tests.postgres import running_postgres

GOAL_MEDIAN_MS, GOAL_P95_MS = 150.0, 400.0
ROLES = ("reviewer", "reviewer", "lead", "auditor", "reviewer", "reviewer", "lead", "auditor", "reviewer", "admin")
"""Of every ten people."""

_HEADING = "median / 95th percentile, ms"
_SUMMARY = (
    *("all pages, at the server", "all pages, at the visitor", "kinds of page within the goal", "pages a second"),
    *("start until the first answer, s", "slowest first visit, ms", "memory, MB"),
)
_THOUGHT_S = 1.0
_STARTING_S = 60.0
_LARGEST_WAIT_S = 30.0


@dataclass(frozen=True)
class Page:
    """A kind of page, and addresses of it.

    Parameters
    ----------
    name
        As the table names it.
    addresses
        Some pages of the kind.
    of_audit
        Whether only some roles may see it.
    """

    name: str
    addresses: tuple[str, ...]
    of_audit: bool = False


@dataclass(frozen=True)
class Visit:
    """One page that somebody saw."""

    page: str
    server_ms: float
    visitor_ms: float
    size_bytes: int


@dataclass(frozen=True)
class Visitor:
    """Somebody who signed in."""

    session: str
    role: str
    language: str
    token: str


@dataclass(frozen=True)
class Measured:
    """What one database gave.

    Parameters
    ----------
    start_s
        From the command until the first answer.
    memory_mb
        Of the server after both walks.
    first_ms
        The slowest first visit of any page.
    thinking, hurried
        The visits, with a second between two and with none, and how many seconds they took.
    """

    start_s: float
    memory_mb: float
    first_ms: tuple[str, float]
    thinking: tuple[list[Visit], float]
    hurried: tuple[list[Visit], float]


def pages(url: str, rng: np.random.Generator) -> list[Page]:
    """Return every kind of page, with addresses of units and cases that the database has."""
    engine = connect(url)
    case, unit, run = tables.cases.c, tables.units.c, tables.runs.c
    with reading(engine) as connection:
        held = connection.execute(select(case.case_id, case.status)).all()
        units = connection.execute(select(unit.unit_kind, unit.unit_id)).all()
        runs = list(connection.execute(select(run.run_id)).scalars())
    engine.dispose()

    def some(found: Sequence[object], how_many: int = 40) -> list[str]:
        return [str(each) for each in rng.choice(np.array(found, dtype=object), how_many)]

    dealers = [row.unit_id for row in units if row.unit_kind == "dealer"]
    callers = [row.unit_id for row in units if row.unit_kind == "interviewer"]
    open_cases = some([row.case_id for row in held if row.status != "closed"], 120)
    closed_cases = some([row.case_id for row in held if row.status == "closed"])
    views = "/audit/views"
    return [
        Page("overview", ("/",)),
        Page("queue", ("/cases",)),
        Page(
            "queue, filtered",
            (
                *(f"/cases?region={region}&severity=high" for region in REGIONS),
                *("/cases?scheme=coached", "/cases?status=closed&scheme=withheld&order=newest"),
                *(
                    "/cases?assignee=nobody&order=due",
                    "/cases?status=all&brand=Hanhai&age=30",
                    "/cases?unit=interviewer",
                ),
            ),
        ),
        Page("queue, searched", tuple(f"/cases?status=all&q={quote(text)}" for text in ("D012", "第45", "d00077"))),
        Page("queue, third page", ("/cases?page=3", "/cases?status=closed&page=3")),
        Page("queue, page 300 of the closed", ("/cases?status=closed&page=300",)),
        Page("queue as csv", ("/cases/export.csv",)),
        Page("case, open", tuple(f"/cases/{case_id}" for case_id in open_cases)),
        Page("case, closed", tuple(f"/cases/{case_id}" for case_id in closed_cases)),
        Page("dealers", ("/dealers", "/dealers?text=D03&page=2", *(f"/dealers?region={region}" for region in REGIONS))),
        Page("dealer", tuple(f"/dealers/{dealer}" for dealer in some(dealers, 120))),
        Page("interviewers", ("/interviewers", "/interviewers?page=3")),
        Page("interviewer", tuple(f"/interviewers/{caller}" for caller in some(callers))),
        Page("agencies", ("/agencies",)),
        Page("agency", tuple(f"/agencies/{quote(agency)}" for agency in AGENCIES)),
        Page("guide", ("/help",)),
        Page("audit", ("/audit",), of_audit=True),
        Page("runs", ("/audit/runs",), of_audit=True),
        Page("run", tuple(f"/audit/runs/{run_id}" for run_id in runs), of_audit=True),
        Page("event chain", ("/audit/verification",), of_audit=True),
        Page("view of scores", (f"{views}/audit_scores", *_narrowed("audit_scores")), of_audit=True),
        Page("view of evidence", (f"{views}/audit_evidence", *_narrowed("audit_evidence")), of_audit=True),
        Page(
            "views of cases and events",
            (f"{views}/audit_cases", f"{views}/audit_events?page=3", f"{views}/audit_findings?sort=bits&down=1"),
            of_audit=True,
        ),
        Page("cases as JSON", ("/api/v1/cases", "/api/v1/cases?status=closed&page=3")),
        Page("case as JSON", tuple(f"/api/v1/cases/{case_id}" for case_id in open_cases)),
        Page("dealer as JSON", tuple(f"/api/v1/dealers/{dealer}" for dealer in some(dealers))),
    ]


def _narrowed(view: str) -> list[str]:
    at_least = "column=bits&is=at_least&value=5"
    return [
        f"/audit/views/{view}?{at_least}&sort=bits&down=1",
        f"/audit/views/{view}?column=unit_id&is=is&value=D00077",
    ]


def sign_in(url: str, how_many: int) -> list[Visitor]:
    """Add people of every role with a session each, and one service whose token all use for JSON."""
    engine, at = connect(url), now()
    visitors = []
    with writing(engine) as connection:
        token = accounts.create_service_token(connection, f"bench-{at:%H%M%S}", "auditor", actor="bench", at=at)
        for number in range(how_many):
            role = ROLES[number % len(ROLES)]
            account = f"visitor-{at:%H%M%S}-{number}"
            person = accounts.create_person(connection, account, f"Visitor {number}", role, actor="bench", at=at)
            session = accounts.begin_session(connection, person.person_id, at=at)
            visitors.append(Visitor(session, role, "zh" if number % 2 else "en", token))
    engine.dispose()
    return visitors


@contextmanager
def serving(url: str, home: Path) -> Iterator[tuple[str, float, psutil.Process]]:
    """Start the console as by hand; yields its address, the seconds until it answered, and its process."""
    started = time.perf_counter()
    mingcha = str(Path(sys.executable).parent / "mingcha")
    command = [mingcha, "review", "--port", "0", "--home", str(home), "--database", url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own command
        try:
            said = process.stdout.readline() if process.stdout else ""
            found = re.search(r"http://\S+", said)
            if found is None:
                raise SystemExit(f"{' '.join(command)} did not say where it is.")
            address = found[0]
            _wait_for(address)
            yield address, time.perf_counter() - started, psutil.Process(process.pid)
        finally:
            process.terminate()


def _wait_for(address: str) -> None:
    until = time.perf_counter() + _STARTING_S
    while time.perf_counter() < until:
        try:
            if httpx.get(f"{address}/api/v1/health", timeout=_STARTING_S).status_code == httpx.codes.OK:
                return
        except httpx.TransportError:
            time.sleep(0.01)
    raise SystemExit(f"{address} did not answer within {_STARTING_S:.0f} s.")


async def walk(
    address: str, kinds: Sequence[Page], visitors: Sequence[Visitor], *, thought_s: float, lasting_s: float
) -> tuple[list[Visit], float]:
    """Have everybody walk for so many seconds, and return what they saw and how long it took."""
    started = time.perf_counter()
    walks = [
        _walk(address, kinds, visitor, number, thought_s, started + lasting_s)
        for number, visitor in enumerate(visitors)
    ]
    seen = [visit for visits in await asyncio.gather(*walks) for visit in visits]
    return seen, time.perf_counter() - started


async def _walk(
    address: str, kinds: Sequence[Page], visitor: Visitor, number: int, thought_s: float, until: float
) -> list[Visit]:
    rng = np.random.default_rng(number)
    mine = [page for page in kinds if not page.of_audit or visitor.role != "reviewer"]
    seen: list[Visit] = []
    async with _browser(address, visitor) as browser:
        await asyncio.sleep(float(rng.uniform(0, thought_s)))
        while True:
            for place in rng.permutation(len(mine)):
                if time.perf_counter() >= until:
                    return seen
                seen.append(await _visit(browser, mine[place], visitor, str(rng.choice(mine[place].addresses))))
                await asyncio.sleep(thought_s * float(rng.uniform(0.5, 1.5)))


def _browser(address: str, visitor: Visitor) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        base_url=address,
        cookies={"mingcha-session": visitor.session, "mingcha-language": visitor.language},
        timeout=_LARGEST_WAIT_S,
    )


async def _visit(browser: httpx.AsyncClient, page: Page, visitor: Visitor, path: str) -> Visit:
    headers = {"Authorization": f"Bearer {visitor.token}"} if path.startswith("/api/") else {}
    asked = time.perf_counter()
    answer = await browser.get(path, headers=headers)
    took_ms = (time.perf_counter() - asked) * 1000
    if answer.status_code != httpx.codes.OK:
        raise SystemExit(f"{path} answered {answer.status_code}.")
    said = re.search(r"dur=([\d.]+)", answer.headers["server-timing"])
    return Visit(page.name, float(said[1]) if said else took_ms, took_ms, len(answer.content))


async def first_visits(address: str, kinds: Sequence[Page], visitor: Visitor) -> list[Visit]:
    """Ask for every kind of page once, one after the other."""
    async with _browser(address, visitor) as browser:
        return [await _visit(browser, page, visitor, page.addresses[0]) for page in kinds]


def measure(url: str, home: Path, *, people: int, lasting_s: float) -> Measured:
    """Start the console on a database, and have people walk through it."""
    kinds = pages(url, np.random.default_rng(5))
    visitors = sign_in(url, people)
    with serving(url, home) as (address, start_s, process):
        auditor = next(visitor for visitor in visitors if visitor.role == "auditor")
        first = max(asyncio.run(first_visits(address, kinds, auditor)), key=lambda visit: visit.visitor_ms)
        thinking = asyncio.run(walk(address, kinds, visitors, thought_s=_THOUGHT_S, lasting_s=lasting_s))
        hurried = asyncio.run(walk(address, kinds, visitors, thought_s=0, lasting_s=lasting_s))
        memory_mb = process.memory_info().rss / 1e6
    return Measured(start_s, memory_mb, (first.page, first.visitor_ms), thinking, hurried)


def table(found: dict[str, Measured]) -> pd.DataFrame:
    """Return a row a kind of page, median and 95th percentile in milliseconds at the server, and what all amount to."""
    columns: dict[str, dict[str, str]] = {}
    for name, measured in found.items():
        walks = {"1 s between pages": measured.thinking, "no pause": measured.hurried}
        of_server = {
            "start until the first answer, s": f"{measured.start_s:.1f}",
            "slowest first visit, ms": f"{measured.first_ms[1]:.0f} ({measured.first_ms[0]})",
            "memory, MB": f"{measured.memory_mb:.0f}",
        }
        for how, (visits, lasted_s) in walks.items():
            columns[f"{name}, {how}"] = _column(pd.DataFrame(visits), lasted_s) | of_server
            of_server = {}
    result = pd.DataFrame(columns).fillna("")
    of_pages = [row for row in result.index if row not in _SUMMARY]
    return result.loc[[*of_pages, *_SUMMARY]].rename_axis(_HEADING).reset_index()


def _column(visits: pd.DataFrame, lasted_s: float) -> dict[str, str]:
    by_page = visits.groupby("page")["server_ms"]
    medians, tails = by_page.median(), by_page.quantile(0.95)
    kept = (medians <= GOAL_MEDIAN_MS) & (tails <= GOAL_P95_MS)
    cells = {str(page): f"{medians[page]:.0f} / {tails[page]:.0f}" for page in medians.index}
    told = (
        *(_both(visits["server_ms"]), _both(visits["visitor_ms"])),
        *(f"{kept.sum()} of {len(kept)}", f"{len(visits) / lasted_s:.0f}"),
    )
    return cells | dict(zip(_SUMMARY, told, strict=False))


def _both(values: "pd.Series[float]") -> str:
    return f"{values.median():.0f} / {values.quantile(0.95):.0f}"


def main() -> None:
    """Run the benchmark and quote its table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--small", action="store_true", help="a hundredth of the size; writes no table")
    parser.add_argument("--only", choices=["sqlite", "postgresql"], help="one database; writes no table")
    parser.add_argument("--people", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=35.0, help="how long each walk lasts")
    parser.add_argument("--database", help="a database that such a history was written to; writes no table")
    arguments = parser.parse_args()
    size = Size(50, 20, 24, 300, 100) if arguments.small else Size()
    walks = {"people": arguments.people, "lasting_s": arguments.seconds}
    root = Path(tempfile.mkdtemp(prefix="mingcha-console-"))
    found: dict[str, Measured] = {}
    try:
        if arguments.database:
            found["here"] = measure(arguments.database, root, **walks)
        else:
            with running_postgres() as server:
                server.execute("create database mingcha")
                urls = {
                    "SQLite": f"sqlite:///{root / 'mingcha.db'}",
                    "PostgreSQL": server.url("mingcha").render_as_string(hide_password=False),
                }
                urls = {name: url for name, url in urls.items() if arguments.only in {None, name.lower()}}
                with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
                    for written in [pool.submit(write_history, url, size) for url in urls.values()]:
                        written.result()
                for name, url in urls.items():
                    found[name] = measure(url, root / name, **walks)
    finally:
        shutil.rmtree(root)
    results = table(found)
    if arguments.small or arguments.only or arguments.database:
        print(results.to_string(index=False))
    else:
        print(quote_table("console", results, "python -m benchmarks.console"))


if __name__ == "__main__":
    main()
