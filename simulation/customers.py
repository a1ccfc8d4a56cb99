"""The customers: who shares a phone, who answers with one number, who is glad to talk."""

from dataclasses import dataclass

import numpy as np

from simulation.chance import Flags, Floats, Integers, happens, integers, normal, stream
from simulation.network import Network, random_phones
from simulation.settings import WorldSettings

VISITS_PER_CUSTOMER = 1.45


@dataclass(frozen=True)
class Customers:
    """Those who buy and have their cars serviced; arrays over customers.

    Parameters
    ----------
    start, count
        Over dealers: where the dealer's customers stand.
    person
        Who answers the phone: the same place for all vehicles of a fleet.
    identity
        Which customer number: one for the whole fleet where the company is registered once.
    phone
        Mobile or landline, as an integer. Families and fleets share one.
    staff
        The customer works at the dealer, and honestly bought a car.
    style
        By person: generous (above 0) or strict answering, in standard deviations.
    one_number, rounder
        By person: answers all items with one number; answers only round numbers.
    willingness
        By person: log-odds of completing an interview, around 0.
    talkative
        By person, around 0.
    halo
        By person: how much items differ around overall satisfaction, in standard deviations.
    """

    start: Integers
    count: Integers
    person: Integers
    identity: Integers
    phone: Integers
    staff: Flags
    style: Floats
    one_number: Flags
    rounder: Flags
    willingness: Floats
    talkative: Floats
    halo: Floats


def people(settings: WorldSettings, network: Network, visits_per_dealer: Integers) -> Customers:
    """Draw the customers of every dealer.

    Parameters
    ----------
    settings, network
        The world's.
    visits_per_dealer
        How many visits they will make.
    """
    rng = stream(settings.seed, "people")
    count = np.maximum((visits_per_dealer / VISITS_PER_CUSTOMER).astype(np.int64), 2)
    start, total = np.cumsum(count) - count, int(count.sum())
    dealer = np.repeat(np.arange(len(count)), count)
    person, fleet = _fleets(rng, dealer, settings.fleet_share)

    phone = random_phones(rng, total, landlines=0.012)[person]
    family = happens(rng, settings.family_share, total) & ~fleet
    family[start] = False
    phone[family] = phone[np.flatnonzero(family) - 1]
    registered_once = happens(rng, 0.5, total)[person] & fleet
    staff = _staff_customers(rng, network, start, count, fleet | family)
    phone[staff] = network.staff_phones[
        network.staff_start[dealer[staff]] + integers(rng, network.staff_count[dealer[staff]], int(staff.sum()))
    ]
    is_fleet_manager = np.zeros(total, dtype=bool)
    is_fleet_manager[person[fleet]] = True
    return Customers(
        start=start,
        count=count,
        person=person,
        identity=np.where(registered_once, person, np.arange(total)),
        phone=phone,
        staff=staff,
        style=normal(rng, total, 0.5),
        one_number=happens(rng, np.where(is_fleet_manager, 0.5, settings.one_number_share), total),
        rounder=happens(rng, 0.1, total),
        willingness=normal(rng, total, 0.8) + np.where(is_fleet_manager, 1.5, 0).astype(np.float32),
        talkative=normal(rng, total),
        halo=np.exp(normal(rng, total, 0.4)) * np.float32(0.68),
    )


def _fleets(rng: np.random.Generator, dealer: Integers, share: float) -> tuple[Integers, Flags]:
    """Let fleets of four to thirty vehicles begin here and there; one person answers for a fleet."""
    person = np.arange(len(dealer))
    heads = np.flatnonzero(happens(rng, share, len(dealer)))
    sizes = np.minimum(4 + rng.geometric(1 / 6, len(heads)), 30)
    head = np.repeat(heads, sizes)
    member = head + np.arange(len(head)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    inside = member < len(dealer)
    head, member = head[inside], member[inside]
    same = dealer[head] == dealer[member]
    person[member[same]] = head[same]
    person = person[person]
    fleet = np.zeros(len(dealer), dtype=bool)
    fleet[member[same]] = True
    return person, fleet


def _staff_customers(
    rng: np.random.Generator, network: Network, start: Integers, count: Integers, taken: Flags
) -> Flags:
    """Let one or two of the staff of every third dealer be its customers; fewer at small dealers."""
    staff = np.zeros(len(taken), dtype=bool)
    for expected in (0.3, 0.1):
        buys = happens(rng, np.minimum(expected, count / 400), len(network.region))
        staff[(start + integers(rng, count, len(count)))[buys]] = True
    return staff & ~taken
