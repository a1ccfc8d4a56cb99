"""Complaints and audits: two outside views of what dealers do."""

import numpy as np
import pandas as pd
import pyarrow as pa

from simulation.chance import Flags, Integers, choose, happens, integers, normal, stream
from simulation.network import Network
from simulation.settings import WorldSettings
from simulation.text import column, numbered, take
from simulation.visits import Scene

CATEGORIES = ("服务态度", "维修质量", "价格费用", "等待时间", "交车问题", "配件", "其他")
_AUDIT_KINDS = ("mystery_shop", "service_audit")


def complaining(scene: Scene) -> Flags:
    """Draw who files a complaint: hardly anyone content, one in five of those for whom it went badly wrong."""
    rng, visits = stream(scene.settings.seed, "complaints"), scene.visits
    probability = np.clip(0.003 + 0.07 * visits.incident * (visits.felt < -0.3), 0, 0.3)
    return happens(rng, probability, len(visits)) & ~visits.comeback


def filed(scene: Scene, complains: Flags) -> tuple[Integers, Integers]:
    """Return the places of the visits complained about within the window, and the day (since its first) of filing."""
    rng = stream(scene.settings.seed, "filing")
    visit = np.flatnonzero(complains)
    day = scene.visits.happened_day[visit] + integers(rng, 21, len(visit))
    inside = (day >= 0) & (day <= scene.last)
    order = np.argsort(day[inside], kind="stable")
    return visit[inside][order], day[inside][order]


def category(settings: WorldSettings, kind: Integers) -> pa.Array:
    """Name what each complaint is about, by the kind of its visit."""
    rng = stream(settings.seed, "categories")
    after_sale = choose(rng, [0.2, 0.35, 0.15, 0.15, 0.0, 0.1, 0.05], len(kind))
    after_purchase = choose(rng, [0.25, 0.1, 0.2, 0.1, 0.25, 0.0, 0.1], len(kind))
    return take(CATEGORIES, np.where(kind == 1, after_sale, after_purchase))


def audits(settings: WorldSettings, network: Network) -> pd.DataFrame:
    """Audit every dealer once a quarter: noisy, some auditors stricter than others.

    Parameters
    ----------
    settings, network
        The world's.
    """
    rng = stream(settings.seed, "audits")
    last = (settings.last_day - settings.first_day).days
    quarters = max(round(settings.months / 3), 1)
    size = settings.dealers * 2 * quarters
    dealer = np.repeat(np.arange(settings.dealers), 2 * quarters)
    kind = np.tile(np.repeat([0, 1], quarters), settings.dealers)
    quarter = np.tile(np.arange(quarters), 2 * settings.dealers)
    day = np.minimum(((quarter + rng.random(size)) * (last + 1) / quarters).astype(np.int64), last)
    auditors = max(settings.dealers // 15, 3)
    auditor = integers(rng, auditors, size)
    score = (
        76
        + 9 * network.quality[dealer, kind]
        + 3 * network.process[dealer]
        + normal(rng, auditors, 2.5)[auditor]
        + normal(rng, size, 6)
    )
    drawn = happens(rng, 0.92, size) & ~(network.new[dealer] & (day < last - 60))
    order = np.argsort(day[drawn], kind="stable")
    dealer, kind, day, auditor, score = (
        values[drawn][order] for values in (dealer, kind, day, auditor, np.clip(score, 20, 100))
    )
    return pd.DataFrame(
        {
            "audit_id": column(numbered("AU", np.arange(len(dealer)) + 1, 6)),
            "dealer_id": column(network.dealer_ids.take(pa.array(dealer))),
            "kind": column(take(_AUDIT_KINDS, kind)),
            "audited_on": days(settings, day),
            "auditor": column(numbered("X", auditor + 1, 3)),
            "score": np.round(score.astype(np.float64), 1),
        }
    )


def days(settings: WorldSettings, day: Integers) -> pd.Series:
    """Return the dates that many days after the first day of the window."""
    return pd.Series((np.datetime64(settings.first_day) + day.astype("timedelta64[D]")).astype("datetime64[us]"))
