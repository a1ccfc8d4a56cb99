"""Reading a view as an auditor does."""

from sqlalchemy import Engine, text


def rows(engine: Engine, query: str) -> list[dict[str, object]]:
    """Return the rows of a query as dictionaries."""
    with engine.connect() as connection:
        return [dict(row) for row in connection.execute(text(query)).mappings()]
