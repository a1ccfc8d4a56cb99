"""The roles, and what each may do."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What somebody is in the console."""

    REVIEWER = "reviewer"
    LEAD = "lead"
    AUDITOR = "auditor"
    ADMIN = "admin"


class Permission(StrEnum):
    """What a route asks of who calls it; every route names exactly one."""

    PUBLIC = "public"
    """Nothing: signing in, the stylesheet."""
    SIGNED_IN = "signed_in"
    """Any account: its own page, the guide."""
    CASE_READ = "case.read"
    CASE_WORK = "case.work"
    """Take, release, comment, snooze, link, decide."""
    CASE_ASSIGN_OTHERS = "case.assign_others"
    CASE_BULK = "case.bulk"
    CASE_MERGE = "case.merge"
    AUDIT_READ = "audit.read"
    PEOPLE_MANAGE = "people.manage"
    """People and service tokens."""


_EVERYBODY = frozenset({Permission.PUBLIC, Permission.SIGNED_IN, Permission.CASE_READ})
_REVIEWER = _EVERYBODY | {Permission.CASE_WORK}

GRANTS: dict[Role, frozenset[Permission]] = {
    Role.REVIEWER: _REVIEWER,
    Role.LEAD: _REVIEWER
    | {Permission.CASE_ASSIGN_OTHERS, Permission.CASE_BULK, Permission.CASE_MERGE, Permission.AUDIT_READ},
    Role.AUDITOR: _EVERYBODY | {Permission.AUDIT_READ},
    Role.ADMIN: _EVERYBODY | {Permission.AUDIT_READ, Permission.PEOPLE_MANAGE},
}
"""What each role may do; whatever is not here is refused."""


@dataclass(frozen=True)
class Person:
    """Somebody who has signed in, or a service with a token.

    Parameters
    ----------
    account
        How the event chain names them.
    name
        How people name them.
    role
        What they may do.
    language
        ``en`` or ``zh`` if they chose one.
    person_id
        Their key; None for a service.

    Examples
    --------
    >>> li = Person("li.na", "李娜", Role.REVIEWER, "zh", 3)
    >>> li.may(Permission.CASE_WORK), li.may(Permission.AUDIT_READ)
    (True, False)
    """

    account: str
    name: str
    role: Role
    language: str | None
    person_id: int | None

    def may(self, permission: Permission | str) -> bool:
        """Whether the role grants it."""
        return permission in GRANTS[self.role]
