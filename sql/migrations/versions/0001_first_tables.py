"""The first tables.

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "dealer_scores",
        sa.Column("run_key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("unit_key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("survey", sa.Text(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("reported_score", sa.Double(), nullable=True),
        sa.Column("adjusted_score", sa.Double(), nullable=True),
        sa.Column("adjusted_low", sa.Double(), nullable=True),
        sa.Column("adjusted_high", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("run_key", "unit_key", "survey", name="pk_dealer_scores"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_dealer_scores_unit_key_run_key", "dealer_scores", ["unit_key", "run_key"], unique=False)
    op.create_table(
        "detectors",
        sa.Column("detector_key", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("family", sa.Text(), nullable=False),
        sa.Column("detector", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("detector_key", name="pk_detectors"),
        sa.UniqueConstraint("detector", "family", name="uq_detectors_detector_family"),
    )
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
        sa.Column("bits", sa.Double(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("run_key", "unit_key", "scheme_key", "detector_key", name="pk_evidence"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_evidence_unit_key_run_key", "evidence", ["unit_key", "run_key"], unique=False)
    op.create_table(
        "quarantined_rows",
        sa.Column("run_key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("row_number", sa.BigInteger(), nullable=True),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("column_name", sa.Text(), nullable=True),
        sa.Column("value_masked", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("run_key", "position", name="pk_quarantined_rows"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "records",
        sa.Column("run_key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("scheme_key", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("dealer_key", sa.Integer(), nullable=True),
        sa.Column("probability", sa.Double(), nullable=True),
        sa.Column("reasons", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("run_key", "record_id", "source", "scheme_key", name="pk_records"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_records_dealer_key_run_key", "records", ["dealer_key", "run_key"], unique=False)
    op.create_table(
        "runs",
        sa.Column("run_key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("business_date", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("started_at", sa.Text(), nullable=False),
        sa.Column("finished_at", sa.Text(), nullable=False),
        sa.Column("code_version", sa.Text(), nullable=False),
        sa.Column("settings_sha256", sa.Text(), nullable=False),
        sa.Column("settings_json", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("cases_opened", sa.Integer(), nullable=False),
        sa.Column("cases_updated", sa.Integer(), nullable=False),
        sa.CheckConstraint("status in ('done', 'halted', 'failed')", name="ck_runs_status"),
        sa.PrimaryKeyConstraint("run_key", name="pk_runs"),
        sa.UniqueConstraint("run_id", name="uq_runs_run_id"),
    )
    op.create_index("ix_runs_business_date_fingerprint", "runs", ["business_date", "fingerprint"], unique=False)
    op.create_table(
        "schemes",
        sa.Column("scheme_key", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("scheme_key", name="pk_schemes"),
        sa.UniqueConstraint("scheme", name="uq_schemes_scheme"),
    )
    op.create_table(
        "scores",
        sa.Column("run_key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("unit_key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("scheme_key", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("flagged", sa.SmallInteger(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=True),
        sa.Column("bits", sa.Double(), nullable=False),
        sa.Column("probability", sa.Double(), nullable=True),
        sa.Column("q_value", sa.Double(), nullable=True),
        sa.Column("affected_share", sa.Double(), nullable=True),
        sa.Column("affected_low", sa.Double(), nullable=True),
        sa.Column("affected_high", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("run_key", "unit_key", "scheme_key", name="pk_scores"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_scores_unit_key_run_key", "scores", ["unit_key", "run_key"], unique=False)
    op.create_table(
        "units",
        sa.Column("unit_key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("unit_kind", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("unit_key", name="pk_units"),
        sa.UniqueConstraint("unit_id", "unit_kind", name="uq_units_unit_id_unit_kind"),
    )
    op.create_table(
        "view_texts",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_view_texts"),
        comment="which texts of the views the database holds",
    )
    op.create_table(
        "cases",
        sa.Column("case_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("unit_key", sa.Integer(), nullable=False),
        sa.Column("lead_scheme_key", sa.SmallInteger(), nullable=False),
        sa.Column("schemes", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("affected", sa.Double(), nullable=True),
        sa.Column("probability", sa.Double(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("assignee", sa.Text(), nullable=True),
        sa.Column("opened_at", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.Text(), nullable=False),
        sa.Column("closed_by", sa.Text(), nullable=True),
        sa.Column("first_run_key", sa.Integer(), nullable=False),
        sa.Column("last_run_key", sa.Integer(), nullable=False),
        sa.CheckConstraint("severity in ('low', 'medium', 'high')", name="ck_cases_severity"),
        sa.CheckConstraint("status in ('new', 'investigating', 'waiting', 'closed')", name="ck_cases_status"),
        sa.ForeignKeyConstraint(["first_run_key"], ["runs.run_key"], name="fk_cases_first_run_key"),
        sa.ForeignKeyConstraint(["last_run_key"], ["runs.run_key"], name="fk_cases_last_run_key"),
        sa.ForeignKeyConstraint(["lead_scheme_key"], ["schemes.scheme_key"], name="fk_cases_lead_scheme_key"),
        sa.ForeignKeyConstraint(["unit_key"], ["units.unit_key"], name="fk_cases_unit_key"),
        sa.PrimaryKeyConstraint("case_id", name="pk_cases"),
    )
    op.create_index("ix_cases_unit_key", "cases", ["unit_key"], unique=False)
    op.create_index(
        "uq_cases_open_unit",
        "cases",
        ["unit_key"],
        unique=True,
        sqlite_where=sa.text("status <> 'closed'"),
        postgresql_where=sa.text("status <> 'closed'"),
    )
    op.create_table(
        "run_inputs",
        sa.Column("run_key", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("file_sha256", sa.Text(), nullable=True),
        sa.Column("rows_read", sa.BigInteger(), nullable=False),
        sa.Column("rows_accepted", sa.BigInteger(), nullable=False),
        sa.Column("rows_quarantined", sa.BigInteger(), nullable=False),
        sa.Column("table_version", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["run_key"], ["runs.run_key"], name="fk_run_inputs_run_key"),
        sa.PrimaryKeyConstraint("run_key", "position", name="pk_run_inputs"),
    )
    op.create_table(
        "events",
        sa.Column(
            "event_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=True),
        sa.Column("previous_hash", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.case_id"], name="fk_events_case_id"),
        sa.PrimaryKeyConstraint("event_id", name="pk_events"),
    )
    op.create_index("ix_events_case_id", "events", ["case_id"], unique=False)
    op.create_table(
        "findings",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("scheme_key", sa.SmallInteger(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=True),
        sa.Column("bits", sa.Double(), nullable=False),
        sa.Column("probability", sa.Double(), nullable=True),
        sa.Column("affected_share", sa.Double(), nullable=True),
        sa.Column("affected_low", sa.Double(), nullable=True),
        sa.Column("affected_high", sa.Double(), nullable=True),
        sa.Column("proposed_by", sa.Text(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("confirmed_by", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.Text(), nullable=True),
        sa.Column("decided_probability", sa.Double(), nullable=True),
        sa.CheckConstraint(
            "outcome <> 'confirmed' or (confirmed_by is not null and confirmed_by <> decided_by)",
            name="ck_findings_second_person",
        ),
        sa.CheckConstraint("outcome in ('confirmed', 'refuted', 'inconclusive')", name="ck_findings_outcome"),
        sa.CheckConstraint(
            "outcome is null or (decided_by is not null and decided_at is not null)", name="ck_findings_decided"
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.case_id"], name="fk_findings_case_id"),
        sa.ForeignKeyConstraint(["scheme_key"], ["schemes.scheme_key"], name="fk_findings_scheme_key"),
        sa.PrimaryKeyConstraint("case_id", "scheme_key", name="pk_findings"),
    )
    op.create_table(
        "finding_nights",
        sa.Column("case_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("scheme_key", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("run_key", sa.Integer(), nullable=False),
        sa.Column("flagged", sa.SmallInteger(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=True),
        sa.Column("bits", sa.Double(), nullable=False),
        sa.Column("probability", sa.Double(), nullable=True),
        sa.Column("affected_share", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id", "scheme_key"], ["findings.case_id", "findings.scheme_key"], name="fk_finding_nights_case_id"
        ),
        sa.ForeignKeyConstraint(["run_key"], ["runs.run_key"], name="fk_finding_nights_run_key"),
        sa.PrimaryKeyConstraint("case_id", "scheme_key", "run_key", name="pk_finding_nights"),
        sqlite_with_rowid=False,
    )
    if op.get_bind().dialect.name == "sqlite":
        _refuse_changes_in_sqlite()
    else:
        _refuse_changes_in_postgresql()


def _refuse_changes_in_sqlite() -> None:
    for verb in ("update", "delete"):
        op.execute(
            f"create trigger events_refuse_{verb} before {verb} on events "
            f"begin select raise(abort, 'events are append-only: {verb} refused'); end"
        )
    # Also what stops `insert or replace`, which deletes without firing the trigger above.
    op.execute(
        """
        create trigger events_link before insert on events
        when new.event_id is not (select coalesce(max(event_id), 0) + 1 from events)
          or new.previous_hash is not coalesce(
                (select hash from events order by event_id desc limit 1), printf('%064d', 0))
        begin select raise(abort, 'events are append-only: the event does not follow the last one'); end
        """
    )


def _refuse_changes_in_postgresql() -> None:
    op.execute(
        """
        create function events_refuse() returns trigger language plpgsql as $$
        begin
            raise exception 'events are append-only: % refused', lower(tg_op);
        end $$
        """
    )
    op.execute(
        "create trigger events_refuse before update or delete or truncate on events "
        "for each statement execute function events_refuse()"
    )
    op.execute(
        """
        create function events_link() returns trigger language plpgsql as $$
        declare
            last record;
        begin
            select event_id, hash into last from events order by event_id desc limit 1;
            if new.event_id is distinct from coalesce(last.event_id, 0) + 1
               or new.previous_hash is distinct from coalesce(last.hash, repeat('0', 64)) then
                raise exception 'events are append-only: the event does not follow the last one';
            end if;
            return new;
        end $$
        """
    )
    op.execute("create trigger events_link before insert on events for each row execute function events_link()")
