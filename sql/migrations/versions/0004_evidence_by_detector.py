"""Evidence lies by detector within a run, so that what one detector said of everybody is read in one go.

What was said of one unit is found through the index by unit, as before.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_KEY = ("run_key", "scheme_key", "detector_key", "unit_key")
_VALUES = (
    *("abstained", "n", "observed", "expected", "fair_low", "fair_high", "bits", "family_bits"),
    *("reason", "reason_zh"),
)


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint("pk_evidence", "evidence", type_="primary")
        op.create_primary_key("pk_evidence", "evidence", list(_KEY))
        return
    # SQLite keeps the rows in the order of their key, which only a new table changes.
    op.drop_index("ix_evidence_unit_key_run_key", "evidence")
    op.rename_table("evidence", "evidence_by_unit")
    op.create_table(
        "evidence",
        sa.Column("run_key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("unit_key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("scheme_key", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("detector_key", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("abstained", sa.SmallInteger(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=True),
        sa.Column("observed", sa.Double(), nullable=True),
        sa.Column("expected", sa.Double(), nullable=True),
        sa.Column("fair_low", sa.Double(), nullable=True),
        sa.Column("fair_high", sa.Double(), nullable=True),
        sa.Column("bits", sa.Double(), nullable=False),
        sa.Column("family_bits", sa.Double(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("reason_zh", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint(*_KEY, name="pk_evidence"),
        sqlite_with_rowid=False,
    )
    names = [*_KEY, *_VALUES]
    held, ordered = (_named(table, names) for table in ("evidence_by_unit", "evidence"))
    moved = sa.select(*(held.c[name] for name in names)).order_by(*(held.c[name] for name in _KEY))
    op.execute(sa.insert(ordered).from_select(names, moved))
    op.drop_table("evidence_by_unit")
    op.create_index("ix_evidence_unit_key_run_key", "evidence", ["unit_key", "run_key"], unique=False)


def _named(table: str, names: list[str]) -> sa.TableClause:
    columns: list[sa.ColumnClause[object]] = [sa.column(name) for name in names]
    return sa.table(table, *columns)
