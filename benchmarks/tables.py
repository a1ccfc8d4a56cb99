"""Tables of results, written where the documentation quotes them."""

from pathlib import Path

import pandas as pd

PAGE = Path(__file__).parent.parent / "docs" / "benchmarks.md"


def quote(name: str, table: pd.DataFrame, command: str, page: Path = PAGE) -> str:
    """Write a table between its markers on the page, with the command that reproduces it.

    Parameters
    ----------
    name
        The marker's name: ``<!-- name -->`` … ``<!-- /name -->``.
    table
        The results, one row each, formatted by the caller.
    command
        What a reader runs to get the same figures.
    page
        A Markdown file that holds the markers.

    Returns
    -------
    str
        The table in Markdown.

    Raises
    ------
    ValueError
        If the page has no such markers.
    """
    header = "| " + " | ".join(table.columns) + " |"
    rule = "|" + "---|" * len(table.columns)
    rows = ["| " + " | ".join(map(str, row)) + " |" for row in table.itertuples(index=False)]
    markdown = "\n".join([header, rule, *rows])
    start, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    text = page.read_text(encoding="utf-8")
    before, found, rest = text.partition(start)
    _, closed, after = rest.partition(end)
    if not (found and closed):
        raise ValueError(f"{page.name} has no place for {name}: add {start} and {end} to it.")
    page.write_text(f"{before}{start}\n`{command}`\n\n{markdown}\n{end}{after}", encoding="utf-8")
    return markdown
