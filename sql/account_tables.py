"""The tables of those who work in the console: people, their sessions, services, and what each has set for itself.

Secrets are never kept: passwords as argon2 hashes, session and service tokens as SHA-256 of random bytes.
"""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, SmallInteger, Table, Text

from sql.tables import metadata

people = Table(
    "people",
    metadata,
    Column("person_id", Integer, primary_key=True, autoincrement=False),
    Column("account", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("password_hash", Text),
    Column("subject", Text, unique=True),
    Column("language", Text),
    Column("active", SmallInteger, nullable=False),
    Column("created_at", Text, nullable=False),
    CheckConstraint("role in ('reviewer', 'lead', 'auditor', 'admin')", name="role"),
    comment="subject: who this is at the single sign-on provider, as issuer and subject",
)

sessions = Table(
    "sessions",
    metadata,
    Column("token_sha256", Text, primary_key=True),
    Column("person_id", ForeignKey("people.person_id"), nullable=False),
    Column("csrf_token", Text, nullable=False),
    Column("begun_at", Text, nullable=False),
    Column("seen_at", Text, nullable=False),
    Column("expires_at", Text, nullable=False),
    Index(None, "person_id"),
    Index(None, "expires_at"),
)

invitations = Table(
    "invitations",
    metadata,
    Column("token_sha256", Text, primary_key=True),
    Column("person_id", ForeignKey("people.person_id")),
    Column("expires_at", Text, nullable=False),
    comment="one-time links: to set up the first admin (no person yet), or to choose a password",
)

login_failures = Table(
    "login_failures",
    metadata,
    Column("subject", Text, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last_at", Text, nullable=False),
    comment="failed logins in a row, by SHA-256 of account and by SHA-256 of address",
)

service_tokens = Table(
    "service_tokens",
    metadata,
    Column("name", Text, primary_key=True),
    Column("token_sha256", Text, nullable=False, unique=True),
    Column("role", Text, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("created_at", Text, nullable=False),
    Column("used_at", Text),
    Column("revoked_at", Text),
    CheckConstraint("role in ('reviewer', 'auditor')", name="role"),
)

saved_views = Table(
    "saved_views",
    metadata,
    Column("person_id", ForeignKey("people.person_id"), primary_key=True),
    Column("name", Text, primary_key=True),
    Column("query", Text, nullable=False),
)

account_events = Table(
    "account_events",
    metadata,
    Column("event_id", Integer, primary_key=True, autoincrement=False),
    Column("at", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("about", Text, nullable=False),
    comment="logins, log-outs, refused logins and changes of accounts and service tokens; no secret in any of them",
)
