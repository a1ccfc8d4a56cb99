"""A score keeps the prior from which its probability came: schemes that explain the same evidence share it out.

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("scores", sa.Column("prior", sa.Double(), nullable=True))
