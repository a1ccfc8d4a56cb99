"""The tables. Auditors read the views (`sql.audit`), never these.

Whatever repeats on every row of every night (run, unit, scheme, detector) is an integer key here and a name in the
views. Keys are given by the one writer under its lock (`sql.connection.writing`), so they have no gaps and need no
sequence. Times are text in ISO 8601 with Shanghai's offset, which sorts, hashes and reads the same in both databases.

The four big tables (scores, evidence, records, dealer_scores) have no foreign keys: they are filled in one
transaction with the rows they refer to, and checking hundreds of thousands of references a night would double its time.
"""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)

metadata = MetaData(
    naming_convention={
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    }
)

OPEN = text("status <> 'closed'")
"""Which cases are open, as the index that allows one of them per unit says it."""

view_texts = Table(
    "view_texts",
    metadata,
    Column("sha256", Text, primary_key=True),
    comment="which texts of the views the database holds",
)

runs = Table(
    "runs",
    metadata,
    Column("run_key", Integer, primary_key=True, autoincrement=False),
    Column("run_id", Text, nullable=False, unique=True),
    Column("business_date", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("started_at", Text, nullable=False),
    Column("finished_at", Text, nullable=False),
    Column("code_version", Text, nullable=False),
    Column("settings_sha256", Text, nullable=False),
    Column("settings_json", Text, nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("problem", Text),
    Column("cases_opened", Integer, nullable=False),
    Column("cases_updated", Integer, nullable=False),
    CheckConstraint("status in ('done', 'halted', 'failed')", name="status"),
    Index(None, "business_date", "fingerprint"),
)

run_inputs = Table(
    "run_inputs",
    metadata,
    Column("run_key", ForeignKey("runs.run_key"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("source", Text, nullable=False),
    Column("file_name", Text, nullable=False),
    Column("file_sha256", Text),
    Column("rows_read", BigInteger, nullable=False),
    Column("rows_accepted", BigInteger, nullable=False),
    Column("rows_quarantined", BigInteger, nullable=False),
    Column("table_version", BigInteger),
)

quarantined_rows = Table(
    "quarantined_rows",
    metadata,
    Column("run_key", Integer, primary_key=True, autoincrement=False),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("source", Text, nullable=False),
    Column("file_name", Text, nullable=False),
    Column("row_number", BigInteger),
    Column("rule", Text, nullable=False),
    Column("column_name", Text),
    Column("value_masked", Text),
    Column("reason", Text),
    sqlite_with_rowid=False,
)

units = Table(
    "units",
    metadata,
    Column("unit_key", Integer, primary_key=True, autoincrement=False),
    Column("unit_kind", Text, nullable=False),
    Column("unit_id", Text, nullable=False),
    UniqueConstraint("unit_id", "unit_kind"),
)

schemes = Table(
    "schemes",
    metadata,
    Column("scheme_key", SmallInteger, primary_key=True, autoincrement=False),
    Column("scheme", Text, nullable=False, unique=True),
)

detectors = Table(
    "detectors",
    metadata,
    Column("detector_key", SmallInteger, primary_key=True, autoincrement=False),
    Column("family", Text, nullable=False),
    Column("detector", Text, nullable=False),
    UniqueConstraint("detector", "family"),
)

dealers = Table(
    "dealers",
    metadata,
    Column("unit_key", ForeignKey("units.unit_key"), primary_key=True),
    Column("name", Text),
    Column("brand", Text),
    Column("region", Text),
    Column("province", Text),
    Column("city", Text),
    Column("dealer_group", Text),
    Column("target_score", Double),
    comment="what the newest run knows of each dealer beside its scores",
)

interviewers = Table(
    "interviewers",
    metadata,
    Column("unit_key", ForeignKey("units.unit_key"), primary_key=True),
    Column("vendor", Text),
    Index(None, "vendor"),
    comment="for which survey agency each interviewer calls, as the newest run knows",
)

scores = Table(
    "scores",
    metadata,
    Column("run_key", Integer, primary_key=True, autoincrement=False),
    Column("unit_key", Integer, primary_key=True, autoincrement=False),
    Column("scheme_key", SmallInteger, primary_key=True, autoincrement=False),
    Column("flagged", SmallInteger, nullable=False),
    Column("n", BigInteger),
    Column("bits", Double, nullable=False),
    Column("prior", Double),
    Column("probability", Double),
    Column("q_value", Double),
    Column("affected_share", Double),
    Column("affected_low", Double),
    Column("affected_high", Double),
    Index(None, "unit_key", "run_key"),
    sqlite_with_rowid=False,
)

evidence = Table(
    "evidence",
    metadata,
    # By detector within a run: a funnel plot is what one detector said of everybody.
    Column("run_key", Integer, primary_key=True, autoincrement=False),
    Column("scheme_key", SmallInteger, primary_key=True, autoincrement=False),
    Column("detector_key", SmallInteger, primary_key=True, autoincrement=False),
    Column("unit_key", Integer, primary_key=True, autoincrement=False),
    Column("abstained", SmallInteger, nullable=False),
    Column("n", BigInteger),
    Column("observed", Double),
    Column("expected", Double),
    Column("fair_low", Double),
    Column("fair_high", Double),
    Column("bits", Double, nullable=False),
    Column("family_bits", Double),
    Column("reason", Text),
    Column("reason_zh", Text),
    Index(None, "unit_key", "run_key"),
    sqlite_with_rowid=False,
)

detector_wordings = Table(
    "detector_wordings",
    metadata,
    Column("detector_key", ForeignKey("detectors.detector_key"), primary_key=True),
    Column("from_run_key", ForeignKey("runs.run_key"), primary_key=True),
    Column("title", Text, nullable=False),
    Column("title_zh", Text, nullable=False),
    Column("honest", Text, nullable=False),
    Column("honest_zh", Text, nullable=False),
    comment="what each detector says of itself, from that run until the next that has other words",
)

records = Table(
    "records",
    metadata,
    Column("run_key", Integer, primary_key=True, autoincrement=False),
    Column("record_id", Text, primary_key=True),
    Column("source", Text, primary_key=True),
    Column("scheme_key", SmallInteger, primary_key=True, autoincrement=False),
    Column("dealer_key", Integer),
    Column("probability", Double),
    Column("reasons", Text),
    Column("reasons_zh", Text),
    Index(None, "dealer_key", "run_key"),
    sqlite_with_rowid=False,
)

dealer_scores = Table(
    "dealer_scores",
    metadata,
    Column("run_key", Integer, primary_key=True, autoincrement=False),
    Column("unit_key", Integer, primary_key=True, autoincrement=False),
    Column("survey", Text, primary_key=True),
    Column("n", BigInteger, nullable=False),
    Column("reported_score", Double),
    Column("adjusted_score", Double),
    Column("adjusted_low", Double),
    Column("adjusted_high", Double),
    Index(None, "unit_key", "run_key"),
    sqlite_with_rowid=False,
)

cases = Table(
    "cases",
    metadata,
    Column("case_id", Integer, primary_key=True, autoincrement=False),
    Column("unit_key", ForeignKey("units.unit_key"), nullable=False),
    Column("lead_scheme_key", ForeignKey("schemes.scheme_key"), nullable=False),
    Column("schemes", Text, nullable=False),
    Column("severity", Text, nullable=False),
    Column("affected", Double),
    Column("probability", Double),
    Column("status", Text, nullable=False),
    Column("assignee", Text),
    Column("opened_at", Text, nullable=False),
    Column("updated_at", Text, nullable=False),
    Column("closed_by", Text),
    Column("due_on", Text),
    Column("snoozed_until", Text),
    Column("merged_into", Integer),
    Column("version", Integer, nullable=False, server_default=text("0")),
    Column("first_run_key", ForeignKey("runs.run_key"), nullable=False),
    Column("last_run_key", ForeignKey("runs.run_key"), nullable=False),
    CheckConstraint("status in ('new', 'investigating', 'waiting', 'closed')", name="status"),
    CheckConstraint("severity in ('low', 'medium', 'high')", name="severity"),
    Index("uq_cases_open_unit", "unit_key", unique=True, sqlite_where=OPEN, postgresql_where=OPEN),
    Index(None, "unit_key"),
    Index(
        "ix_cases_queue",
        *("merged_into", "status", "snoozed_until", "severity", "probability", "affected"),
        *("due_on", "assignee", "opened_at", "unit_key"),
    ),
)

case_links = Table(
    "case_links",
    metadata,
    Column("case_id", ForeignKey("cases.case_id"), primary_key=True),
    Column("other_case_id", ForeignKey("cases.case_id"), primary_key=True),
    CheckConstraint("case_id < other_case_id", name="once"),
    Index(None, "other_case_id"),
)

dossiers = Table(
    "dossiers",
    metadata,
    Column("case_id", ForeignKey("cases.case_id"), primary_key=True),
    Column("run_key", ForeignKey("runs.run_key"), nullable=False),
    Column("dossier_json", Text, nullable=False),
    comment="what a reviewer reads and hears of a case, as the newest run that appended to it saw it",
)

findings = Table(
    "findings",
    metadata,
    Column("case_id", ForeignKey("cases.case_id"), primary_key=True),
    Column("scheme_key", ForeignKey("schemes.scheme_key"), primary_key=True),
    Column("n", BigInteger),
    Column("bits", Double, nullable=False),
    Column("probability", Double),
    Column("affected_share", Double),
    Column("affected_low", Double),
    Column("affected_high", Double),
    Column("proposed_by", Text),
    Column("outcome", Text),
    Column("decided_by", Text),
    Column("confirmed_by", Text),
    Column("decided_at", Text),
    Column("decided_probability", Double),
    CheckConstraint("outcome in ('confirmed', 'refuted', 'inconclusive')", name="outcome"),
    CheckConstraint("outcome is null or (decided_by is not null and decided_at is not null)", name="decided"),
    CheckConstraint(
        "outcome <> 'confirmed' or (confirmed_by is not null and confirmed_by <> decided_by)", name="second_person"
    ),
)

finding_nights = Table(
    "finding_nights",
    metadata,
    Column("case_id", Integer, primary_key=True, autoincrement=False),
    Column("scheme_key", SmallInteger, primary_key=True, autoincrement=False),
    Column("run_key", ForeignKey("runs.run_key"), primary_key=True),
    Column("flagged", SmallInteger, nullable=False),
    Column("n", BigInteger),
    Column("bits", Double, nullable=False),
    Column("probability", Double),
    Column("affected_share", Double),
    ForeignKeyConstraint(["case_id", "scheme_key"], ["findings.case_id", "findings.scheme_key"]),
    sqlite_with_rowid=False,
)

events = Table(
    "events",
    metadata,
    Column("event_id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("case_id", ForeignKey("cases.case_id"), nullable=False),
    Column("at", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("before", Text),
    Column("after", Text),
    Column("previous_hash", Text, nullable=False),
    Column("hash", Text, nullable=False),
    Index(None, "case_id"),
)
