"""What detectors said of everybody, kept for the next case of the same night: a stored night does not change."""

from collections import OrderedDict
from threading import Lock

from sqlalchemy import Connection

from review.charts.funnel import Night, night_of
from sql.peers import peers
from sql.said import Evidence

_KEPT = 256
"""Nights × detectors × schemes, of some 50 kB each: the newest night has three dozen, which cases of other
nights are not to crowd out."""


class Funnels:
    """The funnels that were asked for last."""

    def __init__(self) -> None:
        self._held: OrderedDict[tuple[int, str, int, str], Night] = OrderedDict()
        self._lock = Lock()

    def night(self, connection: Connection, run_key: int, said: Evidence, unit_kind: str) -> Night:
        """Return what the detector of some evidence said that night of every unit of a kind."""
        key = (run_key, said.scheme, said.detector_key, unit_kind)
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
                return self._held[key]
        night = night_of(peers(connection, *key))
        with self._lock:
            self._held[key] = night
            if len(self._held) > _KEPT:
                self._held.popitem(last=False)
        return night
