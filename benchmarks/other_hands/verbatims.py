"""Who says something when asked for more, and what."""

import numpy as np
import pandas as pd

from benchmarks.other_hands import admissions, phrases, sayings
from benchmarks.other_hands.agencies import APP, Agencies
from benchmarks.other_hands.chance import Dice, Flags, Integers, stream
from benchmarks.other_hands.conduct import Act
from benchmarks.other_hands.network import Network
from benchmarks.other_hands.played import COPIED, FILLED, FULL_MARKS, HONEST, INVENTED, STAND_IN, Played
from benchmarks.other_hands.tellers import tellers
from benchmarks.other_hands.visits import Visits

_APP_PROBING = 0.22
_HUSHED_SHARE = 0.08
_REFUSES_ALOUD = 0.06
_SAME_PLAIN_WORDS = 0.5


def written(
    network: Network,
    agencies: Agencies,
    visits: Visits,
    calls: pd.DataFrame,
    played: Played,
    acts: list[Act],
    rows: Integers,
) -> list[str | None]:
    """Return the open answer of each interview, None where there is none.

    Parameters
    ----------
    network, agencies, visits, calls, played, acts
        What happened, and who had a hand in it.
    rows
        Places of the interviewed visits.
    """
    rng = stream(network.plan.seed, "verbatims")
    seeds = rng.integers(0, 2**62, len(visits.rows))[rows]
    speaks = np.flatnonzero(_speaks(rng, agencies, visits, calls, played)[rows])
    heard = rows[speaks]
    customer = visits.rows["customer"].to_numpy()[heard]
    content = visits.rows["content"].to_numpy()[heard] + 0.6 * visits.people["leniency"].to_numpy()[customer]
    noted = np.append(agencies.interviewers["habit"].to_numpy(dtype=object), "")
    habits = noted[calls["interviewer"].to_numpy()[heard]].tolist()
    dealer = visits.rows["dealer"].to_numpy()[heard].tolist()
    styles = [act.style for act in acts]
    answers: list[str | None] = [None] * len(rows)
    told = zip(speaks, heard, tellers(network, visits, heard, content, habits), dealer, seeds[speaks], strict=True)
    for place, row, teller, shop, seed in told:
        answers[place] = _text(teller, shop, played, styles, int(row), Dice(int(seed)))
    return answers


def _speaks(rng: np.random.Generator, agencies: Agencies, visits: Visits, calls: pd.DataFrame, played: Played) -> Flags:
    """Draw whose open answer is noted: that of talkative customers, and of interviewers who ask again."""
    customer = visits.rows["customer"].to_numpy()
    probing = np.append(agencies.interviewers["probing"].to_numpy(), _APP_PROBING)[calls["interviewer"].to_numpy()]
    unhappy = np.maximum(8 - visits.rows["content"].to_numpy(), 0)
    chance = probing * np.exp(0.2 * visits.people["talkative"].to_numpy()[customer]) + 0.07 * unhappy
    chance = np.where(np.isin(played.manner, [INVENTED, COPIED, FILLED]), 0.3, chance)
    return np.asarray((rng.random(len(customer)) < chance) & ((calls["vendor"] != APP) | (chance > 0.1)))


def _text(teller: sayings.Teller, dealer: int, played: Played, styles: list[str], row: int, dice: Dice) -> str:
    manner, plea = int(played.manner[row]), int(played.plea[row])
    if manner == STAND_IN:
        return admissions.friendly(dice)
    if manner in (INVENTED, COPIED):
        return admissions.typed_at_the_desk(dice)
    if plea >= 0 and manner != FILLED:
        style = styles[plea]
        if dice.happens(admissions.TELLS.get(style, 0)):
            return admissions.let_out(style, dice)
        if manner == HONEST and dice.happens(_REFUSES_ALOUD):
            return admissions.refused(dice)
        if manner == FULL_MARKS:
            if style == "gift, hushed up" and dice.happens(_HUSHED_SHARE):
                return admissions.hushed(dice)
            if dice.happens(admissions.SCRIPTED.get(style, 0)):
                return admissions.scripted(dealer, dice)
            if dice.happens(_SAME_PLAIN_WORDS):
                return dice.favour(phrases.SHORT_PRAISE)
    return sayings.say(teller, dice)
