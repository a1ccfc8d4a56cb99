"""A small grammar: a phrase with slots, each filled from its own list, and the slips of people who type."""

import re
from collections.abc import Mapping, Sequence

from benchmarks.other_hands.chance import Dice

_SLOT = re.compile(r"\{(\w+)\}")

_SLIPS = (
    ("的", "得"),
    ("得", "的"),
    ("在", "再"),
    ("做", "作"),
    ("师傅", "师父"),
    ("服务", "服物"),
    ("保养", "保样"),
    ("态度", "太度"),
    ("满意", "满易"),
    ("已经", "以经"),
    ("等了", "等乐"),
    ("很", "狠"),
    ("他", "她"),
    ("销售", "消售"),
)
_SLIP_SHARE = 0.05


class Grammar:
    """Phrases by slot.

    Parameters
    ----------
    slots
        The phrases of each slot; a phrase may have slots itself.

    Examples
    --------
    >>> Grammar({"who": ["小王"], "what": ["{who}不错"]}).say("{what}", Dice(1))
    '小王不错'
    """

    def __init__(self, slots: Mapping[str, Sequence[str]]) -> None:
        self._slots = slots

    def say(self, phrase: str, dice: Dice) -> str:
        """Fill every slot of a phrase."""
        return _SLOT.sub(lambda slot: self.say(dice.pick(self._slots[slot.group(1)]), dice), phrase)


def typed(text: str, dice: Dice) -> str:
    """Type a sentence as people do: now and then a wrong character, or spaces for commas, or no full stop."""
    if dice.happens(_SLIP_SHARE):
        right, wrong = dice.pick(_SLIPS)
        text = text.replace(right, wrong, 1)
    manner = dice.number()
    if manner < 0.12:
        text = text.replace("，", " ").replace("。", " ").strip()
    elif manner < 0.17:
        text = text.replace("，", ",").replace("。", ".")
    elif manner < 0.21:
        text = text.rstrip("。") + dice.pick(("!", "！", "。。。", "~", "…"))
    elif manner < 0.45:
        text = text.rstrip("。")
    return text
