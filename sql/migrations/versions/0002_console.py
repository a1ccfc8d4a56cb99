"""The reviewers' console: accounts, dossiers, both languages, and what people do with a case.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "account_events",
        sa.Column("event_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("event_id", name="pk_account_events"),
        comment="logins, log-outs, refused logins and changes of accounts and service tokens; no secret in any of them",
    )
    op.create_table(
        "login_failures",
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("subject", name="pk_login_failures"),
        comment="failed logins in a row, by SHA-256 of account and by SHA-256 of address",
    )
    op.create_table(
        "people",
        sa.Column("person_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("active", sa.SmallInteger(), nullable=False),
        sa.Column("created_at", sa.Text(), nullable=False),
        sa.CheckConstraint("role in ('reviewer', 'lead', 'auditor', 'admin')", name="ck_people_role"),
        sa.PrimaryKeyConstraint("person_id", name="pk_people"),
        sa.UniqueConstraint("account", name="uq_people_account"),
        sa.UniqueConstraint("subject", name="uq_people_subject"),
        comment="subject: who this is at the single sign-on provider, as issuer and subject",
    )
    op.create_table(
        "service_tokens",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("token_sha256", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Text(), nullable=False),
        sa.Column("used_at", sa.Text(), nullable=True),
        sa.Column("revoked_at", sa.Text(), nullable=True),
        sa.CheckConstraint("role in ('reviewer', 'auditor')", name="ck_service_tokens_role"),
        sa.PrimaryKeyConstraint("name", name="pk_service_tokens"),
        sa.UniqueConstraint("token_sha256", name="uq_service_tokens_token_sha256"),
    )
    op.create_table(
        "dealers",
        sa.Column("unit_key", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("brand", sa.Text(), nullable=True),
        sa.Column("region", sa.Text(), nullable=True),
        sa.Column("province", sa.Text(), nullable=True),
        sa.Column("city", sa.Text(), nullable=True),
        sa.Column("dealer_group", sa.Text(), nullable=True),
        sa.Column("target_score", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(["unit_key"], ["units.unit_key"], name="fk_dealers_unit_key"),
        sa.PrimaryKeyConstraint("unit_key", name="pk_dealers"),
        comment="what the newest run knows of each dealer beside its scores",
    )
    op.create_table(
        "detector_wordings",
        sa.Column("detector_key", sa.SmallInteger(), nullable=False),
        sa.Column("from_run_key", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("title_zh", sa.Text(), nullable=False),
        sa.Column("honest", sa.Text(), nullable=False),
        sa.Column("honest_zh", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["detector_key"], ["detectors.detector_key"], name="fk_detector_wordings_detector_key"),
        sa.ForeignKeyConstraint(["from_run_key"], ["runs.run_key"], name="fk_detector_wordings_from_run_key"),
        sa.PrimaryKeyConstraint("detector_key", "from_run_key", name="pk_detector_wordings"),
        comment="what each detector says of itself, from that run until the next that has other words",
    )
    op.create_table(
        "interviewers",
        sa.Column("unit_key", sa.Integer(), nullable=False),
        sa.Column("vendor", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["unit_key"], ["units.unit_key"], name="fk_interviewers_unit_key"),
        sa.PrimaryKeyConstraint("unit_key", name="pk_interviewers"),
        comment="for which survey agency each interviewer calls, as the newest run knows",
    )
    op.create_index("ix_interviewers_vendor", "interviewers", ["vendor"], unique=False)
    op.create_table(
        "invitations",
        sa.Column("token_sha256", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("expires_at", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.person_id"], name="fk_invitations_person_id"),
        sa.PrimaryKeyConstraint("token_sha256", name="pk_invitations"),
        comment="one-time links: to set up the first admin (no person yet), or to choose a password",
    )
    op.create_table(
        "saved_views",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.person_id"], name="fk_saved_views_person_id"),
        sa.PrimaryKeyConstraint("person_id", "name", name="pk_saved_views"),
    )
    op.create_table(
        "sessions",
        sa.Column("token_sha256", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("csrf_token", sa.Text(), nullable=False),
        sa.Column("begun_at", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.person_id"], name="fk_sessions_person_id"),
        sa.PrimaryKeyConstraint("token_sha256", name="pk_sessions"),
    )
    op.create_index("ix_sessions_expires_at", "sessions", ["expires_at"], unique=False)
    op.create_index("ix_sessions_person_id", "sessions", ["person_id"], unique=False)
    op.create_table(
        "case_links",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("other_case_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("case_id < other_case_id", name="ck_case_links_once"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.case_id"], name="fk_case_links_case_id"),
        sa.ForeignKeyConstraint(["other_case_id"], ["cases.case_id"], name="fk_case_links_other_case_id"),
        sa.PrimaryKeyConstraint("case_id", "other_case_id", name="pk_case_links"),
    )
    op.create_index("ix_case_links_other_case_id", "case_links", ["other_case_id"], unique=False)
    op.create_table(
        "dossiers",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("run_key", sa.Integer(), nullable=False),
        sa.Column("dossier_json", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.case_id"], name="fk_dossiers_case_id"),
        sa.ForeignKeyConstraint(["run_key"], ["runs.run_key"], name="fk_dossiers_run_key"),
        sa.PrimaryKeyConstraint("case_id", name="pk_dossiers"),
        comment="what a reviewer reads and hears of a case, as the newest run that appended to it saw it",
    )
    op.add_column("cases", sa.Column("due_on", sa.Text(), nullable=True))
    op.add_column("cases", sa.Column("snoozed_until", sa.Text(), nullable=True))
    op.add_column("cases", sa.Column("merged_into", sa.Integer(), nullable=True))
    op.add_column("cases", sa.Column("version", sa.Integer(), server_default=sa.text("0"), nullable=False))
    op.create_index("ix_cases_merged_into", "cases", ["merged_into"], unique=False)
    op.create_index("ix_cases_status_probability", "cases", ["status", "probability"], unique=False)
    op.add_column("evidence", sa.Column("fair_low", sa.Double(), nullable=True))
    op.add_column("evidence", sa.Column("fair_high", sa.Double(), nullable=True))
    op.add_column("evidence", sa.Column("family_bits", sa.Double(), nullable=True))
    op.add_column("evidence", sa.Column("reason_zh", sa.Text(), nullable=True))
    op.add_column("records", sa.Column("reasons_zh", sa.Text(), nullable=True))
