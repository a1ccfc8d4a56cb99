"""Scripts side by side: what is grouped, what is not, and which words are marked as shared."""

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from detectors.core.dossiers.scripts import script_groups
from detectors.core.dossiers.segments import shared_part, shared_segments
from detectors.core.dossiers.units import Units
from detectors.core.schemes import UnitKind
from tests.detectors.core.dossiers.networks import observed

SCRIPT = "顾问讲解很专业，交车环节很仔细，休息区环境也很好，我特别满意"
REORDERED = "休息区环境也很好，顾问讲解很专业，交车环节很仔细，下次还来"
COMMON = "没有什么意见，挺好的，都很满意，谢谢你们"
OWN = "等了两个小时才有人接待，价格也说不清楚，下次换一家"

D1 = Units.of(UnitKind.DEALER, [("dealer", "D1")])
A1 = Units.of(UnitKind.INTERVIEWER, [("interviewer", "A1")])


def elsewhere(count: int = 400) -> list[dict[str, object]]:
    """Other dealers' customers, who say what everybody says."""
    return [
        {"dealer_id": f"D{2 + place % 20}", "interviewer_id": f"A{2 + place % 9}", "verbatim": COMMON}
        for place in range(count)
    ]


def said(*texts: str, **fixed: object) -> list[dict[str, object]]:
    return [{"verbatim": text, "interviewer_id": f"A{place + 2}"} | fixed for place, text in enumerate(texts)]


def test_a_reordered_script_is_one_group_and_its_shared_words_are_marked() -> None:
    seen = observed([*said(SCRIPT, REORDERED, OWN), *elsewhere()])
    ((group,),) = script_groups(seen, D1)
    assert group["n"] == 2
    assert [record["record_id"] for record in group["records"]] == ["R0", "R1"]
    assert group["records"][1]["segments"] == [
        ["休息区环境也很好", True],
        ["，", False],
        ["顾问讲解很专业，交车环节很仔细", True],
        ["，下次还来", False],
    ]


def test_what_everybody_says_is_no_script_however_often_it_is_said() -> None:
    assert script_groups(observed([*said(*[COMMON] * 12), *elsewhere()]), D1) == [[]]


def test_what_one_interviewer_alone_wrote_of_a_dealer_is_no_script_of_the_dealer() -> None:
    mine = said(SCRIPT, SCRIPT, REORDERED, interviewer_id="A1") + said(OWN, interviewer_id="A2")
    assert script_groups(observed([*mine, *elsewhere()]), D1) == [[]]


def test_what_customers_of_one_dealer_told_is_no_invention_of_the_interviewer_but_of_several_it_is() -> None:
    one_dealer = said(SCRIPT, REORDERED, interviewer_id="A1") + said(OWN, interviewer_id="A1", dealer_id="D3")
    several = said(SCRIPT, interviewer_id="A1") + said(REORDERED, interviewer_id="A1", dealer_id="D3")
    assert script_groups(observed([*one_dealer, *elsewhere()]), A1) == [[]]
    assert [group["n"] for group in script_groups(observed([*several, *elsewhere()]), A1)[0]] == [2]


def test_copied_reviews_of_a_dealer_are_a_group_too() -> None:
    texts = [SCRIPT, REORDERED, OWN] + [COMMON] * 60
    reviews = pd.DataFrame(
        {
            "review_id": [f"V{place}" for place in range(63)],
            "dealer_id": ["D1"] * 3 + [f"D{2 + place % 20}" for place in range(60)],
            "text": texts,
        },
        dtype="str",
    )
    ((group,),) = script_groups(observed([{"verbatim": None}], reviews=reviews), D1)
    assert [(record["source"], record["record_id"]) for record in group["records"]] == [
        ("reviews", "V0"),
        ("reviews", "V1"),
    ]


def test_a_reviewer_sees_five_groups_of_six_and_how_many_there_are_in_all() -> None:
    scripts = ["".join(chr(0x4E00 + 40 * number + place) for place in range(30)) for number in range(7)]
    mine = [row for number, text in enumerate(scripts) for row in said(*[text] * (3 + number))]
    (groups,) = script_groups(observed([*mine, *elsewhere(800)]), D1)
    assert [group["n"] for group in groups] == [9, 8, 7, 6, 5]
    assert [len(group["records"]) for group in groups] == [6, 6, 6, 6, 5]


@given(st.lists(st.text(alphabet="很好满意abAB ，。,'１0é", max_size=40), min_size=1, max_size=6))
def test_segments_joined_are_the_text_and_a_text_beside_itself_is_wholly_shared(texts: list[str]) -> None:
    cut = shared_segments(texts)
    assert ["".join(str(text) for text, _ in segments) for segments in cut] == texts
    assert all(0.0 <= shared_part(segments) <= 1.0 for segments in cut)
    longest = max(texts, key=len)
    if len([letter for letter in longest if letter in "很好满意"]) >= 3 and longest.isalpha() and not longest.isascii():
        assert shared_part(shared_segments([longest, longest])[0]) == 1.0
