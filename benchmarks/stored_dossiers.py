"""Dossiers of the size of real ones: two questionnaires, forty records and as many controls, scripts and topics."""

import json
from typing import Any

import numpy as np

_DIFFERENT = 24
_ITEMS = [f"q_item_{number:02d}" for number in range(1, 13)]
_SAID = "是这样，店里的顾问让我打十分，还送了玻璃水和保养券，我就给了；总体还不错，就是等的时间有点长，价格也不算透明。"


def dossiers(rng: np.random.Generator) -> list[str]:
    """Return a few dozen as JSON texts, each of about 70 kB."""
    return [json.dumps(_dossier(rng), ensure_ascii=False) for _ in range(_DIFFERENT)]


def _dossier(rng: np.random.Generator) -> dict[str, Any]:
    said = {"reasons": "The number stands under several customers.", "reasons_zh": "这个号码登记在多位客户名下。"}
    told = {"probability": 0.97, "schemes": ["fake_contacts"], **said}
    return {
        "unit_kind": "dealer",
        "unit_id": "D00001",
        "business_date": "2026-10-31",
        "window_months": 6,
        "closing_months": 1,
        "closing_days": 5,
        "surveys": [_survey(rng, survey) for survey in ("CSI", "SSI")],
        "scripts": [
            {
                "records": [
                    {"source": "surveys", "record_id": f"R{number}", "segments": _segments()} for number in range(6)
                ]
            }
            for _ in range(5)
        ],
        "records": [{**_record(rng, number), **told} for number in range(40)],
        "controls": [_record(rng, 100 + number) for number in range(40)],
        "texts": 92,
        "topics": [
            {
                "topic": {"en": f"topic {number}", "zh": f"话题 {number}"},
                "n": 30 - number,
                "examples": [
                    {"source": "surveys", "record_id": f"R{place}", "at": "2026-10-07", "text": _SAID}
                    for place in range(4)
                ],
            }
            for number in range(13)
        ],
    }


def _survey(rng: np.random.Generator, survey: str) -> dict[str, Any]:
    months = [
        {
            "month": f"2026-{month:02d}",
            "n": int(rng.integers(10, 40)),
            "mean": round(float(rng.uniform(7, 10)), 4),
            "full": round(float(rng.random()), 4),
            "network_mean": 8.4119,
            "network_full": 0.1491,
            "closing_n": int(rng.integers(1, 9)),
            "closing_full": round(float(rng.random()), 4),
            "network_closing_full": 0.1364,
        }
        for month in range(5, 11)
    ]
    answers = {side: np.round(rng.dirichlet(np.ones(10), len(_ITEMS) + 1), 4).tolist() for side in ("unit", "peers")}
    return {
        "survey": survey,
        "low": 1,
        "high": 10,
        "items": _ITEMS,
        "months": months,
        "heat": {**answers, "unit_n": 120, "peers_n": 4_000, "peer_units": 40},
        "peers_said": {"en": "40 dealers of the region East.", "zh": "East 区域的 40 家经销商。"},
    }


def _segments() -> list[tuple[str, bool]]:
    return [(_SAID[:20], False), (_SAID[20:], True)]


def _record(rng: np.random.Generator, number: int) -> dict[str, Any]:
    return {
        "source": "surveys",
        "record_id": f"R{number:08d}",
        "at": "2026-07-24T16:28:45",
        "dealer_id": "D00001",
        "interviewer_id": "A0003",
        "vendor": "Agency A",
        "survey": "CSI",
        "duration_s": int(rng.integers(60, 600)),
        "overall": 10,
        "rating": None,
        "platform": None,
        "disposition": None,
        "phone_display": "181****1056",
        "verbatim": _SAID,
        "items": dict.fromkeys(_ITEMS, 10),
        "facts": {f"fact_{number}": int(rng.integers(0, 2)) for number in range(7)},
    }
