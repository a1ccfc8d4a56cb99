"""What a simulated world is like: every free parameter of honest life, and of cheating."""

import re
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from detectors.core.errors import MingchaError
from detectors.core.schemes import Scheme, UnitKind
from detectors.core.sources import SOURCES
from simulation.questionnaire import MOST_ITEMS

DEALER_SCHEMES = tuple(scheme for scheme in Scheme if scheme.unit_kind is UnitKind.DEALER)


class SettingsError(MingchaError):
    """A world that cannot be built."""


@dataclass(frozen=True)
class WorldSettings:
    """The free parameters of a world.

    Parameters
    ----------
    seed
        Equal settings with equal seeds give equal worlds, to the byte. The honest world of a seed is the honest twin of
        its cheating world: the same dealers and customers, and nobody cheats.
    dealers
        How many dealers.
    months
        Length of the window in months.
    end
        The last month, ``YYYY-MM``. None: the last complete month before today in Asia/Shanghai.
    honest
        Nobody cheats. Every honest look-alike is still there.
    interviews_per_dealer
        Fewest and most interviews of a dealer over the whole window, log-uniform between; the newest dealers have nine.
    contacts_per_interview
        Numbers handed to the agency per completed interview, network-wide (at least 1.2).
    transactions_per_interview
        Sales and services per completed interview, network-wide (more than `contacts_per_interview`).
    reviews_per_interview
        Public reviews per completed interview, before any is bought.
    tens_share
        Share of interviews whose overall answer is the top of the scale, when nobody cheats (0.02 to 0.95).
    items
        Rated items per questionnaire (3 to 30).
    vendors
        Survey agencies. The second one asks by another mode, which lifts every answer.
    interviewers
        Interviewers of all vendors together; at least one per vendor.
    scale
        Lowest and highest answer of both questionnaires.
    facts, verbatims, review_texts, author_details
        Whether interviews have process facts and open answers, reviews a text, and authors a past.
    sources
        The sources to produce, of the eight.
    dealer_spread
        Standard deviation of dealer quality, in standard deviations of one customer's mood.
    excellent_share, new_share, promotion_share
        Shares of dealers that are honestly outstanding, that opened less than four months ago, and that held a
        promotion which brought a real burst of reviews.
    generous_region, lenient_interviewer, vendor_mode
        Lift of every answer in one region, by one interviewer, at the second vendor, in the units of `dealer_spread`.
    one_number_share
        Share of customers who answer every item with one number.
    fleet_share, family_share
        Share of customers with whom a fleet begins, and who share a phone with the customer before them.
    verbatim_share
        Share of interviews with an open answer.
    unlabelled_phone_share
        Share of transactions without a phone.
    schemes
        The dealer schemes that are played.
    scheme_share
        Share of dealers in each scheme. The schemes' dealers are disjoint; no excellent and no new dealer cheats.
    manipulated_share
        Lowest and highest share of a cheating dealer's interviews (of its reviews for review_manipulation, of its
        list for withheld) that is manipulated, uniform between.
    script_share, tell_share
        Share of coached customers whose open answer follows the dealer's script; share of coached and rewarded
        customers who tell.
    gaming_days, gaming_intensity
        target_gaming: the last how many days of a bonus period (fewest, most), and the share of interviews worked
        on in those days until the target is met (lowest, highest).
    closing_months
        Length of the bonus period in months.
    fabricating_interviewers
        How many interviewers invent interviews.
    fabricated_share
        Lowest and highest share of such an interviewer's interviews that are invented.

    Raises
    ------
    SettingsError
        If a value is out of its range.

    Examples
    --------
    >>> settings = WorldSettings(seed=3, dealers=20, months=6, end="2026-10")
    >>> settings.first_day.isoformat(), settings.last_day.isoformat()
    ('2026-05-01', '2026-10-31')
    >>> WorldSettings(scale=(10, 1))
    Traceback (most recent call last):
    ...
    simulation.settings.SettingsError: The scale (10, 1) has no room. Give a lowest answer below the highest.
    """

    seed: int = 0
    dealers: int = 60
    months: int = 6
    end: str | None = None
    honest: bool = False
    interviews_per_dealer: tuple[int, int] = (30, 160)
    contacts_per_interview: float = 2.0
    transactions_per_interview: float = 3.0
    reviews_per_interview: float = 0.5
    tens_share: float = 0.35
    items: int = 12
    vendors: int = 2
    interviewers: int = 40
    scale: tuple[int, int] = (1, 10)
    facts: bool = True
    verbatims: bool = True
    review_texts: bool = True
    author_details: bool = True
    sources: tuple[str, ...] = tuple(SOURCES)
    dealer_spread: float = 0.35
    excellent_share: float = 0.04
    new_share: float = 0.03
    promotion_share: float = 0.06
    generous_region: float = 0.45
    lenient_interviewer: float = 0.6
    vendor_mode: float = 0.35
    one_number_share: float = 0.07
    fleet_share: float = 0.004
    family_share: float = 0.03
    verbatim_share: float = 0.55
    unlabelled_phone_share: float = 0.015
    schemes: tuple[Scheme, ...] = DEALER_SCHEMES
    scheme_share: float = 0.05
    manipulated_share: tuple[float, float] = (0.15, 0.55)
    script_share: float = 0.4
    tell_share: float = 0.08
    gaming_days: tuple[int, int] = (5, 9)
    gaming_intensity: tuple[float, float] = (0.55, 0.95)
    closing_months: int = 1
    fabricating_interviewers: int = 2
    fabricated_share: tuple[float, float] = (0.35, 0.75)

    def __post_init__(self) -> None:
        if self.scale[0] >= self.scale[1]:
            raise SettingsError(
                f"The scale {self.scale} has no room.", remedy="Give a lowest answer below the highest."
            )
        if self.end is not None and not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", self.end):
            raise SettingsError(f"The end {self.end!r} is no month.", remedy="Write it as YYYY-MM.")
        self._require("dealers", 1, 10**6)
        self._require("months", 1, 120)
        self._require("items", 3, MOST_ITEMS)
        self._require("vendors", 1, 26)
        self._require("interviewers", self.vendors, 10**6)
        self._require("tens_share", 0.02, 0.95)
        self._require("contacts_per_interview", 1.2, 50)
        self._require("transactions_per_interview", self.contacts_per_interview * 1.05, 500)
        self._require("scheme_share", 0, 1 / max(len(self.schemes), 1))
        self._require("closing_months", 1, 12)
        if unknown := set(self.sources) - set(SOURCES):
            raise SettingsError(
                f"There is no source named {', '.join(sorted(unknown))}.",
                remedy=f"The sources are {', '.join(SOURCES)}.",
            )
        if not 1 <= self.interviews_per_dealer[0] <= self.interviews_per_dealer[1]:
            raise SettingsError(
                f"{self.interviews_per_dealer} is no range of interviews.", remedy="Give the fewest, then the most."
            )

    def _require(self, name: str, low: float, high: float) -> None:
        value = getattr(self, name)
        if not low <= value <= high:
            raise SettingsError(
                f"The setting {name} is {value}; it lies between {low:g} and {high:g}.", remedy="Change it."
            )

    @classmethod
    def large(cls, **changes: Any) -> "WorldSettings":
        """Return the settings of 1,000,000 interviews, 2,000,000 contacts, 3,000,000 transactions, 500,000 reviews."""
        large = cls(dealers=3000, interviews_per_dealer=(230, 510), vendors=3, interviewers=900)
        return replace(large, **changes)

    @property
    def last_day(self) -> date:
        """The last day of the window."""
        if self.end is None:
            this_month = np.datetime64(datetime.now(ZoneInfo("Asia/Shanghai")).date(), "M")
        else:
            this_month = np.datetime64(self.end, "M") + 1
        return (this_month.astype("datetime64[D]") - 1).astype(object)  # type: ignore[no-any-return]

    @property
    def first_day(self) -> date:
        """The first day of the window."""
        first_month = np.datetime64(self.last_day, "M") - (self.months - 1)
        return first_month.astype("datetime64[D]").astype(object)  # type: ignore[no-any-return]
