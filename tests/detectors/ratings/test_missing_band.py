"""More full marks than the dealer's own other answers let expect."""

from datetime import date

import numpy as np
import pandas as pd

from detectors.core.evidence import Weighed
from detectors.core.observations import Observations
from detectors.core.schemes import UnitKind
from detectors.ratings.missing_band import MissingBand

_EXCELLENT = ["D01", "D02", "D03"]
_GENEROUS = [f"D{place:02d}" for place in range(4, 16)]


def _network(coached: float = 0.0, *, seed: int = 3, dealers: int = 80) -> Observations:
    """Return dealers of differing quality; D00 is middling and coaches a share, D01 to D03 are excellent.

    D04 to D15 lie in a generous region, a fifth of the calls is made by a lenient interviewer and two fifths by an
    agency whose mode lifts every answer; one customer in twelve gives one number to everything.
    """
    rng = np.random.default_rng(seed)
    dealer = np.repeat(np.arange(dealers), rng.integers(60, 160, dealers))
    rows = len(dealer)
    quality = rng.normal(0, 0.4, dealers)
    quality[0], quality[1:4], quality[4:16] = 0.0, [1.5, 2.0, 2.6], quality[4:16] + 0.6
    felt = quality[dealer] + 0.5 * (rng.random(rows) < 0.2) + 0.4 * (rng.random(rows) < 0.4) + rng.normal(size=rows)
    items = felt[:, None] + rng.normal(0, 0.45, (rows, 5))
    items = np.where((rng.random(rows) < 0.08)[:, None], felt[:, None], items)
    answers = np.clip(np.round(8.2 + 1.4 * items), 1, 10)
    answers[(dealer == 0) & (rng.random(rows) < coached)] = 10
    surveys = pd.DataFrame(answers, columns=["overall", "q_a", "q_b", "q_c", "q_d"]).assign(
        response_id=[f"R{row}" for row in range(rows)],
        dealer_id=[f"D{place:02d}" for place in dealer],
        survey=np.where(rng.random(rows) < 0.4, "SSI", "CSI"),
    )
    return Observations(date(2026, 10, 31), {"surveys": surveys})


def _weigh(seen: Observations) -> Weighed:
    return MissingBand().weigh(seen, MissingBand().learn(seen))


def test_full_marks_above_middling_answers_are_found_and_named() -> None:
    weighed = _weigh(_network(0.5))
    assert weighed.units["bits"]["D00"] > 4
    assert weighed.units["bits"].idxmax() == "D00"
    assert "the answers of the others let expect" in weighed.units["reason"]["D00"]
    own = weighed.records[weighed.records["unit_id"] == "D00"]
    assert len(own) == weighed.units["observed"]["D00"]
    assert own["probability"].between(0.5, 0.9).all()


def test_excellent_dealers_the_generous_region_lenient_calls_and_the_other_agency_are_spared() -> None:
    worlds = [_weigh(_network(seed=seed)).units["bits"] for seed in range(8)]
    bits = pd.concat(worlds)
    assert bits.max() < 7
    assert np.exp2(bits).mean() < 1.1
    assert max(bits[dealer].max() for dealer in _EXCELLENT) < 4
    assert np.mean([world[_GENEROUS].mean() for world in worlds]) < 0


def test_where_hardly_anyone_fell_short_nothing_is_held_against_a_dealer() -> None:
    seen = _network()
    surveys = seen["surveys"]
    excellent = surveys["dealer_id"] == "D01"
    answers = ["overall", "q_a", "q_b", "q_c", "q_d"]
    surveys.loc[excellent & (np.arange(len(surveys)) % 15 != 0), answers] = 10.0
    units = _weigh(seen).units
    assert units["abstained"]["D01"]
    assert "fewer than 12 do not say what to expect" in units["reason"]["D01"]


def test_a_dealer_judged_alone_is_judged_as_in_company() -> None:
    seen = _network(0.5)
    reference = MissingBand().learn(seen)
    alone = MissingBand().weigh(seen.of(UnitKind.DEALER, ["D00"]), reference).units
    pd.testing.assert_frame_equal(alone, MissingBand().weigh(seen, reference).units.loc[["D00"]], rtol=1e-9)


def test_other_answers_that_are_all_alike_say_nothing() -> None:
    seen = _network()
    full = (seen["surveys"]["overall"] == 10).astype(float)
    alike = seen["surveys"].assign(**dict.fromkeys(["overall", "q_a", "q_b", "q_c", "q_d"], 5 + 5 * full))
    units = _weigh(Observations(seen.business_date, {"surveys": alike})).units
    assert units["abstained"].all()
    assert "say nothing of full marks" in units["reason"].iloc[0]
