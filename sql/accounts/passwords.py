"""Passwords: argon2 hashes, the rule for new ones, and as much work for an account that is not there as for any."""

import base64
import unicodedata
from datetime import datetime

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Connection, select, update

from sql.account_tables import people
from sql.accounts.log import note
from sql.accounts.people import AccountError, Person, person_of_id, person_of_row

SHORTEST_PASSWORD, LONGEST_PASSWORD = 12, 1024
"""Characters. Length is what counts; a rule of composition only makes passwords alike (NIST SP 800-63B, 3.1.1)."""

HASHER = PasswordHasher()


def verify_password(
    connection: Connection, account: str, password: str, *, hasher: PasswordHasher = HASHER
) -> Person | None:
    """Return the active person whose account and password these are, else None.

    It takes as long for an account that is not there, is inactive or has no password, so that no stranger learns which
    accounts there are. Only reads: hashing takes a tenth of a second, for which no writer should be kept waiting.

    Parameters
    ----------
    connection
        For reading.
    account, password
        What was typed.
    hasher
        Its parameters are those of new hashes.
    """
    row = connection.execute(select(people).where(people.c.account == account.strip().lower())).first()
    usable = row is not None and row.active == 1 and row.password_hash is not None and len(password) <= LONGEST_PASSWORD
    kept = row.password_hash if row is not None and usable else _nobodys(hasher)
    try:
        hasher.verify(kept, _normal(password[:LONGEST_PASSWORD]))
    except (VerificationError, InvalidHashError):
        return None
    return person_of_row(row) if row is not None and usable else None


def refresh_password_hash(
    connection: Connection, person_id: int, password: str, *, hasher: PasswordHasher = HASHER
) -> bool:
    """Hash a password anew that was verified just now, if its hash has other parameters than new ones have.

    Returns
    -------
    bool
        Whether it did.
    """
    kept = connection.execute(select(people.c.password_hash).where(people.c.person_id == person_id)).scalar()
    if kept is None or not hasher.check_needs_rehash(kept):
        return False
    _keep(connection, person_id, password, hasher)
    return True


def set_password(
    connection: Connection,
    person_id: int,
    password: str,
    *,
    actor: str,
    at: datetime,
    hasher: PasswordHasher = HASHER,
) -> None:
    """Give a person a password.

    Raises
    ------
    AccountError
        There is no such person, or the password breaks the rule (`check_password`).
    """
    person = person_of_id(connection, person_id)
    check_password(person.account, password)
    _keep(connection, person_id, password, hasher)
    note(connection, "password_set", person.account, actor=actor, at=at)


def check_password(account: str, password: str) -> None:
    """Refuse a password that is too short, too long or the account's name.

    Raises
    ------
    AccountError
        It breaks the rule.

    Examples
    --------
    >>> check_password("li.wei", "秋水共长天一色落霞与孤鹜")
    >>> check_password("li.wei", "short")
    Traceback (most recent call last):
    sql.accounts.people.AccountError: A password has at least 12 characters. Choose a longer one, such as four words.
    """
    if len(password) > LONGEST_PASSWORD or len(_normal(password)) > LONGEST_PASSWORD:
        raise AccountError(
            "A password has at most {most} characters.", remedy="Choose a shorter one.", most=LONGEST_PASSWORD
        )
    if len(_normal(password)) < SHORTEST_PASSWORD:
        raise AccountError(
            "A password has at least {least} characters.",
            remedy="Choose a longer one, such as four words.",
            least=SHORTEST_PASSWORD,
        )
    if _normal(password).strip().casefold() == account.casefold():
        raise AccountError("The password is the account's name.", remedy="Choose another.")


def _keep(connection: Connection, person_id: int, password: str, hasher: PasswordHasher) -> None:
    hashed = hasher.hash(_normal(password))
    connection.execute(update(people).where(people.c.person_id == person_id).values(password_hash=hashed))


def _normal(password: str) -> str:
    """Return one text for what one person types on two keyboards (NIST SP 800-63B, 3.1.1.2)."""
    return unicodedata.normalize("NFKC", password)


def _nobodys(hasher: PasswordHasher) -> str:
    """Return a hash of no password, as costly to verify against as one that this hasher makes."""
    salt = base64.b64encode(bytes(hasher.salt_len)).decode().rstrip("=")
    digest = base64.b64encode(bytes(hasher.hash_len)).decode().rstrip("=")
    cost = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    return f"$argon2id$v=19${cost}${salt}${digest}"
