"""Addresses that came with a request, and whether they lead where they should."""

from urllib.parse import urlsplit


def path_of_ours(path: str) -> str:
    r"""Return a path of the console, or its first page for anything that leads elsewhere.

    Examples
    --------
    >>> path_of_ours("/cases?status=new"), path_of_ours("//evil.example"), path_of_ours("https://evil.example")
    ('/cases?status=new', '/', '/')
    >>> path_of_ours("/\\evil.example"), path_of_ours("/\t/evil.example"), path_of_ours("/login")
    ('/', '/', '/')
    """
    try:
        parts = urlsplit(path)
    except ValueError:
        return "/"
    ours = (
        path.startswith("/")
        and not path.startswith("//")
        and "\\" not in path
        and path.isprintable()
        and not parts.scheme
        and not parts.netloc
        and parts.path not in {"/login", "/logout", "/language"}
    )
    return path if ours else "/"
