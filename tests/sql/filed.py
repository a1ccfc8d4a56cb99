"""Two nights with all that a case page shows, for the tests of the case file and of the console's pages.

Dealer D1 (明达汽车, East) has two findings, fake_contacts and coached; D2 (North) one, of low severity; interviewer B7
(Agency B) one. D3 to D9 are honest, and the dots of a funnel.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from sql.runs import RunResult
from sql.store import Store
from tests.sql.nights import Score, night

DEALERS = ("D1", "D2", "D3", "D4", "D5", "D6", "D7", "D8", "D9")

_SCORES: tuple[Score, ...] = (
    ("D1", "fake_contacts", 12.0, 1, 0.99, 0.6),
    ("D1", "coached", 6.0, 1, 0.66, 0.3),
    ("D2", "coached", 7.0, 1, 0.8, 0.05),
    ("B7", "fabricated", 11.0, 1, 0.98, 0.4),
    *((dealer, scheme, -2.0, 0, 0.01, 0.0) for dealer in DEALERS[2:] for scheme in ("fake_contacts", "coached")),
)

_EVIDENCE_COLUMNS = [
    *("unit_kind", "unit_id", "scheme", "family", "detector", "n", "observed", "expected", "fair_low", "fair_high"),
    *("bits", "family_bits", "abstained", "reason", "reason_zh"),
]

Row = tuple[Any, ...]


def _evidence(shift_bits: float) -> list[Row]:
    staff = ("fake_contacts", "contacts", "staff")
    rows: list[Row] = [
        ("dealer", "D1", *staff, 200, 23.0, 0.1, 0.0, 1.0, 13.0 + shift_bits, 12.5, False,
         "23 of 200 numbers are of dealers' staff.", "200 个号码中有 23 个属于经销商员工。"),
        ("dealer", "D1", "fake_contacts", "contacts", "recycled", 200, 9.0, 0.4, 0.0, 2.0, 4.0, 12.5, False,
         "9 of 200 numbers stand under other customers too.", "200 个号码中有 9 个也登记在其他客户名下。"),
        ("dealer", "D1", "fake_contacts", "crosschecks", "implied", 100, 40.0, 41.0, 33.0, 49.0, -0.5, -0.5, False,
         "40 of 100 interviews give full marks; the rest implies 33 to 49.",
         "100 份访问中有 40 份满分，应为 33 至 49 份。"),
        ("dealer", "D1", "fake_contacts", "reviews", "copied", 3, None, None, None, None, 0.0, 0.0, True,
         "3 reviews are too few.", "3 条评价太少。"),
        ("dealer", "D1", "coached", "wording", "telling", 40, 5.0, 0.1, 0.0, 1.0, 6.0, 6.0, False,
         "5 of 40 customers said <b>what</b> they were told.", "40 位客户中有 5 位说被告知如何回答。"),
        ("dealer", "D2", "coached", "wording", "telling", 50, 4.0, 0.1, 0.0, 1.0, 7.0, 7.0, False,
         "4 of 50 customers said what they were told.", "50 位客户中有 4 位说被告知如何回答。"),
        ("interviewer", "B7", "fabricated", "interviewers", "pace", 100, 9.0, 0.5, 0.0, 2.0, 11.0, 11.0, False,
         "9 of 100 interviews were too short.", "100 份访问中有 9 份过短。"),
    ]  # fmt: skip
    rows += [
        ("dealer", dealer, *staff, 40 * place, 0.0, 0.1, 0.0, 1.0, -1.0, -1.0, False, "Nobody.", "没有。")
        for place, dealer in enumerate(DEALERS[2:], start=1)
    ]
    return rows


def dossier(unit_id: str) -> Mapping[str, Any]:
    """What a night lays by for a reviewer to read and hear."""
    months = [
        {
            "month": f"2026-{month:02d}", "n": 20, "mean": 9.4, "full": 0.5, "network_mean": 8.7, "network_full": 0.15,
            "closing_n": 5, "closing_full": 0.8 if month == 9 else None, "network_closing_full": 0.16,
        }
        for month in (8, 9, 10)
    ]  # fmt: skip
    record = {
        "source": "surveys", "record_id": "R1", "at": "2026-09-30T10:00:00", "dealer_id": unit_id,
        "interviewer_id": "B7", "vendor": "Agency B", "survey": "SSI", "duration_s": 180, "overall": 10,
        "items": {"q_attitude": 10}, "facts": {"fact_greeted_promptly": 0}, "rating": None, "platform": None,
        "disposition": None, "phone_display": "138****5678",
    }  # fmt: skip
    heat = {"unit": [[0.0, 0.2, 0.8]] * 2, "peers": [[0.1, 0.4, 0.5]] * 2, "unit_n": 60, "peers_n": 400}
    heard = {"verbatim": "<script>alert(1)</script>都挺好", "probability": 0.97, "schemes": ["fake_contacts"]}
    said = {"reasons": "The number belongs to staff.", "reasons_zh": "号码属于员工。"}
    return {
        "unit_kind": "dealer", "unit_id": unit_id, "business_date": "2026-10-31", "window_months": 6,
        "closing_months": 1, "closing_days": 5,
        "surveys": [
            {
                "survey": "SSI", "low": 1, "high": 3, "items": ["q_attitude"], "months": months,
                "heat": {**heat, "peer_units": 8},
                "peers_said": {"en": "8 dealers of the region East.", "zh": "East 区域的 8 家经销商。"},
            }
        ],
        "scripts": [
            {
                "records": [
                    {"source": "surveys", "record_id": "R1", "segments": [["打十分", True], ["，谢谢", False]]},
                    {"source": "surveys", "record_id": "R2", "segments": [["请", False], ["打十分", True]]},
                ]
            }
        ],
        "records": [{**record, **heard, **said}],
        "controls": [{**record, "record_id": "R9", "verbatim": "还行"}],
        "topics": [],
    }  # fmt: skip


def _wordings(title: str) -> pd.DataFrame:
    honest, honest_zh = '["Families share a phone."]', '["一家人共用一部电话。"]'
    return pd.DataFrame(
        [("contacts", "staff", title, "员工号码", honest, honest_zh)],
        columns=["family", "detector", "title", "title_zh", "honest", "honest_zh"],
    )


def filed_night(
    run_id: str, business_date: str, *, shift_bits: float = 0.0, title: str = "Numbers of staff"
) -> RunResult:
    """A night of nine dealers and an interviewer; `shift_bits` is added to what D1's staff numbers weigh."""
    facts = pd.DataFrame({"dealer_id": DEALERS, "name": ["明达汽车", *(f"Dealer {name}" for name in DEALERS[1:])]})
    facts = facts.assign(
        brand="星野",
        region=["East", "North", *["East"] * 7],
        province="P",
        city="上海",
        dealer_group="G1",
        target_score=9.2,
    )
    return replace(
        night(run_id, _SCORES, business_date),
        evidence=pd.DataFrame(_evidence(shift_bits), columns=_EVIDENCE_COLUMNS),
        dossiers={("dealer", name): dossier(name) for name in ("D1", "D2")},
        wordings=_wordings(title),
        dealer_facts=facts,
        agencies=pd.DataFrame([("B7", "Agency B")], columns=["interviewer_id", "vendor"]),
    )


def two_nights(store: Store) -> None:
    """Write the nights of 30 and 31 October: case 1 is D1's, 2 is D2's, 3 is B7's (in order of the units' keys)."""
    store.write_run(filed_night("run-1", "2026-10-30", shift_bits=-2.0, title="Staff"))
    store.write_run(filed_night("run-2", "2026-10-31"))
