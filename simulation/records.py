"""The rows that files bear: interviews, contacts, transactions and complaints, with their identifiers."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from detectors.core.sources import DISPOSITIONS
from simulation.chance import Flags, Integers, happens, stream
from simulation.complaints import category, days
from simulation.questionnaire import SURVEYS
from simulation.schemes import Played
from simulation.settings import WorldSettings
from simulation.text import column, fixed_width, join, numbered, phone_numbers, take
from simulation.verbatims import complaints as complaint_texts
from simulation.visits import Scene, Visits

_VIN_LETTERS = np.frombuffer(b"ABCDEFGHJKLMNPRSTUVWXYZ0123456789", dtype=np.uint8)
_MAKERS = ("LSV", "LFV", "LGB", "LHG", "LVS")
_NOBODY = 70_000_000
"""Customers who do not exist are numbered from here."""


def moments(settings: WorldSettings, day: Integers, second: Integers) -> npt.NDArray[np.datetime64]:
    """Return the times that many days and seconds after the first day of the window begins."""
    seconds = np.datetime64(settings.first_day, "s") + day.astype("timedelta64[D]") + second.astype("timedelta64[s]")
    return np.asarray(seconds.astype("datetime64[us]"))


@dataclass(frozen=True)
class Names:
    """Writes places as the identifiers that files bear."""

    scene: Scene
    played: Played

    @property
    def settings(self) -> WorldSettings:
        """The world's settings."""
        return self.scene.settings

    @property
    def visits(self) -> Visits:
        """What happened."""
        return self.scene.visits

    def _dealers(self, visit: Integers) -> pd.Series:
        return column(self.scene.network.dealer_ids.take(pa.array(self.visits.dealer[visit])))

    def _who(self, visit: Integers, phone: Integers | None, nobody: Flags | None = None) -> dict[str, pd.Series]:
        customer = self.visits.customer[visit]
        identity = self.scene.customers.identity[customer]
        if nobody is not None:
            identity = np.where(nobody, _NOBODY + visit, identity)
            customer = np.where(nobody, _NOBODY + visit, customer)
        who = {
            "customer_id": column(numbered("C", identity + 1, 8)),
            "vin": column(_vins(self.settings.seed, customer)),
        }
        if phone is not None:
            who["phone"] = column(phone_numbers(phone))
        return who

    def _what(self, visit: Integers, at: npt.NDArray[np.datetime64]) -> dict[str, pd.Series]:
        first_month = np.datetime64(self.settings.first_day, "M")
        month = (at[visit].astype("datetime64[M]") - first_month).astype(np.int64)
        waves = [str(first_month + place) for place in range(self.settings.months)]
        vendors = [f"Vendor {chr(ord('A') + vendor)}" for vendor in range(self.settings.vendors)]
        return {
            "survey": column(take(SURVEYS, self.visits.kind[visit])),
            "wave": column(take(waves, month)),
            "vendor": column(take(vendors, self.visits.vendor[visit])),
            "dealer_id": self._dealers(visit),
        }

    def interviews(self, visit: Integers, at: npt.NDArray[np.datetime64]) -> pd.DataFrame:
        """Name the interviews."""
        return pd.DataFrame(
            {
                "response_id": column(numbered("R", np.arange(len(visit)) + 1, 8)),
                **self._what(visit, at),
                "interviewer_id": column(
                    self.scene.network.interviewer_ids.take(pa.array(self.visits.interviewer[visit]))
                ),
                **self._who(visit, self.played.phone[visit], self.played.nobody[visit]),
                "called_at": at[visit],
            }
        )

    def contacts(self, visit: Integers, at: npt.NDArray[np.datetime64]) -> pd.DataFrame:
        """Name the contacts."""
        return pd.DataFrame(
            {
                "contact_id": column(numbered("K", np.arange(len(visit)) + 1, 8)),
                **self._what(visit, at),
                **self._who(visit, self.played.phone[visit], self.played.nobody[visit]),
                "attempted_at": at[visit],
                "disposition": column(take(DISPOSITIONS, self.played.disposition[visit])),
            }
        )

    def transactions(self, visit: Integers) -> pd.DataFrame:
        """Name the sales and services."""
        rng = stream(self.settings.seed, "transactions")
        size, kind = len(visit), self.visits.kind[visit]
        customer = self.visits.customer[visit]
        unlabelled = happens(rng, self.settings.unlabelled_phone_share, size)
        price = np.where(kind == 0, np.exp(rng.normal(12.05, 0.4, size)), np.exp(rng.normal(6.9, 0.8, size)))
        price = np.where(self.visits.comeback[visit], price * 0.15, price)
        return pd.DataFrame(
            {
                "transaction_id": column(numbered("T", np.arange(size) + 1, 8)),
                "dealer_id": self._dealers(visit),
                **self._who(visit, np.where(unlabelled, -1, self.scene.customers.phone[customer])),
                "kind": column(take(("sale", "service"), kind)),
                "happened_on": days(self.settings, self.visits.happened_day[visit]),
                "amount": np.round(price, 2),
            }
        )

    def complaints(self, visit: Integers, day: Integers) -> pd.DataFrame:
        """Name the complaints."""
        rng = stream(self.settings.seed, "complaint texts")
        size, kind = len(visit), self.visits.kind[visit]
        phone = np.where(happens(rng, 0.1, size), -1, self.scene.customers.phone[self.visits.customer[visit]])
        anonymous = happens(rng, 0.08, size)
        who = {name: values.mask(anonymous) for name, values in self._who(visit, phone).items()}
        return pd.DataFrame(
            {
                "complaint_id": column(numbered("CP", np.arange(size) + 1, 7)),
                "dealer_id": self._dealers(visit),
                **who,
                "filed_on": days(self.settings, day),
                "category": column(category(self.settings, kind)),
                "text": column(complaint_texts(rng, kind)),
            }
        )


def _vins(seed: int, vehicle: Integers) -> pa.Array:
    """Write a 17-letter number for each vehicle: maker, model, plant, serial."""
    rng = stream(seed, "vehicles")
    models = fixed_width(_VIN_LETTERS[rng.integers(0, len(_VIN_LETTERS), (500, 7))])
    plants = fixed_width(_VIN_LETTERS[np.stack(np.divmod(np.arange(33 * 33), 33), axis=1)])
    model = vehicle * 2_654_435_761 % 500
    maker = take(_MAKERS, model % len(_MAKERS))
    return join(
        maker, models.take(pa.array(model)), plants.take(pa.array(vehicle // 10**5)), numbered("", vehicle % 10**5, 5)
    )
