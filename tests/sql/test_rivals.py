"""What else the evidence could be, and what tells the schemes apart."""

from sql.rivals import Looked, rivals_of

TENS = {"ratings": Looked(2.0, {"facts": 2.0}), "crosschecks": Looked(3.0, {"implied": 3.0})}
SILENT = {"wording": Looked(0.0, {})}


def test_what_both_schemes_share_is_told_from_what_sets_them_apart() -> None:
    looked = {
        "coached": TENS | {"wording": Looked(4.0, {"telling": 5.0, "scripts": 1.0})},
        "incentivised": TENS | {"wording": Looked(-1.0, {"gifts": -1.0})},
    }
    (rival,) = rivals_of("coached", looked)
    assert (rival.scheme, rival.shared, rival.shared_bits) == ("incentivised", ("crosschecks", "ratings"), 5.0)
    assert (rival.apart, rival.bits, rival.rival_bits) == (("wording",), 4.0, -1.0)


def test_where_nothing_was_said_that_would_set_them_apart_nothing_does() -> None:
    (rival,) = rivals_of("coached", {"coached": TENS | SILENT, "incentivised": TENS | SILENT})
    assert (rival.apart, rival.bits, rival.rival_bits) == ((), 0.0, 0.0)


def test_the_likeliest_rival_comes_first() -> None:
    looked = {
        "coached": TENS,
        "incentivised": TENS | {"wording": Looked(-1.0, {"gifts": -1.0})},
        "target_gaming": TENS | {"timing": Looked(6.0, {"period_end": 6.0})},
    }
    assert [rival.scheme for rival in rivals_of("coached", looked)] == ["target_gaming", "incentivised"]


def test_next_to_nothing_in_common_makes_no_rival() -> None:
    little = {"ratings": Looked(0.4, {"facts": 0.4})}
    told = {"wording": Looked(9.0, {"gifts": 9.0})}
    assert rivals_of("incentivised", {"incentivised": little | told, "coached": little}) == ()


def test_evidence_that_speaks_against_both_or_is_of_the_whole_profile_makes_no_rival() -> None:
    quiet = {"ratings": Looked(-1.0, {"facts": -1.0})}
    profile = {"profile": Looked(1.0, {"outliers": 1.0})}
    own = {"contacts": Looked(9.0, {"staff": 9.0})}
    assert rivals_of("fake_contacts", {"fake_contacts": quiet | profile | own, "coached": quiet | profile}) == ()
