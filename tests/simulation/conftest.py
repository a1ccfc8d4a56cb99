"""Two worlds of one seed: the same network with cheats, and without."""

from dataclasses import replace

import pytest

from simulation import World, WorldSettings, simulate

SETTINGS = WorldSettings(seed=11, dealers=120, end="2026-10", interviews_per_dealer=(30, 120))


@pytest.fixture(scope="session")
def cheating() -> World:
    return simulate(SETTINGS)


@pytest.fixture(scope="session")
def honest() -> World:
    return simulate(replace(SETTINGS, honest=True))
