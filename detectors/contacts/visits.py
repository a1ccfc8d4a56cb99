"""The dealers' visits, and which of them reached the list that the agency was given."""

import numpy as np
import pandas as pd

from detectors.contacts.matching import Flags, keys
from detectors.core.detector import NotEnough
from detectors.core.observations import Observations

COMEBACK_DAYS = 14
"""A service within so many days of the customer's last visit is a comeback."""

FOLLOW_DAYS = 60
"""A call or a complaint belongs to the customer's last visit, unless that lies further back."""

_LISTED_SHARE = 0.8
_BUSY_SHARE = 0.2


def told_by(network: Observations) -> str:
    """Return the column that tells whose visit it was, on the lists and in the transactions.

    Raises
    ------
    NotEnough
        If there is none.
    """
    for column in ("vin", "customer_id", "phone"):
        if network.has("contacts", column) and network.has("transactions", column):
            share = min(network[source][column].notna().mean() for source in ("contacts", "transactions"))
            if share >= 0.5:
                return column
    raise NotEnough("Lists and transactions name their customers differently: no number, vehicle or phone is in both.")


def months_called(visits: pd.DataFrame) -> frozenset[str]:
    """Return the months whose visits were called within the window: those listed nearly as often as the best month's.

    Raises
    ------
    NotEnough
        If no visit is on any list.
    """
    if not visits["listed"].any():
        raise NotEnough("No customer of the transactions is found on the lists.")
    by_month = visits.groupby("month")["listed"].agg(["mean", "size"])
    busy = by_month[by_month["size"] >= _BUSY_SHARE * by_month["size"].max()]
    return frozenset(busy.index[busy["mean"] >= _LISTED_SHARE * busy["mean"].max()])


def visits_of(observations: Observations, identity: str) -> pd.DataFrame:
    """Return each dealer's visits: whether each was listed, complained about, or brought the customer back.

    A number on the list, like a complaint, belongs to the customer's latest visit before it. The visit that brought the
    customer back is no row of its own: it is the same visit's second half.

    Parameters
    ----------
    observations
        With transactions and contacts.
    identity
        From `told_by`.

    Returns
    -------
    pandas.DataFrame
        ``dealer_id``, ``kind``, ``month``, and whether it was ``listed``, ``complained``, ``came_back``.
    """
    transactions = observations["transactions"]
    visits = pd.DataFrame(
        {
            "dealer_id": transactions["dealer_id"],
            "who": keys(transactions, "dealer_id", identity),
            "when": transactions["happened_on"].astype("datetime64[us]"),
            "kind": transactions["kind"] if "kind" in transactions.columns else "service",
        }
    )
    visits = visits[(visits["who"] != 0) & visits["when"].notna()]
    visits = visits.sort_values(["when", "who", "kind"], kind="stable", ignore_index=True)
    by_customer = visits.sort_values(["who", "when"], kind="stable")
    gap_days = by_customer.groupby("who", sort=False)["when"].diff().dt.days
    comeback = (gap_days <= COMEBACK_DAYS) & (by_customer["kind"] == "service")
    again = comeback.groupby(by_customer["who"], sort=False).shift(-1, fill_value=False)
    first = visits.assign(came_back=again.astype(bool))[~comeback.sort_index().to_numpy(dtype=bool)]
    first = first.reset_index(drop=True)
    found: pd.DataFrame = first.assign(
        listed=_followed(first, observations, "contacts", "attempted_at", identity),
        complained=_followed(first, observations, "complaints", "filed_on", identity),
        month=first["when"].dt.strftime("%Y-%m"),
    )
    return found.drop(columns=["who", "when"])


def _followed(visits: pd.DataFrame, observations: Observations, source: str, when: str, identity: str) -> Flags:
    """Tell which visits are the customer's latest before a row of another source."""
    found = np.zeros(len(visits), dtype=bool)
    if not observations.has(source, identity, when):
        return found
    rows = observations[source]
    later = pd.DataFrame({"who": keys(rows, "dealer_id", identity), "when": rows[when].astype("datetime64[us]")})
    later = later[(later["who"] != 0) & later["when"].notna()].sort_values("when", kind="stable")
    place = pd.merge_asof(
        later,
        visits[["who", "when"]].assign(place=np.arange(len(visits))),
        on="when",
        by="who",
        tolerance=pd.Timedelta(days=FOLLOW_DAYS),
    )["place"].dropna()
    found[place.to_numpy(dtype=np.int64)] = True
    return found
