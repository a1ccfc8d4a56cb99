"""What to listen to first, and what beside it."""

import pandas as pd

from detectors.core.dossiers import Dossier, build
from tests.detectors.core.dossiers.networks import found, observed

Named = list[tuple[str, str, str, str, float]]


def dossier(named: Named, rows: int = 10, kind: str = "dealer", unit: str = "D1", seed: int = 0) -> Dossier:
    others = [{"dealer_id": "D2", "interviewer_id": "A2"}] * 4
    seen = observed([*[{"verbatim": None}] * rows, *others])
    return build(seen, found(named), [(kind, unit)], window_months=1, seed=seed)[kind, unit]


def ids(records: list[Dossier]) -> list[str]:
    return [record["record_id"] for record in records]


def test_the_likeliest_are_heard_first_and_schemes_are_joined() -> None:
    named: Named = [
        ("surveys", "R1", "D1", "coached", 0.3),
        ("surveys", "R2", "D1", "coached", 0.8),
        ("surveys", "R1", "D1", "incentivised", 0.9),
        ("surveys", "R11", "D2", "coached", 0.99),
    ]
    records = dossier(named)["records"]
    assert ids(records) == ["R1", "R2"]
    first = records[0]
    assert (first["probability"], first["schemes"]) == (0.9, ["incentivised", "coached"])
    assert first["reasons"] == "It is incentivised. It is coached."
    assert first["reasons_zh"] == "如此。"


def test_as_many_controls_that_no_detector_named_stand_beside_the_records() -> None:
    named: Named = [("surveys", f"R{place}", "D1", "coached", 0.9 - place / 10) for place in range(4)]
    controls = dossier(named)["controls"]
    assert len(controls) == 4
    assert set(ids(controls)) <= {f"R{place}" for place in range(4, 10)}
    assert "probability" not in controls[0]
    assert "reasons" not in controls[0]


def test_controls_are_the_same_every_night_and_others_with_another_seed() -> None:
    named: Named = [("surveys", f"R{place}", "D1", "coached", 0.9) for place in range(6)]
    tonight, tomorrow, otherwise = (
        set(ids(dossier(named, rows=rows, seed=seed)["controls"])) for rows, seed in ((90, 0), (93, 0), (90, 1))
    )
    assert len(tonight & tomorrow) >= 3
    assert tonight != otherwise


def test_no_dealer_is_blamed_for_an_invented_interview_and_no_interviewer_for_a_dealers_scheme() -> None:
    named: Named = [("surveys", "R1", "D1", "fabricated", 0.9), ("surveys", "R2", "D1", "coached", 0.8)]
    of_dealer, of_interviewer = dossier(named), dossier(named, kind="interviewer", unit="A1")
    assert ids(of_dealer["records"]) == ["R2"]
    assert ids(of_interviewer["records"]) == ["R1"]
    for told in (of_dealer, of_interviewer):
        assert not {"R1", "R2"} & set(ids(told["controls"]))


def test_a_reviewer_hears_forty_at_most_and_of_equally_likely_ones_the_interviews_first() -> None:
    contacts = pd.DataFrame({"contact_id": [f"K{place}" for place in range(60)], "dealer_id": "D1"}, dtype="str")
    named: Named = [("contacts", f"K{place}", "D1", "fake_contacts", 0.9012) for place in range(60)]
    named += [("surveys", f"R{place}", "D1", "fake_contacts", 0.9) for place in range(30)]
    seen = observed([{"verbatim": None}] * 35, contacts=contacts)
    told = build(seen, found(named), [("dealer", "D1")], window_months=1)["dealer", "D1"]
    assert len(told["records"]) == 40
    assert sum(record["source"] == "surveys" for record in told["records"]) == 30
    assert [record["source"] for record in told["controls"]] == ["surveys"] * 5


def test_a_record_says_what_its_source_knows_and_numbers_as_a_person_writes_them() -> None:
    seen = observed(
        [
            {
                "called_at": "2026-10-05T10:20:30",
                "vendor": "north",
                "duration_s": 240.0,
                "overall": 9.0,
                "q_speed": float("nan"),
                "fact_washed": 0.0,
                "phone": "a token",
                "phone_shown": "138****5678",
                "verbatim": "挺好",
            }
        ],
        reviews=pd.DataFrame(
            {"review_id": ["V1"], "dealer_id": ["D1"], "platform": ["car site"], "text": ["很好"]}
        ).assign(posted_at=pd.Timestamp("2026-10-06"), rating=4.5),
    )
    named: Named = [("surveys", "R0", "D1", "coached", 0.9), ("reviews", "V1", "D1", "review_manipulation", 0.8)]
    interview, review = build(seen, found(named), [("dealer", "D1")], window_months=1)["dealer", "D1"]["records"]
    nothing = {"rating": None, "platform": None, "disposition": None}
    assert interview == nothing | {
        "source": "surveys",
        "record_id": "R0",
        "at": "2026-10-05T10:20:30",
        "dealer_id": "D1",
        "interviewer_id": "A1",
        "vendor": "north",
        "survey": "SSI",
        "duration_s": 240,
        "overall": 9,
        "phone_display": "138****5678",
        "verbatim": "挺好",
        "items": {"q_attitude": 10},
        "facts": {"fact_washed": 0},
        "probability": 0.9,
        "schemes": ["coached"],
        "reasons": "It is coached.",
        "reasons_zh": "如此。",
    }
    assert (review["rating"], review["platform"], review["verbatim"]) == (4.5, "car site", "很好")
    assert (review["items"], review["facts"], review["overall"]) == ({}, {}, None)
