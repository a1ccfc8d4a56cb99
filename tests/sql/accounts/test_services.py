"""What others hold: services' tokens, subjects of single sign-on, and saved views."""

from datetime import timedelta

import pytest

from sql import accounts
from sql.accounts import AccountError
from sql.connection import writing
from sql.store import Store
from tests.sql.accounts.standing import noted, person
from tests.sql.cases import NOON
from tests.sql.views import rows

ISSUER = "https://login.example"


def test_a_services_token_is_shown_once_and_holds_until_it_is_revoked(staffed: Store) -> None:
    with writing(staffed.engine) as connection:
        token = accounts.create_service_token(connection, "Warranty", "auditor", actor="zhao.lei", at=NOON)
        service = accounts.service_of(connection, token)
        assert service is not None
        assert (service.name, service.role, service.actor, service.used_at) == (
            "warranty", "auditor", "service:warranty", None,
        )  # fmt: skip
        assert accounts.is_to_be_used(service, NOON)
        accounts.use_service(connection, "warranty", at=NOON)
        (service,) = accounts.all_services(connection)
        assert service.used_at == "2026-11-02T12:00:00+08:00"
        assert not accounts.is_to_be_used(service, NOON + timedelta(minutes=59))
        assert accounts.is_to_be_used(service, NOON + timedelta(minutes=60))
        accounts.revoke_service_token(connection, "warranty", actor="zhao.lei", at=NOON)
        assert accounts.service_of(connection, token) is None
        for doing, message in (
            (lambda: accounts.revoke_service_token(connection, "warranty", actor="z", at=NOON), "nothing to do"),
            (
                lambda: accounts.create_service_token(connection, "warranty", "auditor", actor="z", at=NOON),
                "is or was a service warranty",
            ),
            (lambda: accounts.create_service_token(connection, "dms", "admin", actor="z", at=NOON), "no role"),
            (lambda: accounts.create_service_token(connection, "a b", "auditor", actor="z", at=NOON), "1 to 64"),
        ):
            with pytest.raises(AccountError, match=message):
                doing()
    assert token.startswith("mingcha_")
    assert all(token not in str(row) for row in rows(staffed.engine, "select * from service_tokens"))
    assert noted(staffed)[-2:] == [
        ("zhao.lei", "token_created", "warranty: auditor"),
        ("zhao.lei", "token_revoked", "warranty"),
    ]


def test_somebody_comes_by_single_sign_on_once_that_is_linked(staffed: Store) -> None:
    who = person(staffed, "li.wei").person_id
    with writing(staffed.engine) as connection:
        assert accounts.find_by_subject(connection, ISSUER, "4711") is None
        accounts.link_subject(connection, who, ISSUER, "4711", actor="zhao.lei", at=NOON)
        with pytest.raises(AccountError, match=r"is li\.wei's already"):
            accounts.link_subject(connection, 1, ISSUER, "4711", actor="zhao.lei", at=NOON)
        found = accounts.person_of_subject(
            connection, ISSUER, "4711", account="li.wei", name="L", default_role=None, at=NOON
        )
        assert found is not None
        assert (found.account, found.has_subject) == ("li.wei", True)
        assert accounts.find_by_subject(connection, "https://other.example", "4711") is None
        accounts.deactivate(connection, who, actor="zhao.lei", at=NOON)
        assert (
            accounts.person_of_subject(
                connection, ISSUER, "4711", account="li.wei", name="L", default_role="reviewer", at=NOON
            )
            is None
        )
        accounts.unlink_subject(connection, who, actor="zhao.lei", at=NOON)
        assert accounts.find_by_subject(connection, ISSUER, "4711") is None


@pytest.mark.parametrize(("default_role", "people"), [(None, 2), ("reviewer", 3)])
def test_an_account_is_made_by_single_sign_on_only_when_that_is_configured(
    staffed: Store, default_role: str | None, people: int
) -> None:
    with writing(staffed.engine) as connection:
        for _ in range(2):
            found = accounts.person_of_subject(
                connection, ISSUER, "4711", account="Sun.Li", name="孙丽", default_role=default_role, at=NOON
            )
        assert len(accounts.all_people(connection)) == people
    assert (found is None) is (default_role is None)
    if found is not None:
        assert (found.account, found.name, found.role) == ("sun.li", "孙丽", "reviewer")


def test_a_name_chosen_at_the_provider_does_not_open_the_account_of_that_name(staffed: Store) -> None:
    with writing(staffed.engine) as connection, pytest.raises(AccountError, match="another way to log in"):
        accounts.person_of_subject(
            connection, ISSUER, "666", account="Zhao.Lei", name="Z", default_role="reviewer", at=NOON
        )
    assert not person(staffed, "zhao.lei").has_subject


def test_a_person_saves_views_under_names(staffed: Store) -> None:
    with writing(staffed.engine) as connection:
        accounts.save_view(connection, 2, " my   week ", "assignee=li.wei&due=week")
        accounts.save_view(connection, 2, "北方", "region=North")
        accounts.save_view(connection, 2, "my week", "assignee=li.wei&due=today")
        accounts.save_view(connection, 1, "my week", "status=all")
        assert accounts.views_of(connection, 2) == {"my week": "assignee=li.wei&due=today", "北方": "region=North"}
        accounts.delete_view(connection, 2, "my week")
        accounts.delete_view(connection, 2, "my week")
        assert list(accounts.views_of(connection, 2)) == ["北方"]
        assert list(accounts.views_of(connection, 1)) == ["my week"]


def test_views_have_a_name_and_there_are_not_too_many(staffed: Store) -> None:
    with writing(staffed.engine) as connection:
        for name, query in (("", "status=all"), ("x" * 61, "status=all"), ("x", "x" * 2001)):
            with pytest.raises(AccountError, match="Choose a shorter one"):
                accounts.save_view(connection, 2, name, query)
        for number in range(30):
            accounts.save_view(connection, 2, f"view {number}", "status=all")
        accounts.save_view(connection, 2, "view 29", "status=new")
        with pytest.raises(AccountError, match="There are 30 views already"):
            accounts.save_view(connection, 2, "one more", "status=all")
