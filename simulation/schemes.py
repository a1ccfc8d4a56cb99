"""How cheating is done: who cheats, with which customers, and what that does to lists, calls and answers."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from detectors.core.schemes import Scheme
from simulation.chance import Flags, Floats, Integers, happens, integers, normal, stream
from simulation.contacts import COMPLETED, NO_ANSWER, Calls
from simulation.network import Network, random_phones
from simulation.reviews import Bought
from simulation.settings import WorldSettings
from simulation.visits import Scene, Visits

SCHEMES = tuple(Scheme)
HONEST, COACHED, REWARDED, STAND_IN, INVENTED = range(5)
_EAGERNESS = {COACHED: 0.5, REWARDED: 0.9}
"""How much more readily (log-odds) a customer answers who was asked to, or hopes for a gift."""


@dataclass
class Played:
    """What the cheats did; arrays over visits.

    Parameters
    ----------
    cheats
        Scheme by dealer or interviewer place: pairs of scheme and place.
    scheme
        Place in `SCHEMES` of the scheme that touched the visit's contact or interview, or -1.
    manner
        How its interview was touched: HONEST, COACHED, REWARDED, STAND_IN, INVENTED.
    withheld
        Kept off the list.
    listed, disposition, phone
        The list and its outcome, after all that.
    nobody
        Handed over with a customer number and vehicle that do not exist.
    bought
        Who buys reviews.
    """

    scheme: Integers
    manner: Integers
    withheld: Flags
    listed: Flags
    disposition: Integers
    phone: Integers
    nobody: Flags
    bought: Bought
    cheats: list[tuple[Scheme, int]] = field(default_factory=list)


def play(scene: Scene, calls: Calls, overall: Floats, complains: Flags, target: Floats) -> Played:
    """Let dealers and interviewers cheat, each as a person would.

    Parameters
    ----------
    scene, calls
        What happened, and how honest lists and calls would go.
    overall
        Over visits: the honest overall answer.
    complains
        Over visits: the customer files a complaint.
    target
        Over dealers: the bonus threshold.
    """
    settings, network, visits = scene.settings, scene.network, scene.visits
    rng, size = stream(settings.seed, "schemes"), len(visits)
    nobody_buys = Bought(np.zeros(0, np.int64), np.zeros(0, np.float32), np.zeros(0, np.int64))
    played = Played(
        scheme=np.full(size, -1),
        manner=np.full(size, HONEST),
        withheld=np.zeros(size, dtype=bool),
        listed=calls.listed.copy(),
        disposition=calls.disposition(),
        phone=calls.phone.copy(),
        nobody=np.zeros(size, dtype=bool),
        bought=nobody_buys,
    )
    if settings.honest:
        return played
    completed = calls.listed & (played.disposition == COMPLETED)
    chosen = _cheats(rng, settings, network, target - _means(visits.dealer, overall, completed, settings.dealers))
    low, high = settings.manipulated_share
    for scheme, dealers in chosen.items():
        played.cheats += [(scheme, int(dealer)) for dealer in dealers]
        shares = rng.uniform(low, high, len(dealers)).astype(np.float32)
        if scheme is Scheme.REVIEW_MANIPULATION:
            played.bought = Bought(dealers, shares, _rings(rng, network, dealers))
            continue
        by_dealer = np.full(settings.dealers, np.nan, dtype=np.float32)
        by_dealer[dealers] = shares
        visit = np.flatnonzero(calls.listed & np.isin(visits.dealer, dealers))
        share = by_dealer[visits.dealer[visit]]
        if scheme in (Scheme.COACHED, Scheme.INCENTIVISED):
            _persuade(rng, scene, calls, played, scheme, picked=visit, share=share)
        elif scheme is Scheme.FAKE_CONTACTS:
            _stand_in(rng, scene, played, visit, share)
        elif scheme is Scheme.WITHHELD:
            _withhold(rng, visits, played, complains, picked=visit, share=share)
        elif scheme is Scheme.TARGET_GAMING:
            for dealer in dealers:
                here = visit[visits.dealer[visit] == dealer]
                _game(rng, scene, calls, played, overall=overall, picked=here, target=float(target[dealer]))
    _invent(rng, scene, played)
    return played


def _means(dealer: Integers, overall: Floats, completed: Flags, dealers: int) -> Floats:
    count = np.bincount(dealer[completed], minlength=dealers)
    total = np.bincount(dealer[completed], weights=overall[completed], minlength=dealers)
    return np.where(count > 0, total / np.maximum(count, 1), np.inf).astype(np.float32)


def _cheats(
    rng: np.random.Generator, settings: WorldSettings, network: Network, short_of_target: Floats
) -> dict[Scheme, Integers]:
    """Choose disjoint dealers for every scheme; who games the target is far below it, some rings are one owner's."""
    eligible = ~network.excellent & ~network.new
    number = round(settings.scheme_share * settings.dealers)
    if settings.scheme_share > 0 and settings.dealers >= 20:
        number = max(number, 1)
    first = [scheme for scheme in (Scheme.TARGET_GAMING, Scheme.REVIEW_MANIPULATION) if scheme in settings.schemes]
    chosen: dict[Scheme, Integers] = {}
    for scheme in first + [scheme for scheme in settings.schemes if scheme not in first]:
        order = rng.permutation(settings.dealers)
        order = order[eligible[order]]
        if scheme is Scheme.TARGET_GAMING:
            in_reach = order[: max(len(order) // 2, number)]
            order = in_reach[np.argsort(-short_of_target[in_reach], kind="stable")]
        if scheme is Scheme.REVIEW_MANIPULATION and len(order):
            sizes = np.bincount(network.group[order] + 1, minlength=2)[1:]
            in_ring = network.group[order] == int(sizes.argmax())
            in_ring &= np.cumsum(in_ring) <= (number + 1) // 2
            order = order[np.argsort(~in_ring, kind="stable")]
        chosen[scheme] = np.sort(order[:number])
        eligible[chosen[scheme]] = False
    return chosen


def _rings(rng: np.random.Generator, network: Network, dealers: Integers) -> Integers:
    """Let buyers of one owner share one pool of accounts; the others each use their own."""
    owner = network.group[dealers]
    own = np.where(owner >= 0, owner, len(network.region) + np.arange(len(dealers)))
    _, ring = np.unique(own, return_inverse=True)
    return np.asarray(rng.permutation(len(dealers))[ring], dtype=np.int64)


def _odds_of_being_touched(share: Floats, touched: float, untouched: float) -> Floats:
    """Return the share of the list to touch for that share of interviews, where the touched complete more often."""
    odds = share * untouched / (touched * (1 - share) + share * untouched)
    return np.asarray(odds, dtype=np.float32)


def _persuade(
    rng: np.random.Generator, scene: Scene, calls: Calls, played: Played, scheme: Scheme, *,
    picked: Integers, share: Floats,
) -> None:  # fmt: skip
    """Ask some customers for tens, or reward them: some advisers nearly everyone, others hardly anyone."""
    settings, visits, visit = scene.settings, scene.visits, picked
    manner = COACHED if scheme is Scheme.COACHED else REWARDED
    usual = 1 / settings.contacts_per_interview
    odds = usual / (1 - usual) * np.exp(_EAGERNESS[manner] * 0.8)
    eagerness = rng.uniform(0.4, 1.6, (settings.dealers, 14))
    key = rng.random(len(visit), dtype=np.float32) / eagerness[visits.dealer[visit], visits.adviser[visit]]
    wanted = _odds_of_being_touched(share, odds / (1 + odds), usual)
    _touch(calls, played, scheme, manner, visit[_lowest(visits.dealer[visit], key, wanted)])


def _lowest(dealer: Integers, key: npt.NDArray[np.floating], share: Floats) -> Flags:
    """Pick each dealer's share of rows with the lowest keys."""
    order = np.lexsort((key, dealer))
    rank = np.empty(len(dealer), dtype=np.int64)
    _, start, count = np.unique(dealer[order], return_index=True, return_counts=True)
    rank[order] = np.arange(len(dealer)) - np.repeat(start, count)
    size = np.zeros(int(dealer.max(initial=0)) + 1, dtype=np.int64)
    np.add.at(size, dealer, 1)
    return rank < np.round(share * size[dealer])


def _touch(calls: Calls, played: Played, scheme: Scheme, manner: int, visit: Integers) -> None:
    """Mark persuaded customers; they answer the call a little more readily."""
    played.disposition[visit] = calls.disposition(visit, _EAGERNESS[manner])
    answered = visit[played.disposition[visit] == COMPLETED]
    played.scheme[answered], played.manner[answered] = SCHEMES.index(scheme), manner


def _stand_in(rng: np.random.Generator, scene: Scene, played: Played, visit: Integers, share: Floats) -> None:
    """Hand over other numbers, rather for customers one is afraid of: staff, a few friends, fresh cards in sequence."""
    settings, network, visits = scene.settings, scene.network, scene.visits
    key = visits.felt[visit] + normal(rng, len(visit), 1.5)
    wanted = _odds_of_being_touched(share, 0.95, 1 / settings.contacts_per_interview)
    chosen = _lowest(visits.dealer[visit], key, wanted)
    visit = visit[chosen]
    for dealer in np.unique(visits.dealer[visit]):
        here = visit[visits.dealer[visit] == dealer]
        habits = np.cumsum(rng.dirichlet((1.2, 1.6, 0.8, 1.0)))
        habit = np.minimum(np.searchsorted(habits, rng.random(len(here))), 3)
        staff = network.staff_phones[network.staff_start[dealer] :][: network.staff_count[dealer]]
        some_staff = staff[: max(len(staff) // 2, 2)]
        friends = random_phones(rng, max(len(here) // 5, 2))
        place = np.arange(len(here))
        packs = random_phones(rng, len(here) // 12 + 1) // 100 * 100 + int(rng.integers(80))
        numbers = np.stack(
            [
                some_staff[integers(rng, len(some_staff), len(here))],
                friends[integers(rng, len(friends), len(here))],
                packs[place // 12] + place % 12,
                random_phones(rng, len(here)),
            ]
        )
        played.phone[here] = numbers[habit, place]
    answers = happens(rng, 0.95, len(visit))
    played.disposition[visit] = np.where(answers, COMPLETED, NO_ANSWER)
    played.nobody[visit] = happens(rng, 0.1, len(visit))
    played.scheme[visit], played.manner[visit] = SCHEMES.index(Scheme.FAKE_CONTACTS), STAND_IN


def _withhold(
    rng: np.random.Generator, visits: Visits, played: Played, complains: Flags, *, picked: Integers, share: Floats
) -> None:
    """Keep off the list those who complained, came back or looked unhappy, as far as the dealer noticed."""
    visit = picked
    key = (
        visits.felt[visit] + normal(rng, len(visit), 0.6) - 2.0 * complains[visit] - 0.5 * (visits.incident[visit] > 1)
    )
    visit = visit[_lowest(visits.dealer[visit], key, share)]
    played.withheld[visit], played.listed[visit] = True, False
    played.scheme[visit] = SCHEMES.index(Scheme.WITHHELD)


def _game(
    rng: np.random.Generator, scene: Scene, calls: Calls, played: Played, *,
    overall: Floats, picked: Integers, target: float,
) -> None:  # fmt: skip
    """Work on customers in the last days of each bonus period, until its mean seems safely above the target."""
    settings, visits, visit = scene.settings, scene.visits, picked
    closing_days = int(rng.integers(settings.gaming_days[0], settings.gaming_days[1] + 1))
    intensity = rng.uniform(*settings.gaming_intensity)
    enough = target + (settings.scale[1] - settings.scale[0]) * rng.uniform(0.02, 0.08)
    manner = COACHED if rng.random() < 0.6 else REWARDED
    eager = calls.disposition(visit, _EAGERNESS[manner]) == COMPLETED
    period, days_left = closing(settings, visits.called_day[visit])
    order = np.lexsort((calls.second[visit], visits.called_day[visit], period))
    tries = happens(rng, intensity, len(visit))
    current, total, count = -1, 0.0, 0
    for place in order:
        if period[place] != current:
            current, total, count = int(period[place]), 0.0, 0
        here = visit[place]
        works = days_left[place] < closing_days and tries[place] and (count == 0 or total / count < enough)
        if works and eager[place]:
            played.disposition[here] = COMPLETED
            played.scheme[here], played.manner[here] = SCHEMES.index(Scheme.TARGET_GAMING), manner
            total, count = total + settings.scale[1], count + 1
        elif played.disposition[here] == COMPLETED:
            total, count = total + float(overall[here]), count + 1


def closing(settings: WorldSettings, day: Integers) -> tuple[Integers, Integers]:
    """Return the bonus period of each day since the window's first, and how many days are left of that period."""
    when = np.datetime64(settings.first_day) + day
    month = when.astype("datetime64[M]").astype(np.int64)
    period = month // settings.closing_months
    end = ((period + 1) * settings.closing_months).astype("datetime64[M]").astype("datetime64[D]")
    return period, (end - when).astype(np.int64) - 1


def _invent(rng: np.random.Generator, scene: Scene, played: Played) -> None:
    """Let a few busy interviewers invent interviews: in place of real ones, and for customers who never answered."""
    settings, network, visits = scene.settings, scene.network, scene.visits
    completed = played.listed & (played.disposition == COMPLETED)
    load = np.bincount(visits.interviewer[completed], minlength=settings.interviewers)
    busy = np.flatnonzero(load >= np.median(load))
    busy = busy[busy != network.lenient_interviewer]
    number = min(settings.fabricating_interviewers, settings.interviewers // 4)
    for interviewer in np.sort(rng.permutation(busy)[:number]):
        share = rng.uniform(*settings.fabricated_share)
        own = np.flatnonzero(played.listed & (visits.interviewer == interviewer))
        done = own[(played.disposition[own] == COMPLETED) & (played.manner[own] != STAND_IN)]
        replaced = done[happens(rng, 0.7 * share, len(done))]
        unanswered = own[played.disposition[own] == NO_ANSWER]
        extra = round(len(done) * 0.3 * share / (1 - share))
        added = rng.permutation(unanswered)[:extra]
        touched = np.concatenate([replaced, added])
        played.disposition[touched] = COMPLETED
        played.scheme[touched], played.manner[touched] = SCHEMES.index(Scheme.FABRICATED), INVENTED
        played.cheats.append((Scheme.FABRICATED, int(interviewer)))
