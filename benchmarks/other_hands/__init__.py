"""A dealer network by other hands: written from causes, without sight of the detectors or of the simulation.

Examples
--------
>>> invented = invent(Plan(seed=1, dealers=12, months=2))
>>> len(invented.world.observations()["dealers"])
12
"""

from benchmarks.other_hands.plan import Plan
from benchmarks.other_hands.world import Invented, invent

__all__ = ["Invented", "Plan", "invent"]
