"""What `sql` refuses and logs is said by every page in words of the visitor's language."""

import ast
from pathlib import Path

import pytest

from review.language import words
from review.language.happened import ACTIONS
from review.language.rules import RULES, told
from sql import actions
from sql.decisions import DecisionError

ROOT = Path(__file__).parents[2]
REFUSALS = {"DecisionError", "AccountError", "BulkDecisionError", "Conflict", "RuleError", "__init__"}


def sentences(path: Path) -> set[str]:
    """Return the templates with which a file of ours refuses: a sentence and its remedy."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in REFUSALS:
            remedies = [keyword.value for keyword in node.keywords if keyword.arg == "remedy"]
            if remedies:
                texts = [text.value for text in (*node.args[:1], *remedies) if isinstance(text, ast.Constant)]
                found |= {text for text in texts if isinstance(text, str)}
    return found


def test_every_refusal_of_a_rule_can_be_said_in_both_languages() -> None:
    files = [*(ROOT / "sql").rglob("*.py"), *(ROOT / "review" / "pages").glob("*.py")]
    said = set().union(*map(sentences, files))

    assert len(said) > 100
    assert said == set(RULES)
    assert [text for text in RULES if words("zh").gettext(text) == text] == []


def test_every_action_of_the_log_is_told() -> None:
    assert set(ACTIONS) == set(actions.ACTIONS)


IN_ENGLISH = (
    "Case 4 cannot be closed: Coached customers undecided. Decide every finding first; inconclusive is an outcome too."
)
IN_CHINESE = "案件 4 不能结案：诱导客户打分 尚未裁决。请先裁决每一项发现；“无法判定”也是一种结论。"


@pytest.mark.parametrize(("language", "sentence"), [("en", IN_ENGLISH), ("zh", IN_CHINESE)])
def test_a_refusal_names_schemes_as_the_pages_do(language: str, sentence: str) -> None:
    refusal = DecisionError(
        "Case {case_id} cannot be closed: {undecided} undecided.",
        remedy="Decide every finding first; inconclusive is an outcome too.",
        case_id=4,
        undecided="coached",
    )

    assert told(words(language), refusal) == sentence
