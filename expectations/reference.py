"""The page of all rules, docs/validation.md, written from the rules themselves.

``python -m expectations.reference`` prints it. A test compares it with the page in docs, so a rule that is not
documented fails the build.
"""

import sys
from datetime import date

from detectors.core.sources import SOURCES
from expectations.context import Context
from expectations.rule import Rule
from expectations.suites import SUITES

_BECOMES = {"quarantine": "quarantined", "note": "**kept**, and noted"}

_INTRODUCTION = """\
# Validation: what a valid row is

<!-- Written by `python -m expectations.reference > docs/validation.md`. Change expectations/suites, not this page. -->

Every night, before anything is landed or weighed, each source's rows are held against its suite. A rule is a pair: what
the machine checks, a typed [Great Expectations](https://docs.greatexpectations.io/) expectation, and the reason it
exists, which a person reads here, in the validation report and beside every quarantined row.

- A row that breaks a rule is **quarantined**: set aside with its file, row number, rule, column and the offending
  value, and the rest goes on. A row that breaks several rules is quarantined once and listed with each of them.
- Some rules only **note**: the row is kept, and the report says so. They are the rules whose breach is honest, or is
  the very evidence that is looked for ([why](decisions/0001-notes-and-quarantine.md)).
- If more than `quarantine_threshold` of a source's rows are quarantined, the run halts before anything is landed, with
  exit status 3.
- Ids are unique **within a file**. The same id in a newer file is a correction.
- A missing value breaks only the rule that asks for one (`present`).
- A cell that could not be read is told by `<column>.type` alone, and a row that could not be read by `row.readable`
  alone, not by every rule that misses a value there.
- `*` stands for every column of a source, `q_*` and `fact_*` for every column of that family.
- A rule whose columns, dealer list or transactions were not delivered is not asked, and the report says so.

## What is shown of a bad value

| column | shown |
|---|---|
| phone | first three and last four digits: `138****5678` |
| customer_id, vin | first and last character: `L****7` |
| free text | its length only |
| a cell that could not be read | itself up to 32 characters, else its length only |
| any other | itself, up to 80 characters; what looks like a phone number or a VIN in it is masked |

Control characters are removed. Great Expectations is never given the rows themselves: it sees one column of marks,
numbers or categories per rule, under the rule's name, none of which is personal.
"""


def render() -> str:
    """Return the page, in Markdown."""
    parts = [_INTRODUCTION]
    for source, rules in SUITES.items():
        parts.append(f"\n## {source}\n\nIdentified by `{SOURCES[source].key}`.\n")
        parts.append(
            "\n| rule | what must hold | why | a row that breaks it is | checked by |\n|---|---|---|---|---|\n"
        )
        parts.extend(map(_line, rules))
    return "".join(parts)


def _line(rule: Rule) -> str:
    expectation = type(rule.expects(rule.name, Context(date.min))).__name__
    return f"| `{rule.name}` | {rule.must} | {rule.reason} | {_BECOMES[rule.severity]} | `{expectation}` |\n"


if __name__ == "__main__":
    sys.stdout.write(render())
