"""What really was the case: who cheats, which records are manipulated, and what the scores would have been."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from detectors.core.schemes import Scheme, UnitKind
from detectors.core.sources import SOURCES
from simulation.chance import Flags, Integers
from simulation.schemes import SCHEMES, Played
from simulation.text import TEXT, column
from simulation.visits import Scene


@dataclass(frozen=True)
class Truth:
    """What really was the case.

    Parameters
    ----------
    units
        Who cheats: ``unit_kind``, ``unit_id``, ``scheme``, ``affected_share`` (share of the unit's interviews that were
        manipulated; of its reviews for review_manipulation; of the list it should have handed over for withheld).
    records
        The manipulated records: ``source``, ``record_id``, ``dealer_id``, ``scheme``. What was withheld is found in
        transactions.
    scores
        ``dealer_id``, ``survey``, ``genuine_score``: the mean of overall had nobody cheated.
    look_alikes
        Honest units that look like cheats: ``unit_kind``, ``unit_id``, ``look_alike`` (excellent, generous_region,
        new_dealer, promotion, lenient_interviewer, vendor_mode, fleet, staff_customer). Cheats may be among all of them
        but the excellent and the new dealers and the lenient interviewer.
    """

    units: pd.DataFrame
    records: pd.DataFrame
    scores: pd.DataFrame
    look_alikes: pd.DataFrame


def manipulated_records(frames: Mapping[str, pd.DataFrame], marks: Mapping[str, Integers]) -> pd.DataFrame:
    """List the manipulated records of every source.

    Parameters
    ----------
    frames
        Rows by source.
    marks
        By source, over its rows: place of the scheme in `SCHEMES`, -1 for what is genuine.
    """
    names = pa.array(SCHEMES, TEXT)
    parts = []
    for source, scheme in marks.items():
        rows = scheme >= 0
        frame = frames[source][rows].reset_index(drop=True)
        parts.append(
            pd.DataFrame(
                {
                    "source": pd.Series([source] * len(frame), dtype="str"),
                    "record_id": frame[SOURCES[source].key],
                    "dealer_id": frame["dealer_id"],
                    "scheme": column(names.take(pa.array(scheme[rows]))),
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def cheating_units(
    scene: Scene, played: Played, frames: Mapping[str, pd.DataFrame], marks: Mapping[str, Integers], due: Flags
) -> pd.DataFrame:
    """List the cheats, each with the share that it really manipulated; who meant to cheat and never did is honest.

    Parameters
    ----------
    scene, played
        What happened, and how it was cheated with.
    frames, marks
        As for `manipulated_records`.
    due
        Over visits: should have been handed over.
    """
    names = {
        UnitKind.DEALER: scene.network.dealer_ids.to_pylist(),
        UnitKind.INTERVIEWER: scene.network.interviewer_ids.to_pylist(),
    }
    rows = []
    for scheme in dict.fromkeys(scheme for scheme, _ in played.cheats):
        unit_ids = names[scheme.unit_kind]
        if scheme is Scheme.WITHHELD:
            owed = scene.visits.dealer[due]
            total = pd.Series(np.bincount(owed, minlength=len(unit_ids)), unit_ids)
            hits = pd.Series(np.bincount(owed[played.withheld[due]], minlength=len(unit_ids)), unit_ids)
        else:
            source = "reviews" if scheme is Scheme.REVIEW_MANIPULATION else "surveys"
            unit = frames[source][f"{scheme.unit_kind}_id"]
            total = unit.value_counts()
            hits = unit[marks[source] == SCHEMES.index(scheme)].value_counts()
        for place in (place for known, place in played.cheats if known is scheme):
            if touched := int(hits.get(unit_ids[place], 0)):
                share = touched / int(total[unit_ids[place]])
                rows.append((str(scheme.unit_kind), unit_ids[place], str(scheme), share))
    units = pd.DataFrame(rows, columns=["unit_kind", "unit_id", "scheme", "affected_share"])
    return units.astype({"unit_kind": "str", "unit_id": "str", "scheme": "str", "affected_share": "float64"})


def look_alikes(scene: Scene) -> pd.DataFrame:
    """List the units about which something honest looks like cheating.

    Parameters
    ----------
    scene
        What happened.
    """
    settings, network, customers = scene.settings, scene.network, scene.customers
    dealer_ids, interviewer_ids = network.dealer_ids.to_pylist(), network.interviewer_ids.to_pylist()
    at_dealer = np.repeat(np.arange(settings.dealers), customers.count)
    fleet_vehicles = customers.person != np.arange(len(customers.person))
    dealers = {
        "excellent": network.excellent,
        "generous_region": network.region == network.generous_region,
        "new_dealer": network.new,
        "promotion": network.promotion,
        "vendor_mode": network.vendor_mix[:, 1] > 0.8 if settings.vendors > 1 else np.zeros(settings.dealers, bool),
        "fleet": np.bincount(at_dealer[fleet_vehicles], minlength=settings.dealers) >= 8,
        "staff_customer": np.bincount(at_dealer[customers.staff], minlength=settings.dealers) > 0,
    }
    rows = [("dealer", dealer_ids[place], name) for name, which in dealers.items() for place in np.flatnonzero(which)]
    rows.append(("interviewer", interviewer_ids[network.lenient_interviewer], "lenient_interviewer"))
    return pd.DataFrame(rows, columns=["unit_kind", "unit_id", "look_alike"]).astype("str")
