"""A console that has been lived in: two real nights of a simulated network, and what people did after each."""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from unittest.mock import patch

import pandas as pd
from pydantic import SecretStr
from sqlalchemy import Connection, text

from detectors.core.sources import SOURCES
from flows.nightly import run
from flows.settings import Settings
from review.app import create_app
from review.settings import ReviewSettings
from simulation import World, WorldSettings, simulate, write_inbox
from sql import accounts, decisions, merging, work
from sql.connection import connect, reading, writing
from sql.times import SHANGHAI
from tests.review.conftest import AT, NAMES, Clock, Console

WORLD = WorldSettings(seed=7, dealers=40, end="2026-10", scheme_share=0.08)
NIGHTS = (date(2026, 9, 30), date(2026, 10, 31))
"""After the first one people work for a month, after the last one for a morning."""
PASSWORD = "a bright and quiet morning"  # noqa: S105 - of invented people
LI, WANG = "li.na", "wang.fang"
"""A reviewer and a lead."""


def write_network(home: Path, further_nights: Sequence[date] = ()) -> None:
    """Simulate a network and write two nights of it, with what people did after each.

    Parameters
    ----------
    home
        Where the decisions, the observations and the reports go.
    further_nights
        Nights of which nobody does anything, for charts over time.
    """
    world = simulate(WORLD)
    inbox = home.parent / "inbox"
    settings = Settings(home=home, inbox=inbox, database_url=SecretStr(f"sqlite:///{home / 'mingcha.db'}"))
    people_work = dict(zip(NIGHTS, (_october, _this_morning), strict=True))
    for night in sorted({*NIGHTS, *further_nights}):
        write_inbox(_until(night, world), inbox)
        with _at(datetime.combine(night + timedelta(days=1), datetime.min.time(), SHANGHAI).replace(hour=3, minute=17)):
            run(settings, night)
        if night in people_work:
            engine = connect(settings.database)
            with writing(engine) as connection:
                people_work[night](connection)
            engine.dispose()
    shutil.rmtree(inbox)


def open_cases(console: Console, unit_kind: str = "dealer") -> list[int]:
    """Return the open cases of a kind of unit that nobody has looked at yet, the likeliest first."""
    with reading(console.engine) as connection:
        return _new_cases(connection, unit_kind)


def _new_cases(connection: Connection, unit_kind: str) -> list[int]:
    asked = text(
        "select case_id from audit_cases where status = 'new' and unit_kind = :kind and snoozed_until is null"
        " order by probability desc, case_id"
    )
    return list(connection.execute(asked, {"kind": unit_kind}).scalars())


@contextmanager
def lived_in(network: Path, home: Path) -> Iterator[Console]:
    """Make a console on a copy of what `write_network` wrote; its clock can be moved.

    Parameters
    ----------
    network
        What was written.
    home
        Where the copy goes; not there yet.
    """
    shutil.copytree(network, home)
    clock = Clock()
    told = {"database_url": f"sqlite:///{home / 'mingcha.db'}", "home": home, "lake": home / "lake"}
    app = create_app(ReviewSettings.model_validate(told), clock=clock)
    console = Console(app, clock)
    with writing(console.engine) as connection:
        for person in accounts.all_people(connection):
            console.know(person.account, person.person_id)
    try:
        yield console
    finally:
        app.state.engine.dispose()
        app.state.patient_engine.dispose()


def _until(night: date, world: World) -> World:
    """Return what could be delivered of a world by the end of a day."""
    frames = {
        name: frame[frame[when] < pd.Timestamp(night + timedelta(days=1))] if (when := SOURCES[name].when) else frame
        for name, frame in world.frames.items()
    }
    return replace(world, frames={name: frame.reset_index(drop=True) for name, frame in frames.items()})


@contextmanager
def _at(begins: datetime) -> Iterator[None]:
    """Let a run begin at a time, and a minute pass whenever it looks at the clock."""
    times = (begins + timedelta(minutes=minute) for minute in range(1000))
    with patch("flows.night.now", lambda: next(times)):
        yield


def _october(connection: Connection) -> None:
    """Add people; a case is confirmed by two, one refuted, one waits, one sleeps, and one needs a second person."""
    at = datetime(2026, 10, 1, 8, 30, tzinfo=SHANGHAI)
    for role, (account, name) in NAMES.items():
        person = accounts.create_person(connection, account, name, role, actor="mingcha", at=at)
        accounts.set_password(connection, person.person_id, PASSWORD, actor=account, at=at)
    copied, waiting = _new_cases(connection, "interviewer")[:2]
    untold, proposed, asleep, refuted = _new_cases(connection, "dealer")[:4]

    _decided(connection, copied, "confirmed", "听了八段录音：访员自己作答，没有受访者的声音。", at)
    decisions.confirm(
        connection, copied, _scheme(connection, copied), version=None, actor=WANG, reason="另听四段，相同。", at=_on(9)
    )
    decisions.close(connection, copied, version=None, actor=LI, reason="已通知调查公司，访问作废。", at=_on(9, 16))
    _decided(connection, refuted, "refuted", "厂家九月的服务活动，客户说的是厂家的礼品。", _on(12))
    decisions.close(connection, refuted, version=None, actor=LI, reason="有诚实的解释。", at=_on(12, 11))
    work.take(connection, waiting, version=None, actor=LI, at=_on(13))
    work.wait(connection, waiting, version=None, actor=LI, reason="等调查公司提供录音。", at=_on(13, 10))
    work.snooze(
        connection, asleep, date(2026, 11, 6), version=None, actor=WANG, reason="经销商更换系统，等新名单。", at=_on(14)
    )
    _decided(connection, proposed, "confirmed", "抽查十个号码，六个是员工家属。", _on(30))
    work.comment(connection, untold, "区域经理说下周到店走访。", version=None, actor=WANG, at=_on(30, 14))


def _this_morning(connection: Connection) -> None:
    """Link the two cases that the second night opened first."""
    one, other = sorted(_new_cases(connection, "dealer"))[-2:]
    merging.link(connection, one, other, version=None, actor=WANG, reason="同一集团的两家店。", at=AT)


def _decided(connection: Connection, case_id: int, outcome: str, reason: str, at: datetime) -> None:
    """Let Li take a case and decide its first finding."""
    work.take(connection, case_id, version=None, actor=LI, at=at)
    scheme = _scheme(connection, case_id)
    decisions.decide(connection, case_id, scheme, outcome, version=None, actor=LI, reason=reason, at=at)


def _scheme(connection: Connection, case_id: int) -> str:
    asked = text("select lead_scheme from audit_cases where case_id = :case_id")
    return str(connection.execute(asked, {"case_id": case_id}).scalar_one())


def _on(day: int, hour: int = 9) -> datetime:
    return datetime(2026, 10, day, hour, 20, tzinfo=SHANGHAI)
