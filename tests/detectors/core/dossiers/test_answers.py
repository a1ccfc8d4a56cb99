"""A unit's answers beside others': the trend with its bonus closings, the heat map, and who is compared."""

from collections.abc import Sequence

import pandas as pd
import pytest

from detectors.core.dossiers import Dossier, build
from detectors.core.observations import Observations
from tests.detectors.core.dossiers.networks import DAY, found, interviews, observed


def dealers(regions: dict[str, str]) -> pd.DataFrame:
    return pd.DataFrame({"dealer_id": list(regions), "region": list(regions.values())}, dtype="str")


def of_dealer(observations: Observations, months: int = 1, flagged: Sequence[tuple[str, str]] = ()) -> Dossier:
    return build(observations, found(flagged=flagged), [("dealer", "D1")], window_months=months)["dealer", "D1"]


def test_each_month_has_its_mean_its_full_marks_and_those_of_the_last_eight_days() -> None:
    seen = observed(
        [
            {"called_at": "2026-09-22"},
            {"called_at": "2026-09-23", "overall": 6.0},
            {"called_at": "2026-09-30"},
            {"called_at": "2026-10-24"},
            {"called_at": "2026-10-05", "dealer_id": "D2", "overall": 4.0},
        ]
    )
    september, october = of_dealer(seen, months=2)["surveys"][0]["months"]
    assert september == {
        "month": "2026-09",
        "n": 3,
        "mean": 8.6667,
        "full": 0.6667,
        "network_mean": 8.6667,
        "network_full": 0.6667,
        "closing_n": 2,
        "closing_full": 0.5,
        "network_closing_full": 0.5,
    }
    assert (october["n"], october["mean"], october["network_mean"]) == (1, 10.0, 7.0)


def test_a_month_without_interviews_is_there_and_has_nothing_to_average() -> None:
    seen = observed([{"called_at": "2026-08-22"}, {"called_at": "2026-09-05", "dealer_id": "D2"}])
    _, september, october = of_dealer(seen, months=3)["surveys"][0]["months"]
    assert (september["n"], september["mean"], september["network_mean"]) == (0, None, 10.0)
    assert set(october.values()) == {"2026-10", 0, None}


def test_quarterly_bonuses_close_in_the_last_month_of_a_quarter_alone() -> None:
    seen = observed([{"called_at": "2026-09-30"}, {"called_at": "2026-10-31"}], closing_months=3)
    dossier = of_dealer(seen, months=2)
    assert [month["closing_n"] for month in dossier["surveys"][0]["months"]] == [1, 0]
    assert (dossier["closing_months"], dossier["closing_days"]) == (3, 8)


def test_an_interview_without_a_time_counts_in_its_wave_and_one_from_outside_the_window_nowhere() -> None:
    seen = observed(
        [
            {"called_at": None, "wave": "2026-10", "overall": 8.0},
            {"called_at": "2026-10-02", "wave": "2026-09"},
            {"called_at": None, "wave": None},
            {"called_at": "2026-06-30", "wave": "2026-06"},
        ]
    )
    (october,) = of_dealer(seen)["surveys"][0]["months"]
    assert (october["n"], october["mean"]) == (2, 9.0)


def test_the_heat_map_has_the_share_of_each_answer_on_the_questionnaires_own_scale() -> None:
    frame = interviews(
        [
            {"overall": 5.0, "q_attitude": 5.0, "q_speed": 1.0},
            {"overall": 4.0, "q_attitude": None, "q_speed": None},
            {"overall": 3.0, "q_attitude": 3.0, "q_speed": None, "dealer_id": "D2"},
            {"overall": 9.0, "q_attitude": 9.0, "q_speed": 9.0, "dealer_id": "D2", "survey": "CSI"},
        ]
    ).assign(called_at=pd.Timestamp("2026-10-05"), q_never=float("nan"))
    block = of_dealer(Observations(DAY, {"surveys": frame}, {"SSI": (1, 5)}))["surveys"][0]
    assert (block["survey"], block["low"], block["high"]) == ("SSI", 1, 5)
    assert block["items"] == ["q_attitude", "q_speed"]
    assert block["heat"] == {
        "unit": [[0.0, 0.0, 0.0, 0.5, 0.5], [0.0, 0.0, 0.0, 0.0, 1.0], [1.0, 0.0, 0.0, 0.0, 0.0]],
        "unit_n": 2,
        "peers": [[0.0, 0.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0, 0.0]],
        "peers_n": 1,
        "peer_units": 1,
    }


def network(sizes: dict[str, int], regions: dict[str, str]) -> Observations:
    rows = [{"dealer_id": dealer, "called_at": "2026-10-05"} for dealer, size in sizes.items() for _ in range(size)]
    return observed(rows, dealers=dealers(regions))


@pytest.mark.parametrize(
    ("sizes", "regions", "said"),
    [
        (
            {f"D{place}": 30 for place in range(1, 10)} | {"D10": 90},
            {f"D{place}": "east" for place in range(1, 11)},
            "8 dealers of the region east with 15 to 60 SSI interviews each; units that are flagged are left out.",
        ),
        (
            {"D1": 30} | {f"D{place}": 90 for place in range(2, 12)},
            {f"D{place}": "east" for place in range(1, 12)},
            "10 dealers of the region east with SSI interviews; units that are flagged are left out.",
        ),
        (
            {f"D{place}": 30 for place in range(1, 10)} | {"D10": 90},
            {"D1": "east", "D2": "east"} | {f"D{place}": "west" for place in range(3, 11)},
            "8 dealers with 15 to 60 SSI interviews each; units that are flagged are left out.",
        ),
        (
            {"D1": 30, "D2": 3, "D3": 90},
            {},
            "2 dealers with SSI interviews; units that are flagged are left out.",
        ),
        ({"D1": 30}, {"D1": "east"}, "No other dealer with SSI interviews can be compared."),
    ],
    ids=["region and size", "region", "size", "everybody", "nobody"],
)
def test_the_circle_of_peers_is_as_wide_as_it_must_be_and_says_so(
    sizes: dict[str, int], regions: dict[str, str], said: str
) -> None:
    assert of_dealer(network(sizes, regions))["surveys"][0]["peers_said"]["en"] == said


def test_a_flagged_dealer_is_nobodys_peer() -> None:
    seen = network({"D1": 9, "D2": 9, "D3": 9}, {})
    heat = of_dealer(seen, flagged=[("dealer", "D1"), ("dealer", "D2")])["surveys"][0]["heat"]
    assert (heat["peer_units"], heat["peers_n"], heat["unit_n"]) == (1, 9, 9)


def test_an_interviewer_is_compared_with_those_of_the_same_agency() -> None:
    rows = [
        {"interviewer_id": f"A{place}", "vendor": "north" if place < 9 else "south", "called_at": "2026-10-05"}
        for place in range(12)
        for _ in range(30)
    ]
    dossier = build(observed(rows), found(), [("interviewer", "A0")], window_months=1)["interviewer", "A0"]
    assert dossier["surveys"][0]["peers_said"] == {
        "en": "8 interviewers of north with 15 to 60 SSI interviews each; units that are flagged are left out.",
        "zh": "north 的 8 名访员，各有 15 至 60 份 SSI 访问；被标记的不计入。",
    }
