"""The case page's charts drawn up before anybody asks, because loading Altair takes a second or two."""

from review.charts.funnel import Night, funnel
from review.charts.heat import heat
from review.charts.trend import trend
from review.charts.waterfall import waterfall
from review.language import LANGUAGES
from sql.peers import Peer


def draw_ahead() -> None:
    """Draw up the shape of every chart of the case page in each language; a page then only fills in its rows."""
    nothing = {"low": 1, "heat": {"unit": [[]]}}
    for language in LANGUAGES:
        waterfall(language, 0.0, [], 0.0)
        trend(language, [])
        heat(language, nothing, [""], "unit")
        for is_share in (True, False):
            funnel(language, Night([], [], is_share, 0), Peer("", 1, 0.0, None, None))
