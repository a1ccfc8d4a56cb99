"""The queue is read from an index that holds all that it filters and orders by.

Revision ID: 0003
Revises: 0002
"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_cases_queue",
        "cases",
        [
            *("merged_into", "status", "snoozed_until", "severity", "probability", "affected"),
            *("due_on", "assignee", "opened_at", "unit_key"),
        ],
        unique=False,
    )
    op.drop_index("ix_cases_merged_into", "cases")
    op.drop_index("ix_cases_status_probability", "cases")
