"""How satisfaction becomes answers: the scale, the rated items, the reported facts, the length of the call."""

from dataclasses import dataclass

import numpy as np

from simulation.chance import Flags, Floats, Integers, happens, normal, stream
from simulation.visits import Scene

_SAME_TOPIC_LOSS = 0.65
_ROOM_BELOW = 0.45
"""A tenth of all customers answer at least this share of the scale below its top."""


@dataclass(frozen=True)
class Ruler:
    """How a latent satisfaction is read off on the scale.

    Parameters
    ----------
    top
        Latent satisfaction from which on the highest answer is given.
    step
        Width of one answer category below it.
    low, high
        The scale.
    """

    top: float
    step: float
    low: int
    high: int

    def read(self, latent: Floats, rounder: Flags, coin: Flags) -> Floats:
        """Return the answers; rounders give only the top, every second number below it, and on long scales at that.

        Parameters
        ----------
        latent, rounder, coin
            One per answer; the coin decides whether a rounder rounds up.
        """
        below = np.ceil((np.float32(self.top) - latent) / np.float32(self.step))
        answer: Floats = np.asarray(np.clip(self.high - np.maximum(below, 0), self.low, self.high), dtype=np.float32)
        if self.high - self.low < 7:
            return answer
        odd = (self.high - answer) % 2 == 1
        rounded = np.where(coin, answer + 1, np.maximum(answer - 1, self.low))
        return np.asarray(np.where(rounder & odd, rounded, answer), dtype=np.float32)


def genuine_overall(scene: Scene, completed: Flags) -> tuple[Ruler, Floats]:
    """Lay the scale so that the share of top answers is as set, and read every visit's overall satisfaction off it.

    Parameters
    ----------
    scene
        What happened.
    completed
        Over visits: would complete an interview if nobody cheated.

    Returns
    -------
    Ruler and array over visits
        The overall answer that each visit's customer would honestly give.
    """
    settings, visits = scene.settings, scene.visits
    rng = stream(settings.seed, "overall")
    latent = visits.latent + normal(rng, len(visits), 0.25)
    coin = happens(rng, 0.6, len(visits))
    rounder = scene.customers.rounder[scene.person]
    low, high = settings.scale
    sample = np.flatnonzero(completed)[:300_000] if completed.any() else np.arange(len(visits))
    tenth = float(np.quantile(latent[sample], 0.1))
    lowest, highest = float(latent[sample].min()), float(latent[sample].max()) + 0.1
    for _ in range(40):
        top = (lowest + highest) / 2
        ruler = Ruler(top, max((top - tenth) / (_ROOM_BELOW * (high - low)), 0.15), low, high)
        share = (ruler.read(latent[sample], rounder[sample], coin[sample]) == high).mean()
        lowest, highest = (top, highest) if share > settings.tens_share else (lowest, top)
    return ruler, ruler.read(latent, rounder, coin)


def genuine_items(scene: Scene, ruler: Ruler, overall: Floats, called: Integers) -> dict[str, Floats]:
    """Answer every rated item as the visit's customer honestly would.

    Parameters
    ----------
    scene, ruler
        What happened, and the scale.
    overall
        Over visits: the honest overall answer.
    called
        Places of the visits that were interviewed.

    Returns
    -------
    dict
        Answers over `called` by item code, NaN where it was not asked or the customer could not say.
    """
    rng, asked = stream(scene.settings.seed, "items"), scene.questionnaires
    customers, visits = scene.customers, scene.visits
    codes = list(dict.fromkeys(code for questions in asked for code in questions.items))
    answers = {code: np.full(len(called), np.nan, dtype=np.float32) for code in codes}
    for kind, questions in enumerate(asked):
        rows = np.flatnonzero(visits.kind[called] == kind)
        visit = called[rows]
        person = customers.person[visits.customer[visit]]
        base = visits.latent[visit]
        dealer_item = normal(rng, (scene.settings.dealers, len(questions.items)), 0.15)
        unsure = np.exp(normal(rng, len(rows), 0.5)) * np.where(visits.vendor[visit] == 1, 0.6, 1.0)
        for item, code in enumerate(questions.items):
            missed = np.zeros(len(rows), dtype=np.float32)
            for fact in np.flatnonzero(questions.fact_topics == questions.item_topics[item]):
                missed += ~visits.facts[fact, visit]
            latent = (
                base
                + questions.item_ease[item]
                + dealer_item[visits.dealer[visit], item]
                + customers.halo[person] * normal(rng, len(rows))
                - np.float32(_SAME_TOPIC_LOSS) * missed
            )
            answer = ruler.read(latent, customers.rounder[person], happens(rng, 0.6, len(rows)))
            answer = np.where(customers.one_number[person], overall[visit], answer)
            unknown = happens(rng, questions.item_unknown[item] * unsure, len(rows))
            answers[code][rows] = np.where(unknown, np.nan, answer)
    return answers


def reported_facts(scene: Scene, called: Integers, claims_all: Flags) -> dict[str, Floats]:
    """Report the process facts: what happened, but for slips of memory; yes-sayers slip upwards.

    Parameters
    ----------
    scene
        What happened.
    called
        Places of the visits that were interviewed.
    claims_all
        Over `called`: was not there, and says yes to nearly everything.
    """
    rng, asked = stream(scene.settings.seed, "reported facts"), scene.questionnaires
    customers, visits = scene.customers, scene.visits
    codes = list(dict.fromkeys(code for questions in asked for code in questions.facts))
    reported = {code: np.full(len(called), np.nan, dtype=np.float32) for code in codes}
    for kind, questions in enumerate(asked):
        rows = np.flatnonzero(visits.kind[called] == kind)
        visit = called[rows]
        style = customers.style[customers.person[visits.customer[visit]]]
        for fact, code in enumerate(questions.facts):
            happened = visits.facts[fact, visit]
            slip = np.where(happened, 0.03, np.clip(0.06 + 0.05 * style, 0.01, 0.3))
            said = happened ^ happens(rng, slip, len(rows))
            said = np.where(claims_all[rows], happens(rng, 0.93, len(rows)), said)
            reported[code][rows] = np.where(happens(rng, 0.03, len(rows)), np.nan, said)
    return reported


def duration_s(scene: Scene, called: Integers, letters: Integers, hurry: Floats) -> Floats:
    """Time every call: a greeting, a few seconds per question, and the open answer word by word.

    Parameters
    ----------
    scene
        What happened.
    called
        Places of the visits that were interviewed.
    letters
        Over `called`: length of the open answer.
    hurry
        Over `called`: log of how much slower (above 0) or faster than usual.

    Returns
    -------
    array over `called`
        Whole seconds.
    """
    settings, network, customers = scene.settings, scene.network, scene.customers
    rng, person = stream(settings.seed, "durations"), scene.person[called]
    questions = settings.items + 1 + 0.7 * (8 if settings.facts else 0)
    pace = network.interviewer_pace[scene.visits.interviewer[called]] + normal(rng, len(called), 0.22) + hurry
    pace = pace + 0.06 * customers.talkative[person] - 0.25 * customers.one_number[person]
    spoken = 45 + questions * 9.5 * np.exp(pace) + letters * rng.uniform(0.7, 1.6, len(called)) * np.exp(hurry)
    return np.asarray(np.maximum(np.round(spoken), 20), dtype=np.float32)
