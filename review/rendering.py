"""Pages from templates, in the visitor's language."""

import base64
import binascii
import secrets
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from review.assets import Assets
from review.language import LANGUAGES, TAGS, Words, figures, language_of, names, words
from review.security import cookies
from review.security.csrf import expected_token

TEMPLATES = (Path(__file__).parent / "templates",)
_NOTICE_S = 60


class Pages:
    """The templates of one console, ready in each language.

    Parameters
    ----------
    app
        Whose routes the templates' addresses are of.
    files
        The stylesheet and the scripts.
    """

    def __init__(self, app: FastAPI, files: Assets) -> None:
        self._environments = {language: _environment(app, files, words(language)) for language in LANGUAGES}

    def text(self, language: str, template: str, context: dict[str, Any]) -> str:
        """Return a page's text."""
        return self._environments[language].get_template(template).render(context)


def render(request: Request, template: str, status: int = 200, **context: Any) -> HTMLResponse:
    """Return a page, in the visitor's language.

    Parameters
    ----------
    request
        What is answered.
    template
        A file in ``review/templates``.
    status
        The HTTP status.
    **context
        What the template shows, beside what every template has (`docs/console.md`, "A page of your own").
    """
    language = language_of(request)
    fresh: list[str] = []

    def csrf() -> Markup:
        token = expected_token(request) or (fresh[0] if fresh else None)
        if token is None:
            token = secrets.token_urlsafe(32)
            fresh.append(token)
        return Markup('<input type="hidden" name="csrf" value="{}">').format(token)

    notice = _decoded(cookies.read(request, cookies.NOTICE))
    page = request.app.state.pages.text(
        language,
        template,
        {
            "request": request,
            "person": getattr(request.state, "person", None),
            "language": language,
            "here": request.url.path + (f"?{request.url.query}" if request.url.query else ""),
            "csrf": csrf,
            "notice": notice,
            **context,
        },
    )
    response = HTMLResponse(page, status, headers={"Content-Language": TAGS[language]})
    if fresh:
        cookies.put(request, response, cookies.FORM, fresh[0])
    if notice is not None:
        cookies.drop(request, response, cookies.NOTICE)
    return response


def redirect(request: Request, to: str, said: str | None = None) -> RedirectResponse:
    """Return the answer to a form: see another page, which says what was done.

    Parameters
    ----------
    request
        What is answered.
    to
        A path of ours.
    said
        What was done, in the visitor's language; shown once.
    """
    response = RedirectResponse(to, 303)
    if said is not None:
        value = base64.urlsafe_b64encode(said.encode()).decode()
        cookies.put(request, response, cookies.NOTICE, value, max_age_s=_NOTICE_S)
    return response


def _decoded(value: str | None) -> str | None:
    try:
        return base64.urlsafe_b64decode(value).decode() if value else None
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return None


def _environment(app: FastAPI, files: Assets, spoken: Words) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        # An update must not give a running console templates of another release.
        auto_reload=False,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.install_gettext_callables(spoken.gettext, spoken.ngettext, newstyle=True)  # type: ignore[attr-defined]
    environment.policies["ext.i18n.trimmed"] = True
    # By name, and not by asking the application, which looks through all of them: a page has hundreds of addresses.
    routes = {route.name: route for route in reversed(app.state.routes)}
    environment.globals.update(
        path_for=lambda name, /, **parameters: str(routes[name].url_path_for(name, **parameters)),
        has_page=routes.__contains__,
        static=files.path_of,
        languages=LANGUAGES,
        tags=TAGS,
        said=spoken.said,
        sees_no_key=lambda: app.state.settings.sees_no_key,
    )
    filters: dict[str, Callable[..., str]] = {
        "said": spoken.said,
        "number": figures.number,
        "bits": figures.bits,
        "percent": figures.percent,
        "points": figures.points,
        "day": figures.day,
        "moment": figures.moment,
        "scheme_name": partial(names.named, spoken, names.SCHEMES),
        "outcome_name": partial(names.named, spoken, names.OUTCOMES),
        "status_name": partial(names.named, spoken, names.STATUSES),
        "severity_name": partial(names.named, spoken, names.SEVERITIES),
        "role_name": partial(names.named, spoken, names.ROLES),
        "unit_kind_name": partial(names.named, spoken, names.UNIT_KINDS),
    }
    environment.filters.update(filters)
    return environment
