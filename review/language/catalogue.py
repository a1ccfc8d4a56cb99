"""The catalogue against the texts of the code: what is new, what is gone, what is not translated yet."""

from io import BytesIO

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from review.language import CATALOGUE

_ROOM = CATALOGUE.parent.parent
_METHODS = [("**.py", "python"), ("templates/**.html", "jinja2")]
_KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "mark": None}
_WIDTH = 120
_HEADER = r"""# 简体中文 of the console.
msgid ""
msgstr ""
"Language: zh_Hans\n"
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=utf-8\n"
"Content-Transfer-Encoding: 8bit\n"
"Plural-Forms: nplurals=1; plural=0;\n"

"""


def texts() -> Catalog:
    """Return every text that the templates and the code want translated."""
    found = Catalog()
    options = {"**.html": {"trimmed": "true", "silent": "false"}}
    for path, _line, message, comments, context in extract_from_dir(
        str(_ROOM), method_map=_METHODS, options_map=options, keywords=_KEYWORDS
    ):
        found.add(message, locations=[(path, 0)], auto_comments=comments, context=context)
    return found


def held() -> Catalog:
    """Return the catalogue as it is."""
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="zh_Hans")


def update() -> None:
    """Add new texts to the catalogue, drop those that are gone, and say in which file each is."""
    wanted = list(texts())
    before, after = held(), Catalog(locale="zh_Hans")
    for message in wanted:
        known = before.get(message.id, message.context) if message.id else None
        after.add(
            message.id,
            known.string if known else None,
            locations=sorted({(path, 0) for path, _line in message.locations}),
            context=message.context,
        )
    written = BytesIO()
    write_po(written, after, width=_WIDTH, omit_header=True, sort_output=True, include_lineno=False)
    CATALOGUE.write_bytes(_HEADER.encode() + written.getvalue())


def untranslated() -> list[str]:
    """Return the texts of the code that the catalogue does not have, or has with no or a doubtful translation."""
    catalogue = held()
    wanted = [(message.id, catalogue.get(message.id, message.context)) for message in texts() if message.id]
    return [str(text) for text, known in wanted if known is None or known.fuzzy or not _complete(known.string)]


def stale() -> list[str]:
    """Return what the catalogue translates although no text of the code says it."""
    wanted = texts()
    return [str(message.id) for message in held() if message.id and wanted.get(message.id, message.context) is None]


def _complete(translation: str | tuple[str, ...] | list[str] | None) -> bool:
    if translation is None or isinstance(translation, str):
        return bool(translation)
    return len(translation) > 0 and all(translation)
