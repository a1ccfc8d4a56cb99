"""Every page that somebody who signed in can open, on a network that `network` wrote."""

from sqlalchemy import Connection, text

from review.security.permissions import Role
from sql.connection import reading
from tests.review.browser.network import open_cases
from tests.review.conftest import Console

DRAWN = "document.querySelectorAll('.chart[data-spec]:not([data-drawn])').length === 0"
"""True in a page when every chart is drawn."""


def pages(console: Console, role: Role) -> dict[str, str]:
    """Return the address of each page by a short name: all that a lead sees, or what only administrators do."""
    if role is Role.ADMIN:
        return {"people": "/people", "services": "/people/services"}
    with reading(console.engine) as connection:
        dealer = _one(connection, f"select unit_id from audit_cases where case_id = {open_cases(console)[0]}")
        interviewer = _one(connection, "select unit_id from audit_cases where unit_kind = 'interviewer'")
        waiting = _one(connection, "select case_id from audit_cases where status = 'waiting'")
        proposed = _one(connection, "select case_id from audit_findings where proposed_by is not null")
        closed = _one(connection, "select case_id from audit_cases where status = 'closed'")
        vendor = _one(connection, "select vendor from interviewers")
        run = _one(connection, "select run_id from audit_runs order by run_id desc")
    return {
        "overview": "/",
        "queue": "/cases",
        "case": f"/cases/{open_cases(console)[0]}",
        "case-proposed": f"/cases/{proposed}",
        "case-interviewer": f"/cases/{waiting}",
        "case-closed": f"/cases/{closed}",
        "records": f"/cases/{open_cases(console)[0]}/records",
        "dealers": "/dealers",
        "dealer": f"/dealers/{dealer}",
        "verbatims": f"/dealers/{dealer}/said",
        "interviewers": "/interviewers",
        "interviewer": f"/interviewers/{interviewer}",
        "agencies": "/agencies",
        "agency": f"/agencies/{vendor}",
        "audit": "/audit",
        "runs": "/audit/runs",
        "run": f"/audit/runs/{run}",
        "events": "/audit/verification",
        "view": "/audit/views/audit_evidence",
        "help": "/help",
        "account": "/account",
        "api": "/api/v1/docs",
    }


def _one(connection: Connection, query: str) -> object:
    return connection.execute(text(query)).scalars().first()
