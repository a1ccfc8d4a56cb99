"""What a detector said of everybody else that night: the dots of a funnel plot."""

from dataclasses import dataclass

from sqlalchemy import Connection, select

from sql import tables


@dataclass(frozen=True)
class Peer:
    """What one detector said of one of the units of a night."""

    unit_id: str
    n: int
    observed: float
    fair_low: float | None
    fair_high: float | None


def peers(connection: Connection, run_key: int, scheme: str, detector_key: int, unit_kind: str) -> list[Peer]:
    """Return what a detector said that night of every unit of a kind, abstentions aside: the dots of a funnel plot."""
    unit, said = tables.units.c, tables.evidence.c
    scheme_key = select(tables.schemes.c.scheme_key).where(tables.schemes.c.scheme == scheme).scalar_subquery()
    query = (
        select(unit.unit_id, said.n, said.observed, said.fair_low, said.fair_high)
        .select_from(tables.evidence)
        .join(tables.units, said.unit_key == unit.unit_key)
        .where(said.run_key == run_key, said.scheme_key == scheme_key, said.detector_key == detector_key)
        .where(unit.unit_kind == unit_kind, said.abstained == 0, said.n > 0, said.observed.is_not(None))
        .order_by(said.unit_key)
    )
    return [Peer(*row) for row in connection.execute(query).all()]
