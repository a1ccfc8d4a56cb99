"""Customers on the list whom the dealer's own transactions do not know.

The pattern. Instead of replacing a customer's number, a dealer invents the customer: a name, a vehicle and a number
that no sale and no service of its own stands behind.

Why it matters. Nobody was served, and yet somebody is satisfied.

What honest thing can look the same. A visit before the window, a purchase registered elsewhere, a mistyped vehicle. The
first is common in the first weeks of the window: fieldwork months in which it is common are left out. The others are
learnt from the network with the spread among honest dealers. A dealer without transactions is not judged, and one whose
system is delivered in part may stand out honestly, so this evidence alone opens no case.

References
----------
Subaru of America v. South Coast Subaru (alleged: bogus customers). Spiegelhalter (2005), Statistics in Medicine 24.

Examples
--------
Forty dealers, one of whose fifty listed customers is in no transaction; at D00 it is twenty.

>>> from datetime import date
>>> place = np.arange(2000)
>>> listed = pd.DataFrame({
...     "contact_id": [f"C{p}" for p in place], "dealer_id": [f"D{p // 50:02d}" for p in place],
...     "customer_id": [f"K{p}" for p in place], "wave": "2026-10", "phone": [f"number {p}" for p in place],
... })
>>> unknown = (place % 50 == 7) | (place < 20)
>>> seen = Observations(date(2026, 10, 31), {"contacts": listed, "transactions": listed[~unknown]})
>>> units = Phantoms().weigh(seen, Phantoms().learn(seen)).units
>>> bool(units["bits"].drop("D00").max() < 0 < 8 < units.loc["D00", "bits"]), units.loc["D00", "reason"]
(True, '20 of 50 customers on its list are in none of its own transactions; dealers like this one have 0 to 3.')
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from detectors.contacts.listing import Honest, learn_honest, weigh_list
from detectors.contacts.matching import IDENTITIES, Flags, among, keys
from detectors.core.detector import Detector, NotEnough
from detectors.core.evidence import Weighed
from detectors.core.observations import Observations
from detectors.core.schemes import Scheme


@dataclass(frozen=True)
class _Learnt:
    waves: frozenset[str]
    honest: Honest


@dataclass(frozen=True)
class Phantoms(Detector):
    """Customers on the list whom the dealer's own transactions do not know.

    Parameters
    ----------
    fewest_customers
        A dealer with fewer identified customers on its list is not judged.
    potency
        Share of false customers that are invented rather than real with another's number.
    twice_the_usual
        Fieldwork months with more unknown customers than this multiple of the least come too early to tell.
    """

    fewest_customers: int = 10
    potency: float = 0.4
    twice_the_usual: float = 2.0

    schemes: ClassVar[tuple[Scheme, ...]] = (Scheme.FAKE_CONTACTS,)
    needs: ClassVar[Mapping[str, tuple[str, ...]]] = {"contacts": ("dealer_id",), "transactions": ("dealer_id",)}

    def _learn(self, network: Observations) -> _Learnt:
        rows, hit = _identified(network, None)
        if rows.empty:
            raise NotEnough("No customer of the lists has a customer number or vehicle that transactions have too.")
        by_wave = pd.Series(hit).groupby(rows["wave"].to_numpy()).agg(["mean", "size"])
        least = by_wave["mean"].min() + 0.02
        waves = frozenset(by_wave.index[by_wave["mean"] <= self.twice_the_usual * least])
        rows, hit = _identified(network, waves)
        return _Learnt(waves, learn_honest(rows["dealer_id"], hit, potency=self.potency))

    def _weigh(self, observations: Observations, learned: _Learnt) -> Weighed:
        rows, hit = _identified(observations, learned.waves)
        return weigh_list(
            observations,
            "contacts",
            rows,
            hit,
            learned.honest,
            potency=self.potency,
            fewest_rows=self.fewest_customers,
            sentence=lambda hits, total, low, high: (
                f"{hits} of {total} customers on its list are in none of its own transactions; dealers like this one "
                f"have {low} to {high}."
            ),
            record_reason="The customer is in none of the dealer's own transactions.",
        )


def _identified(observations: Observations, waves: frozenset[str] | None) -> tuple[pd.DataFrame, Flags]:
    """Return the identified customers of the lists in these months, and which of them no transaction knows.

    Only identities that both sources use count, and only dealers that have transactions with them.
    """
    contacts, transactions = observations["contacts"], observations["transactions"]
    wave = contacts["wave"].fillna("") if "wave" in contacts.columns else pd.Series("", index=contacts.index)
    rows = contacts.assign(wave=wave, record_id=contacts["contact_id"])
    if "phone" not in rows.columns:
        rows = rows.assign(phone=pd.Series(pd.NA, index=rows.index, dtype="str"))
    told, known = np.zeros(len(rows), dtype=bool), np.zeros(len(rows), dtype=bool)
    for identity in IDENTITIES:
        if not observations.has("contacts", identity) or not observations.has("transactions", identity):
            continue
        told |= rows[identity].notna().to_numpy(dtype=bool)
        known |= among(keys(rows, "dealer_id", identity), keys(transactions, "dealer_id", identity))
    told &= rows["dealer_id"].isin(transactions["dealer_id"].unique()).to_numpy(dtype=bool)
    if waves is not None:
        told &= rows["wave"].isin(list(waves)).to_numpy(dtype=bool)
    return rows[told].reset_index(drop=True), ~known[told]
