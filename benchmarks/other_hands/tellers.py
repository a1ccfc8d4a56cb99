"""The customers of visits as those who tell of them."""

from benchmarks.other_hands import phrases
from benchmarks.other_hands.chance import Floats, Integers
from benchmarks.other_hands.network import Network
from benchmarks.other_hands.questionnaire import QUESTIONNAIRES
from benchmarks.other_hands.sayings import Teller
from benchmarks.other_hands.visits import Visits


def tellers(
    network: Network, visits: Visits, rows: Integers, content: Floats, habits: list[str], chattier: float = 0.0
) -> list[Teller]:
    """Return who tells of each visit.

    Parameters
    ----------
    network, visits
        What there is to tell.
    rows
        Places of the visits.
    content
        How content each teller is.
    habits
        How each is noted down.
    chattier
        How much more they talk than usual.
    """
    visit = visits.rows.iloc[rows]
    person = visits.people.iloc[visit["customer"].to_numpy()]
    adviser = network.advisers["family_name"].to_numpy()[visit["adviser"].to_numpy()] % len(phrases.PEOPLE)
    columns = zip(
        visit["questionnaire"].tolist(),
        visits.did[rows],
        content.tolist(),
        (person["talkative"] + chattier).tolist(),
        person["dialect"].tolist(),
        person["english"].tolist(),
        habits,
        network.traits["story"].to_numpy()[visit["dealer"].to_numpy()].tolist(),
        adviser.tolist(),
        strict=True,
    )
    return [
        Teller(QUESTIONNAIRES[asked], did, glad, talk, dialect, english, habit, story, phrases.PEOPLE[who])
        for asked, did, glad, talk, dialect, english, habit, story, who in columns
    ]
