"""Returns that an agency typed by hand, each with a slip: what the demo's quarantine shows."""

from pathlib import Path

import pandas as pd

from simulation.inbox import as_csv, as_table
from simulation.world import World

ROWS_FOR_EACH = 50
"""Rows that a world has for each row with a slip: 2 % of a source, far from what halts a run."""

_DIGITS_SWAPPED = pd.Timedelta(days=36 * 365 + 9)
"""From 2026 to 2062, which is in the future whenever the demo is run."""


def write_typed_returns(world: World, directory: Path) -> list[Path]:
    """Write some of a world's last interviews and contacts once more, typed by hand, under ids of their own.

    No row of them is fit to be weighed, so that neither the world nor its truth is another one by them.

    Parameters
    ----------
    world
        What was written into the inbox.
    directory
        The inbox.

    Returns
    -------
    list of Path
        The files that were written: none of a source with fewer than `ROWS_FOR_EACH` rows for each of them.
    """
    written = []
    for source, typed in (("surveys", _interviews(world)), ("contacts", _contacts(world))):
        if len(world.frames[source]) >= ROWS_FOR_EACH * len(typed):
            path = directory / f"{source}_typed_{world.settings.end}.csv"
            path.write_bytes(as_csv(as_table(source, typed)))
            written.append(path)
    return written


def _interviews(world: World) -> pd.DataFrame:
    typed = world.frames["surveys"].tail(9).reset_index(drop=True)
    typed["response_id"] = [f"TYPED-R{number:02d}" for number in (1, 2, 3, 4, 5, 6, 7, 8, 8)]
    typed["called_at"] = _with_wrong_year(typed["called_at"], 0)
    typed.loc[1, "overall"] = world.settings.scale[1] + 1
    typed.loc[2, next(name for name in typed.columns.astype("str") if name.startswith("q_"))] = 99
    typed.loc[3, "duration_s"] = 312_000
    typed.loc[4, "survey"] = "PDI"
    typed.loc[5, "dealer_id"] = None
    typed.loc[6, "phone"] = "1.38E+10"
    return typed


def _contacts(world: World) -> pd.DataFrame:
    typed = world.frames["contacts"].tail(3).reset_index(drop=True)
    typed["contact_id"] = [f"TYPED-K{number:02d}" for number in (1, 2, 3)]
    typed.loc[0, "disposition"] = "接通"
    typed["attempted_at"] = _with_wrong_year(typed["attempted_at"], 1)
    typed.loc[2, "dealer_id"] = None
    return typed


def _with_wrong_year(times: pd.Series, row: int) -> pd.Series:
    return times.where(times.index != row, times + _DIGITS_SWAPPED)
