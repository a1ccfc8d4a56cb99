"""Views of the queue that a person has saved under a name."""

from sqlalchemy import Connection, delete, func, insert, select

from sql.account_tables import saved_views
from sql.accounts.people import AccountError

MOST_VIEWS, LONGEST_VIEW_NAME, LONGEST_QUERY = 30, 60, 2000


def views_of(connection: Connection, person_id: int) -> dict[str, str]:
    """Return a person's views: the query of each by its name, in order of the names."""
    query = select(saved_views).where(saved_views.c.person_id == person_id).order_by(saved_views.c.name)
    return {row.name: row.query for row in connection.execute(query)}


def save_view(connection: Connection, person_id: int, name: str, query: str) -> None:
    """Save a view, over one of the same name.

    Parameters
    ----------
    connection
        In a writing transaction.
    person_id
        Whose.
    name
        What it is called.
    query
        What stands behind the question mark of the queue's address.

    Raises
    ------
    AccountError
        The name is empty, something is too long, or the person has too many.
    """
    name = " ".join(name.split())
    if not 1 <= len(name) <= LONGEST_VIEW_NAME or len(query) > LONGEST_QUERY:
        raise AccountError(
            "A view has a name of 1 to {most} characters.", remedy="Choose a shorter one.", most=LONGEST_VIEW_NAME
        )
    delete_view(connection, person_id, name)
    count = select(func.count()).select_from(saved_views).where(saved_views.c.person_id == person_id)
    if connection.execute(count).scalar_one() >= MOST_VIEWS:
        raise AccountError("There are {most} views already.", remedy="Delete one first.", most=MOST_VIEWS)
    connection.execute(insert(saved_views).values(person_id=person_id, name=name, query=query))


def delete_view(connection: Connection, person_id: int, name: str) -> None:
    """Delete a view, if there is one of that name."""
    this = (saved_views.c.person_id == person_id, saved_views.c.name == name)
    connection.execute(delete(saved_views).where(*this))
