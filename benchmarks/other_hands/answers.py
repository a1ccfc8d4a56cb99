"""What customers answer: their own contentment, through their style, the interviewer's leniency and the scale."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from benchmarks.other_hands.agencies import APP, Agencies
from benchmarks.other_hands.chance import Flags, Floats, stream
from benchmarks.other_hands.network import Network
from benchmarks.other_hands.questionnaire import QUESTIONNAIRES
from benchmarks.other_hands.visits import Visits

SWAP_MONTH = 3
"""The second agency changes its questionnaire with this month of the window."""

_NEW_QUESTIONNAIRE_VENDOR = 1
WIDTH = max(len(questionnaire.items) for questionnaire in QUESTIONNAIRES)


@dataclass(frozen=True)
class Answers:
    """What is said when asked, by visit.

    Parameters
    ----------
    overall
        The overall answer.
    items
        Visit x item, in the order of the visit's questionnaire; NaN where not asked or not known.
    facts
        Visit x process: what the customer says happened; NaN where not known.
    """

    overall: Floats
    items: Floats
    facts: Floats

    def copy(self) -> "Answers":
        """Return answers that can be changed without changing these."""
        return replace(self, overall=self.overall.copy(), items=self.items.copy(), facts=self.facts.copy())


def honest(network: Network, agencies: Agencies, visits: Visits, calls: pd.DataFrame) -> Answers:
    """Draw what every customer would answer."""
    rng = stream(network.plan.seed, "answers")
    rows, people = visits.rows, visits.people
    customer, count = rows["customer"].to_numpy(), len(rows)
    person = {name: people[name].to_numpy()[customer] for name in ("leniency", "wavering", "one_number")}
    sale = rows["questionnaire"].to_numpy() == 1
    interviewer = calls["interviewer"].to_numpy()
    by_interviewer = np.append(agencies.interviewers["leniency"].to_numpy(), -0.2)[interviewer]
    region = network.leniency[network.traits["region"].to_numpy()[rows["dealer"].to_numpy()]]
    base = rows["content"].to_numpy() + person["leniency"] + by_interviewer + region
    hurt = np.zeros((count, WIDTH))
    for place, questionnaire in enumerate(QUESTIONNAIRES):
        mine = sale == bool(place)
        missed = np.nan_to_num(1 - visits.did[mine], nan=0.0)
        hurt[mine, : len(questionnaire.items)] = missed @ questionnaire.hurt()
    habit = stream(network.plan.seed, "difficulty").normal(0, 0.2, (2, WIDTH))[sale.astype(int)]
    noise = rng.normal(0, 1, (count, WIDTH)) * (0.3 + person["wavering"])[:, None]
    felt = base[:, None] + habit + noise - hurt
    summary = 0.5 * base + 0.5 * felt.mean(axis=1) + rng.normal(0, 0.3, count)
    overall = _said(rng, visits, summary[:, None])[:, 0]
    items = _said(rng, visits, felt)
    items = np.where(person["one_number"][:, None], overall[:, None], items)
    unknown = rng.random(items.shape) < 0.02
    items[unknown | ~asked_items(network, visits, calls)] = np.nan
    return Answers(overall, items, _facts(rng, visits))


def _said(rng: np.random.Generator, visits: Visits, felt: Floats) -> Floats:
    """Put points on the scale as different people do: some never give a ten, some like round numbers."""
    customer = visits.rows["customer"].to_numpy()
    never = visits.people["never_ten"].to_numpy()[customer][:, None]
    likes_round = visits.people["round_numbers"].to_numpy()[customer][:, None]
    stretched = np.where(felt > 8, 8 + (felt - 8) * 1.35, felt)
    said = np.clip(np.round(stretched), 1, 10)
    said = np.where(never & (said == 10), np.where(rng.random(said.shape) < 0.8, 9, 8), said)
    rounded = np.select([said >= 9, said >= 7, said >= 5, said >= 3], [10.0, 8.0, 6.0, 5.0], 1.0)
    return np.where(likes_round & ~never & (rng.random(said.shape) < 0.8), rounded, said)


def asked_items(network: Network, visits: Visits, calls: pd.DataFrame) -> Flags:
    """Return which items each visit's questionnaire asks for, by agency and month."""
    asked = np.zeros((len(visits.rows), WIDTH), dtype=np.bool_)
    sale = visits.rows["questionnaire"].to_numpy() == 1
    late = calls["wave"].to_numpy() >= min(SWAP_MONTH, network.plan.months)
    new = late & (calls["vendor"].to_numpy() == _NEW_QUESTIONNAIRE_VENDOR)
    short = calls["vendor"].to_numpy() == APP
    for place, questionnaire in enumerate(QUESTIONNAIRES):
        mine = sale == bool(place)
        for column, item in enumerate(questionnaire.items):
            if item in questionnaire.added:
                asked[mine & new, column] = True
            elif item in questionnaire.retired:
                asked[mine & ~new & ~short, column] = True
            else:
                asked[mine, column] = True
    return asked


def _facts(rng: np.random.Generator, visits: Visits) -> Floats:
    """Draw what customers remember of what was done; what annoyed them, they remember better."""
    did = visits.did
    mistaken = rng.random(did.shape) < np.where(did == 1, 0.05, 0.09)
    facts = np.where(mistaken, 1 - did, did)
    facts[rng.random(did.shape) < 0.06] = np.nan
    return np.asarray(facts, dtype=np.float64)
