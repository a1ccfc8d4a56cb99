"""What really happened: the visits, the process facts, and how satisfied each visit left the customer."""

from dataclasses import dataclass

import numpy as np

from simulation.chance import Flags, Floats, Integers, choose, happens, integers, logistic, normal, stream
from simulation.customers import Customers, people
from simulation.network import NEW_DEALER_DAYS, Network, build
from simulation.questionnaire import Questionnaire, questionnaires
from simulation.settings import WorldSettings

_TAIL_DAYS = 30
_COMEBACK_GIVEN_INCIDENT = 0.22
_HAPPENED_ON_WEEKDAY = (1.0, 1.0, 1.0, 1.0, 1.05, 0.75, 0.45)


@dataclass(frozen=True)
class Visits:
    """Sales and services; arrays over visits.

    Parameters
    ----------
    dealer, customer, kind
        Places; kind 0 is a sale (SSI), 1 a service (CSI).
    happened_day, called_day
        Days since the first day of the window; the call comes days or weeks after the visit, perhaps after the window.
    vendor, interviewer
        Who calls, if anyone does.
    adviser
        Which of the dealer's advisers.
    facts
        Facts × visits: what happened, by the visit's own questionnaire.
    incident
        How badly it went wrong, in standard deviations; 0 for most.
    felt
        Satisfaction with the visit, in standard deviations, answering style not included.
    latent
        Satisfaction as it will be answered: with style, region, agency and interviewer.
    comeback
        Back within days because the last service did not hold.
    """

    dealer: Integers
    customer: Integers
    kind: Integers
    happened_day: Integers
    called_day: Integers
    vendor: Integers
    interviewer: Integers
    adviser: Integers
    facts: Flags
    incident: Floats
    felt: Floats
    latent: Floats
    comeback: Flags

    def __len__(self) -> int:
        return len(self.dealer)


@dataclass(frozen=True)
class Scene:
    """Everything that is so before anybody calls, or cheats.

    Parameters
    ----------
    settings, network
        The world's.
    questionnaires
        SSI, then CSI.
    customers, visits
        Who came, and what happened.
    """

    settings: WorldSettings
    network: Network
    questionnaires: tuple[Questionnaire, Questionnaire]
    customers: Customers
    visits: Visits

    @property
    def person(self) -> Integers:
        """Over visits: who answers the phone."""
        return self.customers.person[self.visits.customer]

    @property
    def last(self) -> int:
        """The last day, counted from the first as 0."""
        return _last(self.settings)


def happenings(settings: WorldSettings) -> Scene:
    """Draw everything that really happened: visits up to the last day, the earliest a month before the first day.

    Parameters
    ----------
    settings
        The world's.
    """
    network, asked = build(settings), questionnaires(settings.seed, settings.items)
    rng = stream(settings.seed, "visits")
    planned = _planned(rng, settings, network)
    customers = people(settings, network, planned)
    dealer = np.repeat(np.arange(len(planned)), planned)
    called, happened = _days(rng, settings, network.new[dealer])
    kept = happened <= _last(settings)
    dealer, called, happened = dealer[kept], called[kept], happened[kept]
    size = len(dealer)
    customer = customers.start[dealer] + integers(rng, customers.count[dealer], size)
    kind = happens(rng, 0.65, size).astype(np.int64)

    rush = normal(rng, size, 0.45)
    facts, lost = _facts(rng, network, asked, np.stack([dealer, kind]), rush)
    adviser = integers(rng, network.advisers[dealer], size)
    adviser_lift = normal(rng, (len(planned), 14), 0.2)
    month_lift = normal(rng, (len(planned), settings.months + 3), 0.13)
    went_wrong = happens(rng, 0.11 * np.exp(-0.7 * network.quality[dealer, kind] - 0.4 * rush), size)
    incident = np.where(went_wrong, rng.standard_exponential(size, dtype=np.float32) * 1.5 + 0.3, 0).astype(np.float32)
    felt = (
        network.quality[dealer, kind]
        + adviser_lift[dealer, adviser]
        + month_lift[dealer, np.clip(called // 30, 0, settings.months + 2)]
        + 0.5 * rush
        - lost
        - incident
        + normal(rng, size, 0.75)
    )
    vendor = _vendor(rng, network, dealer)
    interviewer = _interviewer(rng, settings, network, dealer, vendor)
    latent = (
        felt
        + customers.style[customers.person[customer]]
        + network.region_lift[network.region[dealer]]
        + network.vendor_lift[vendor]
        + network.interviewer_lift[interviewer]
    )
    first = Visits(
        dealer, customer, kind, happened, called, vendor, interviewer, adviser, facts, incident, felt, latent,
        np.zeros(size, dtype=bool),
    )  # fmt: skip
    return Scene(settings, network, asked, customers, _with_comebacks(rng, settings, first))


def _last(settings: WorldSettings) -> int:
    return (settings.last_day - settings.first_day).days


def _day_weights(rng: np.random.Generator, settings: WorldSettings) -> Floats:
    """Weigh the days on which the agencies call: weekdays, busy months, and more as a wave closes."""
    days = np.arange(_last(settings) + 1 + _TAIL_DAYS)
    day = np.datetime64(settings.first_day) + days
    month = day.astype("datetime64[M]")
    volume = np.exp(rng.normal(0, 0.12, 2 + settings.months + 1))[(month - month[0]).astype(int)]
    weekday = (day.astype("datetime64[D]").astype(int) + 3) % 7
    of_month = (day - month.astype("datetime64[D]")).astype(int)
    return np.asarray(volume * np.array(_HAPPENED_ON_WEEKDAY)[weekday] * (1 + 0.35 * (of_month > 21)), dtype=np.float32)


def _days(rng: np.random.Generator, settings: WorldSettings, new: Flags) -> tuple[Integers, Integers]:
    """Draw the day of each call, and of the visit some days before it."""
    weights = _day_weights(stream(settings.seed, "calendar"), settings)
    called = choose(rng, weights, len(new))
    recent = weights.copy()
    recent[: max(_last(settings) - NEW_DEALER_DAYS, 0)] = 0
    called[new] = choose(rng, recent, int(new.sum()))
    lag = np.clip(rng.standard_gamma(3.0, len(new), dtype=np.float32) * 4.3, 2, _TAIL_DAYS).astype(np.int64)
    return called, called - lag


def _planned(rng: np.random.Generator, settings: WorldSettings, network: Network) -> Integers:
    """Tell how many visits to draw for each dealer, those that fall after the window included."""
    kept = np.empty(2)
    for new in (0, 1):
        _, happened = _days(rng, settings, np.full(20_000, bool(new)))
        kept[new] = (happened <= _last(settings)).mean()
    expected = network.interviews * settings.transactions_per_interview / kept[network.new.astype(int)]
    return np.asarray(np.maximum(np.round(expected), 2), dtype=np.int64)


def _facts(
    rng: np.random.Generator, network: Network, asked: tuple[Questionnaire, Questionnaire],
    where: Integers, rush: Floats,
) -> tuple[Flags, Floats]:  # fmt: skip
    """Draw what was done at each visit, and what its omission cost in satisfaction."""
    count, (dealer, kind) = len(asked[0].facts), where
    facts, lost = np.empty((count, len(dealer)), dtype=bool), np.zeros(len(dealer), dtype=np.float32)
    habit = normal(rng, (len(network.region), 2, count), 0.35) + network.process[:, None, None]
    logits = np.stack([questions.fact_logits for questions in asked])
    weights = np.stack([questions.fact_weights for questions in asked])
    for fact in range(count):
        probability = logistic((habit[:, :, fact] + logits[None, :, fact])[dealer, kind] + rush)
        facts[fact] = happens(rng, probability, len(dealer))
        lost += np.where(facts[fact], 0, weights[kind, fact])
    return facts, lost


def _vendor(rng: np.random.Generator, network: Network, dealer: Integers) -> Integers:
    cumulative = np.cumsum(network.vendor_mix, axis=1)[:, :-1]
    drawn = rng.random(len(dealer), dtype=np.float32)
    vendor = np.zeros(len(dealer), dtype=np.int64)
    for bound in cumulative.T:
        vendor += drawn > bound[dealer]
    return vendor


def _interviewer(
    rng: np.random.Generator, settings: WorldSettings, network: Network, dealer: Integers, vendor: Integers
) -> Integers:
    """Let a dealer's customers be called mostly by a small team, else by anyone of the agency."""
    staffed = np.bincount(network.interviewer_vendor, minlength=settings.vendors)[vendor]
    centre = rng.random((settings.dealers, settings.vendors))[dealer, vendor] * staffed
    team = (centre + integers(rng, 6, len(dealer))).astype(np.int64) % staffed
    anyone = integers(rng, staffed, len(dealer))
    place = np.where(happens(rng, 0.6, len(dealer)), team, anyone)
    return np.asarray(vendor + settings.vendors * place, dtype=np.int64)


def _with_comebacks(rng: np.random.Generator, settings: WorldSettings, first: Visits) -> Visits:
    """Bring back some of those whose service went wrong, two to twenty days later; nobody surveys that visit."""
    probability = np.where((first.incident > 0) & (first.kind == 1), _COMEBACK_GIVEN_INCIDENT, 0.004)
    back = np.flatnonzero(happens(rng, probability, len(first)))
    day = first.happened_day[back] + 2 + integers(rng, 19, len(back))
    back, day = back[day <= _last(settings)], day[day <= _last(settings)]

    def both(before: Integers) -> Integers:
        return np.concatenate([before, before[back]])

    return Visits(
        both(first.dealer),
        both(first.customer),
        np.concatenate([first.kind, np.ones(len(back), dtype=np.int64)]),
        np.concatenate([first.happened_day, day]),
        both(first.called_day),
        both(first.vendor),
        both(first.interviewer),
        both(first.adviser),
        np.concatenate([first.facts, first.facts[:, back]], axis=1),
        np.concatenate([first.incident, first.incident[back]]),
        np.concatenate([first.felt, first.felt[back]]),
        np.concatenate([first.latent, first.latent[back]]),
        np.concatenate([first.comeback, np.ones(len(back), dtype=bool)]),
    )
