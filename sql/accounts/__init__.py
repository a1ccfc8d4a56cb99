"""Accounts: who may come into the console and how, each subject in a file of its own.

Functions work on a connection, changes inside `sql.connection.writing`; times are passed in. No secret is kept:
passwords as argon2 hashes, tokens as SHA-256.

A login is `count_attempt` (writing; a wait means too early), then `verify_password` (reading only: it is slow on
purpose), then either `forget_failures`, `refresh_password_hash` and `begin_session`, or `note_refused` (writing).
"""

from sql.accounts.invitations import (
    accept_invitation,
    accept_invitation_by_subject,
    invite,
    invite_first_admin,
    invited_person,
    set_up_first_admin,
)
from sql.accounts.passwords import check_password, refresh_password_hash, set_password, verify_password
from sql.accounts.people import (
    LANGUAGES,
    ROLES,
    AccountError,
    Person,
    all_people,
    assignable,
    create_person,
    deactivate,
    find_person,
    has_people,
    person_of_id,
    reactivate,
    rename,
    set_language,
    set_role,
)
from sql.accounts.saved_views import delete_view, save_view, views_of
from sql.accounts.service_tokens import (
    SERVICE_ROLES,
    Service,
    all_services,
    create_service_token,
    is_to_be_used,
    revoke_service_token,
    service_of,
    use_service,
)
from sql.accounts.sessions import (
    Session,
    begin_session,
    end_session,
    end_sessions,
    is_to_be_seen,
    see_session,
    session_of,
)
from sql.accounts.single_sign_on import find_by_subject, link_subject, person_of_subject, unlink_subject
from sql.accounts.throttling import count_attempt, forget_failures, note_refused, throttled

__all__ = [
    "LANGUAGES",
    "ROLES",
    "SERVICE_ROLES",
    "AccountError",
    "Person",
    "Service",
    "Session",
    "accept_invitation",
    "accept_invitation_by_subject",
    "all_people",
    "all_services",
    "assignable",
    "begin_session",
    "check_password",
    "count_attempt",
    "create_person",
    "create_service_token",
    "deactivate",
    "delete_view",
    "end_session",
    "end_sessions",
    "find_by_subject",
    "find_person",
    "forget_failures",
    "has_people",
    "invite",
    "invite_first_admin",
    "invited_person",
    "is_to_be_seen",
    "is_to_be_used",
    "link_subject",
    "note_refused",
    "person_of_id",
    "person_of_subject",
    "reactivate",
    "refresh_password_hash",
    "rename",
    "revoke_service_token",
    "save_view",
    "see_session",
    "service_of",
    "session_of",
    "set_language",
    "set_password",
    "set_role",
    "set_up_first_admin",
    "throttled",
    "unlink_subject",
    "use_service",
    "verify_password",
    "views_of",
]
