"""Dossiers: what a reviewer reads and hears of a unit, drawn up at night so that nobody reckons it by day."""

from detectors.core.dossiers.building import Dossier, build

__all__ = ["Dossier", "build"]
