"""The rules of surveys: one completed interview a row."""

from expectations import checks
from expectations.rule import Severity, between, holds, not_in_future, plausible, present, vocabulary
from expectations.suites.shared import KNOWN_DEALER, READABLE, VALID_PHONE, identity

RULES = (
    *READABLE,
    *identity("response_id", "interview"),
    present("survey", "Without the questionnaire nobody knows which scale and which items the answers belong to."),
    vocabulary(
        "survey",
        (),
        "Interviews are compared within a questionnaire only; an unknown one has no scale and nothing to compare with.",
    ),
    present("wave", "Dealers are paid by wave: without it an interview belongs to no bonus period."),
    holds(
        "wave",
        "matches_called_at",
        "must be the month of called_at, the one before or the one after",
        "Fieldwork may start early or end late by some days. Further off, one of the two is wrong, and whether tens "
        "surge when the bonus period closes would be judged on a wrong date.",
        lambda rows, _: checks.wave_matches(rows, "called_at"),
        also=("called_at",),
    ),
    present("dealer_id", "An interview about no dealer is evidence about nobody."),
    KNOWN_DEALER,
    present("called_at", "When the call was made decides the window, the wave and every question of timing."),
    not_in_future("called_at", "Nobody was called tomorrow: a clock, a time zone or day and month are mixed up."),
    plausible("called_at", "Spreadsheets and databases write 1900 or 1970 where they mean that nothing was entered."),
    between(
        "duration_s",
        0,
        14_400,
        "No interview ends before it starts or takes more than four hours; greater numbers are milliseconds, and would "
        "hide the interviews that are too short. Zero is allowed: it may be an interview that never happened.",
    ),
    present(
        "overall", "The overall answer is the score that the bonus is paid on; without it there is nothing to weigh."
    ),
    holds(
        "overall",
        "range",
        "must be one of the whole numbers of its questionnaire's scale",
        "An answer off the scale is another question's code, another scale or an average: as a ten or a nought "
        "too many it would move the dealer's mean by itself.",
        checks.is_on_scale,
        also=("survey",),
    ),
    holds(
        "q_*",
        "range",
        "must be one of the whole numbers of its questionnaire's scale",
        "Codes such as 99 for don't know, or a column read under the wrong heading, would pass for answers and make "
        "honest patterns look invented.",
        checks.is_on_scale,
        also=("survey",),
    ),
    holds(
        "q_*",
        "answered",
        f"must have at least {checks.FEWEST_ITEMS} answers in an interview",
        "With fewer answers there is no pattern between items to weigh, and detectors of patterns abstain. The overall "
        "answer still counts in the score that is paid on, so dropping the row would change the very mean in question.",
        checks.has_enough_answers,
        severity=Severity.NOTE,
        by_member=False,
    ),
    holds(
        "fact_*",
        "vocabulary",
        "must be 0, 1 or empty",
        "A fact happened or it did not. Anything else is a rating or a code, and tens are held against these facts.",
        checks.is_flag,
    ),
    VALID_PHONE,
)
"""Every rule of surveys."""
