"""Who may come in, as what, and that somebody always can manage the rest."""

from collections.abc import Callable

import pytest
from sqlalchemy import Connection

from sql import accounts
from sql.accounts import AccountError
from sql.connection import reading, writing
from sql.store import Store
from tests.sql.accounts.standing import noted, person
from tests.sql.cases import NOON, at_once


def test_a_person_is_found_in_any_case_of_letters_and_made_once(staffed: Store) -> None:
    with writing(staffed.engine) as connection:
        made = accounts.create_person(
            connection, " Wang.Fang@Example.com", " 王  芳 ", "lead", actor="zhao.lei", at=NOON, language="zh"
        )
        with pytest.raises(AccountError, match=r"There is an account wang\.fang@example\.com already"):
            accounts.create_person(connection, "WANG.FANG@example.com", "W", "lead", actor="zhao.lei", at=NOON)
        assert accounts.find_person(connection, "wang.fang@EXAMPLE.com") == made
        assert [one.account for one in accounts.assignable(connection)] == ["li.wei", "wang.fang@example.com"]
    assert (made.name, made.role, made.language, made.active) == ("王 芳", "lead", "zh", True)
    assert (made.has_password, made.has_subject) == (False, False)


@pytest.mark.parametrize("account", ["", "nightly", "Mingcha", "service:dms", "li wei", "lі.wei", "-li", "a" * 65])
def test_no_account_is_called_like_a_run_a_system_or_somebody_else(store: Store, account: str) -> None:
    with writing(store.engine) as connection, pytest.raises(AccountError):
        accounts.create_person(connection, account, "Li Wei", "reviewer", actor="zhao.lei", at=NOON)
    assert noted(store) == []


@pytest.mark.parametrize(
    ("doing", "message"),
    [
        (lambda c: accounts.create_person(c, "a", " ", "lead", actor="z", at=NOON), "1 to 100 characters"),
        (lambda c: accounts.create_person(c, "a", "A", "owner", actor="z", at=NOON), "reviewer, lead, auditor, admin"),
        (lambda c: accounts.set_role(c, 2, "owner", actor="z", at=NOON), "reviewer, lead, auditor, admin"),
        (lambda c: accounts.set_language(c, 2, "fr"), "zh, en"),
        (lambda c: accounts.rename(c, 2, "", actor="z", at=NOON), "1 to 100 characters"),
        (lambda c: accounts.deactivate(c, 9, actor="z", at=NOON), "no such person"),
    ],
)
def test_what_cannot_be_is_refused(staffed: Store, doing: Callable[[Connection], object], message: str) -> None:
    with writing(staffed.engine) as connection, pytest.raises(AccountError, match=message):
        doing(connection)


def test_every_change_of_an_account_is_noted_with_who_did_it(staffed: Store) -> None:
    before = len(noted(staffed))
    who = person(staffed, "li.wei").person_id
    with writing(staffed.engine) as connection:
        accounts.set_role(connection, who, "reviewer", actor="zhao.lei", at=NOON)
        accounts.set_role(connection, who, "lead", actor="zhao.lei", at=NOON)
        accounts.rename(connection, who, "李伟", actor="li.wei", at=NOON)
        accounts.set_language(connection, who, "zh")
        accounts.deactivate(connection, who, actor="zhao.lei", at=NOON)
        accounts.deactivate(connection, who, actor="zhao.lei", at=NOON)
        accounts.reactivate(connection, who, actor="zhao.lei", at=NOON)
    assert noted(staffed)[before:] == [
        ("zhao.lei", "role_changed", "li.wei: reviewer to lead"),
        ("li.wei", "renamed", "li.wei"),
        ("zhao.lei", "deactivated", "li.wei"),
        ("zhao.lei", "reactivated", "li.wei"),
    ]
    now = person(staffed, "li.wei")
    assert (now.name, now.role, now.language, now.active) == ("李伟", "lead", "zh", True)


def test_whoever_is_deactivated_is_out_at_once(staffed: Store) -> None:
    who = person(staffed, "li.wei").person_id
    with writing(staffed.engine) as connection:
        token = accounts.begin_session(connection, who, at=NOON)
        link = accounts.invite(connection, who, actor="zhao.lei", at=NOON)
        accounts.deactivate(connection, who, actor="zhao.lei", at=NOON)
    with reading(staffed.engine) as connection:
        assert accounts.session_of(connection, token, at=NOON) is None
        assert accounts.assignable(connection) == []
        with pytest.raises(AccountError, match="used already"):
            accounts.invited_person(connection, link, at=NOON)


def test_the_last_active_admin_stays_one(staffed: Store) -> None:
    admin, other = person(staffed, "zhao.lei").person_id, person(staffed, "li.wei").person_id
    with writing(staffed.engine) as connection:
        with pytest.raises(AccountError, match="last active admin"):
            accounts.deactivate(connection, admin, actor="zhao.lei", at=NOON)
        with pytest.raises(AccountError, match="last active admin"):
            accounts.set_role(connection, admin, "lead", actor="zhao.lei", at=NOON)
        accounts.set_role(connection, other, "admin", actor="zhao.lei", at=NOON)
        accounts.deactivate(connection, other, actor="zhao.lei", at=NOON)
        with pytest.raises(AccountError, match="last active admin"):
            accounts.deactivate(connection, admin, actor="zhao.lei", at=NOON)
        accounts.reactivate(connection, other, actor="zhao.lei", at=NOON)
        accounts.deactivate(connection, admin, actor="li.wei", at=NOON)
    assert [person(staffed, account).active for account in ("zhao.lei", "li.wei")] == [False, True]


def test_of_two_admins_who_remove_each_other_at_once_one_stays(staffed: Store) -> None:
    people = {account: person(staffed, account).person_id for account in ("zhao.lei", "li.wei")}
    with writing(staffed.engine) as connection:
        accounts.set_role(connection, people["li.wei"], "admin", actor="zhao.lei", at=NOON)
    results = at_once(
        staffed,
        [
            lambda connection: accounts.deactivate(connection, people["li.wei"], actor="zhao.lei", at=NOON),
            lambda connection: accounts.set_role(connection, people["zhao.lei"], "lead", actor="li.wei", at=NOON),
        ],
    )
    (refused,) = [result for result in results if result is not None]
    assert isinstance(refused, AccountError)
    with reading(staffed.engine) as connection:
        admins = [one for one in accounts.all_people(connection) if one.active and one.role == "admin"]
    assert len(admins) == 1
