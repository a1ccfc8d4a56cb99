"""Figures of the documentation: one look for all of them, written as SVG without any network."""

from pathlib import Path

import altair as alt

FOLDER = Path(__file__).parent.parent / "docs" / "figures"

INK, QUIET, RULE = "#1f2933", "#7b8794", "#e4e7eb"
HONEST, CHEATING, THIRD, PEER = "#486581", "#d64545", "#f0b429", "#bcccdc"
"""Colours that stay apart for colour-blind readers, in print and on a dark page (figures bring their own white)."""

_FONT = "Helvetica, Arial, Liberation Sans, sans-serif"


def draw(chart: alt.TopLevelMixin, name: str, folder: Path = FOLDER) -> Path:
    """Write a chart as an SVG that needs nothing else.

    Parameters
    ----------
    chart
        An Altair chart.
    name
        File name without its ending.
    folder
        Where figures are kept.

    Returns
    -------
    pathlib.Path
        The file.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.svg"
    styled = (
        chart.configure(background="white", font=_FONT, padding=12)
        .configure_view(stroke=None)
        .configure_axis(
            labelColor=QUIET,
            titleColor=INK,
            titleFontWeight="normal",
            gridColor=RULE,
            domainColor=QUIET,
            tickColor=RULE,
        )
        .configure_title(color=INK, anchor="start", fontSize=15, subtitleColor=QUIET, subtitleFontSize=12, offset=12)
        .configure_legend(
            labelColor=INK, titleColor=QUIET, titleFontWeight="normal", symbolStrokeWidth=3, labelLimit=260
        )
        .configure_header(labelColor=INK, titleColor=QUIET, labelFontSize=12, labelFontWeight="bold")
    )
    styled.save(path)
    return path
