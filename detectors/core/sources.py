"""The eight sources: which columns a row of each has, and what each column is.

Reading, validating, landing and weighing all speak of the same columns, and this is the one place that names them.

Examples
--------
>>> SOURCES["surveys"].key
'response_id'
>>> SOURCES["surveys"].column("q_attitude").kind
<Kind.RATING: 'rating'>
>>> SOURCES["reviews"].column("colour") is None
True
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a value is; each kind has one pandas dtype in every frame of ours.

    ======== ================== =============================================
    kind     dtype              value
    ======== ================== =============================================
    text     ``str``            anything, stripped of outer white space
    month    ``str``            ``YYYY-MM``
    time     ``datetime64[us]`` wall-clock time in Asia/Shanghai, no offset
    date     ``datetime64[us]`` midnight of that day in Asia/Shanghai
    number   ``float64``        a finite number
    rating   ``float32``        an answer on the questionnaire's scale
    flag     ``float32``        0 or 1
    ======== ================== =============================================

    A missing value is ``NaN`` (``NaT`` for times and dates).
    """

    TEXT = "text"
    MONTH = "month"
    TIME = "time"
    DATE = "date"
    NUMBER = "number"
    RATING = "rating"
    FLAG = "flag"


class Personal(StrEnum):
    """How a column can identify a person, which decides how it is masked and stored."""

    CUSTOMER = "customer"
    VEHICLE = "vehicle"
    PHONE = "phone"
    FREE_TEXT = "free_text"


@dataclass(frozen=True)
class Column:
    """A column of a source.

    Parameters
    ----------
    name
        Its name in files, frames and tables. In a family of columns (``q_<code>``) the prefix, ``q_``.
    kind
        What its values are.
    meaning
        One line for a person, with the unit if there is one.
    required
        Whether every row must have a value.
    personal
        How it can identify a person, if it can.
    choices
        The vocabulary, if it is closed.
    """

    name: str
    kind: Kind
    meaning: str
    required: bool = False
    personal: Personal | None = None
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Source:
    """One kind of delivery.

    Parameters
    ----------
    name
        The source's name, which its files begin with.
    key
        The column that identifies a row.
    when
        The column that says when the row happened, or None.
    columns
        The columns of fixed name, in order.
    families
        Columns known by their prefix (``q_``, ``fact_``).
    family_minimum
        How many columns of a family a file must have, by prefix.
    """

    name: str
    key: str
    when: str | None
    columns: tuple[Column, ...]
    families: tuple[Column, ...] = ()
    family_minimum: tuple[tuple[str, int], ...] = ()

    def column(self, name: str) -> Column | None:
        """Return the column of that name, a family's member included, or None."""
        for column in self.columns:
            if column.name == name:
                return column
        for family in self.families:
            if name.startswith(family.name) and len(name) > len(family.name):
                return Column(name, family.kind, family.meaning, family.required, family.personal, family.choices)
        return None

    def known(self, names: Iterable[str]) -> list[Column]:
        """Return the columns of this source among `names`, in the order of `names`."""
        return [column for name in names if (column := self.column(name)) is not None]

    @property
    def required(self) -> tuple[str, ...]:
        """Names of the columns that every file must have."""
        return tuple(column.name for column in self.columns if column.required)


DISPOSITIONS = (
    "completed",
    "refused",
    "no_answer",
    "busy",
    "callback",
    "out_of_service",
    "wrong_number",
    "not_customer",
    "screened_out",
)


def _customer() -> tuple[Column, ...]:
    return (
        Column("customer_id", Kind.TEXT, "the dealer's or maker's number of the customer", personal=Personal.CUSTOMER),
        Column("vin", Kind.TEXT, "vehicle identification number", personal=Personal.VEHICLE),
        Column("phone", Kind.TEXT, "mobile or landline number", personal=Personal.PHONE),
    )


def _required(name: str, kind: Kind, meaning: str, choices: tuple[str, ...] = ()) -> Column:
    return Column(name, kind, meaning, required=True, choices=choices)


_SOURCES = (
    Source(
        "surveys",
        key="response_id",
        when="called_at",
        columns=(
            _required("response_id", Kind.TEXT, "the interview, unique"),
            _required("survey", Kind.TEXT, "questionnaire: SSI (sales), CSI (after-sales service)"),
            _required("wave", Kind.MONTH, "fieldwork month"),
            Column("vendor", Kind.TEXT, "survey agency"),
            Column("interviewer_id", Kind.TEXT, "who called"),
            _required("dealer_id", Kind.TEXT, "the dealer asked about"),
            *_customer(),
            _required("called_at", Kind.TIME, "start of the interview"),
            Column("duration_s", Kind.NUMBER, "length of the interview in seconds"),
            _required("overall", Kind.RATING, "overall satisfaction"),
            Column("verbatim", Kind.TEXT, "the open answer", personal=Personal.FREE_TEXT),
        ),
        families=(
            Column("q_", Kind.RATING, "a rated item; empty = not asked or don't know"),
            Column("fact_", Kind.FLAG, "did it happen? 1 yes, 0 no"),
        ),
        family_minimum=(("q_", 3),),
    ),
    Source(
        "contacts",
        key="contact_id",
        when="attempted_at",
        columns=(
            _required("contact_id", Kind.TEXT, "the number handed to the agency, unique"),
            Column("survey", Kind.TEXT, "questionnaire"),
            Column("wave", Kind.MONTH, "fieldwork month"),
            Column("vendor", Kind.TEXT, "survey agency"),
            _required("dealer_id", Kind.TEXT, "the dealer that supplied the number"),
            *_customer(),
            Column("attempted_at", Kind.TIME, "last attempt"),
            _required("disposition", Kind.TEXT, "what came of it", choices=DISPOSITIONS),
        ),
    ),
    Source(
        "transactions",
        key="transaction_id",
        when="happened_on",
        columns=(
            _required("transaction_id", Kind.TEXT, "the sale or service, unique"),
            _required("dealer_id", Kind.TEXT, "the dealer that did it"),
            *_customer(),
            _required("kind", Kind.TEXT, "what it was", choices=("sale", "service")),
            _required("happened_on", Kind.DATE, "day of the sale or service"),
            Column("amount", Kind.NUMBER, "amount in CNY"),
        ),
    ),
    Source(
        "reviews",
        key="review_id",
        when="posted_at",
        columns=(
            _required("review_id", Kind.TEXT, "the review, unique"),
            Column("platform", Kind.TEXT, "where it was published"),
            Column("author_id", Kind.TEXT, "the author's account on the platform"),
            _required("dealer_id", Kind.TEXT, "the dealer reviewed"),
            _required("posted_at", Kind.TIME, "when it was published"),
            _required("rating", Kind.NUMBER, "stars, 1 to 5"),
            Column("text", Kind.TEXT, "what the author wrote", personal=Personal.FREE_TEXT),
            Column("author_reviews", Kind.NUMBER, "how many reviews the author had written"),
            Column("author_joined_on", Kind.DATE, "day the author's account was opened"),
        ),
    ),
    Source(
        "dealers",
        key="dealer_id",
        when=None,
        columns=(
            _required("dealer_id", Kind.TEXT, "the dealer, unique"),
            Column("name", Kind.TEXT, "the dealer's name"),
            Column("brand", Kind.TEXT, "brand sold"),
            Column("region", Kind.TEXT, "the maker's sales region"),
            Column("province", Kind.TEXT, "province"),
            Column("city", Kind.TEXT, "city"),
            Column("dealer_group", Kind.TEXT, "owner of several dealers"),
            Column("opened_on", Kind.DATE, "day the dealer opened"),
            Column("target_score", Kind.NUMBER, "bonus threshold on the mean of overall"),
        ),
    ),
    Source(
        "staff",
        key="staff_id",
        when=None,
        columns=(
            _required("dealer_id", Kind.TEXT, "the employer"),
            _required("staff_id", Kind.TEXT, "the employee, unique"),
            Column("role", Kind.TEXT, "what the employee does"),
            Column("phone", Kind.TEXT, "mobile or landline number", personal=Personal.PHONE),
        ),
    ),
    Source(
        "complaints",
        key="complaint_id",
        when="filed_on",
        columns=(
            _required("complaint_id", Kind.TEXT, "the complaint, unique"),
            _required("dealer_id", Kind.TEXT, "the dealer complained about"),
            *_customer(),
            _required("filed_on", Kind.DATE, "day it was filed"),
            Column("category", Kind.TEXT, "what it is about"),
            Column("text", Kind.TEXT, "what the customer said", personal=Personal.FREE_TEXT),
        ),
    ),
    Source(
        "audits",
        key="audit_id",
        when="audited_on",
        columns=(
            _required("audit_id", Kind.TEXT, "the audit, unique"),
            _required("dealer_id", Kind.TEXT, "the dealer audited"),
            _required("kind", Kind.TEXT, "what kind of audit", choices=("mystery_shop", "service_audit")),
            _required("audited_on", Kind.DATE, "day of the audit"),
            Column("auditor", Kind.TEXT, "who audited"),
            _required("score", Kind.NUMBER, "audit score, 0 to 100"),
        ),
    ),
)

SOURCES: dict[str, Source] = {source.name: source for source in _SOURCES}
"""Every source by name, in the order in which they are read."""
