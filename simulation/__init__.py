"""Dealer networks with known truth, for the demo, the tests and the benchmarks.

Examples
--------
>>> world = simulate(WorldSettings(dealers=20, months=2, end="2026-10", interviews_per_dealer=(5, 20), honest=True))
>>> len(world.truth.units), len(world.truth.records)
(0, 0)
"""

from simulation.inbox import VENDOR_B_HEADINGS, VENDOR_B_PREFIXES, write_inbox
from simulation.settings import SettingsError, WorldSettings
from simulation.truth import Truth
from simulation.world import World, simulate

__all__ = [
    "VENDOR_B_HEADINGS",
    "VENDOR_B_PREFIXES",
    "SettingsError",
    "Truth",
    "World",
    "WorldSettings",
    "simulate",
    "write_inbox",
]
