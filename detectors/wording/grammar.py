"""The grammar of customers who tell: what they were asked to answer, and what they were promised for it.

Data first: each `Pattern` is a regular expression with the reason why it means what it means, and why it is not wider.
Negation ("没人让我打满分"), questions and mere suppositions are looked for in the clause around a match, since they are
said in many more ways than the thing itself.

References
----------
Chapman et al. (2001), "A simple algorithm for identifying negated findings", Journal of Biomedical Informatics 34: a
trigger is affirmed unless a negator stands before it within its clause.
"""

# ruff: noqa: E501 - a pattern broken over lines cannot be read
import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from detectors.core.instruments.folding import plain


class Tale(StrEnum):
    """What a customer tells."""

    TOLD = "told"
    GIFT = "gift"


@dataclass(frozen=True)
class Pattern:
    """One way of telling.

    Parameters
    ----------
    tale
        What it tells.
    expression
        The regular expression, on text in normal width, lower case and simplified characters. It stays within one
        sentence: it never crosses a full stop.
    why
        Why it means that, and what it leaves out.
    negative
        Whether a negator belongs to what is told ("not ten, no voucher") instead of denying it.
    """

    tale: Tale
    expression: re.Pattern[str]
    why: str
    negative: bool = False


# Building blocks. 十分 is also an adverb ("十分满意"), so as a score it needs a verb of scoring before it and no
# adjective after it.
_SCORE = (
    r"(?:(?:十|10)\s?分(?![\u4e00-\u9fff])|(?:十|10)\s?分(?=就|送|才|给|的话|了|吧|能|可以|以上|抽|换|呗|他|行|不|要|吗|么)"
    r"|满分|全分|高分|最高|全优|好评|五星|5星)"
)
_TOP_WORD = r"(?:(?:非常|特别|十分|完全|都|很|全部?|最)满意|好话)"
_GRADE = r"(?:打|给|评|选|报|填|按|写)"
_SAY = r"(?:说|答|回答|讲|选|评价?|打|给|填|回复)"
_GAP = r"[^,.。!?;…\n]"
# 请 and 麻烦 alone ask the interviewer; 请我 is what the dealer did.
_MAKE = r"(?:让|叫|喊|劝|要求|求着?|教|嘱咐|交代|叮嘱|提醒|暗示|(?:拜托|麻烦|请|要)(?=我))"
_ME = r"(?:我们?|俺|咱们?|客户|车主|家里人)"
_WHO = r"(?:他们?|她们?|店里?|4s店|销售|顾问|经理|业务员|小姑娘|小伙子?|前台|师傅|店员|工作人员|服务员|人家|接待\S{0,4}人|人员)"
_GIFT = (
    r"(?:保养|洗车|机油|玻璃水|油卡|加油卡|购物卡|礼品|礼物|小礼|红包|券|代金|现金|脚垫|贴膜|工时|家电|四轮定位|检测|积分|抽奖"
    r"|东西|话费|返现|百块|块钱|元|奖|卡|定位|雨刮|香薰|打蜡|行李箱|垫|牛奶|充电|额度|抵扣)"
)
_GIVE = r"(?:送|返|换|领|抽|免|赠|奖励?|报销|减|给(?!我?们?打)|发)"

_TEN = r"(?:(?:all )?(?:10s?|tens?)\b|full marks?|full score|perfect|five stars?|5 stars?|highest|top (?:score|marks?)"
_TEN += r"|(?:very|completely|extremely) satisfied|excellent)"
_STAFF = r"(?:they|he|she|dealer(?:ship)?|sales\w*(?: guy| man| person)?|staff|advis[eo]r|manager|guy|lady|shop|store)"


def _compiled(expression: str) -> re.Pattern[str]:
    # ASCII word boundaries, so that an English word may follow a Chinese one.
    return re.compile(expression, re.ASCII)


PATTERNS: tuple[Pattern, ...] = (
    Pattern(
        Tale.TOLD,
        _compiled(rf"{_MAKE}(?:帮忙?)?{_ME}?{_GAP}{{0,8}}?{_GRADE}{_GAP}{{0,5}}?{_SCORE}"),
        "Someone made the customer give a score: a causative verb, a verb of scoring, a top score.",
    ),
    Pattern(
        Tale.TOLD,
        _compiled(
            rf"(?<!要)(?:让|叫|要求|求着?|教|嘱咐|交代|叮嘱){_ME}?(?!{_GAP}{{0,3}}说的话)(?!说就)[^,.。!?;…\n的]{{0,5}}?{_SAY}(?:{_GAP}{{0,3}}?{_TOP_WORD}|满意(?![的吗么不]))"
        ),
        "Someone made the customer *say* to be satisfied. 让我非常满意 (it made me satisfied) has no verb of saying.",
    ),
    Pattern(
        Tale.TOLD,
        _compiled(rf"(?:让|叫|喊|要(?=我)|要求|求|教|嘱咐|交代|叮嘱){_ME}?{_GAP}{{0,4}}?说{_GAP}{{0,2}}?{_SCORE}"),
        "Someone made the customer say a score.",
    ),
    Pattern(
        Tale.TOLD,
        _compiled(
            rf"(?:教|交代)(?:过|了)?{_ME}?{_GAP}{{0,2}}?(?:怎么|如何){_GAP}{{0,2}}?(?:回答|答|说|打分|评分|评价)"
        ),
        "Someone taught the customer how to answer.",
    ),
    Pattern(
        Tale.TOLD,
        _compiled(
            rf"{_WHO}(?:[跟和对]我们?)?[^,.。!?;…\n我]{{0,6}}?(?:说|交代|讲|通知|微信){_GAP}{{0,10}}?(?:{_GRADE}|答|[要得就都]说){_GAP}{{0,4}}?{_SCORE}"
        ),
        "The dealer's people said a score to give. What the customer says of the own score ('我说打十分') has no such speaker.",
    ),
    Pattern(
        Tale.TOLD,
        _compiled(rf"(?:交代|嘱咐|叮嘱)(?:好|过|了)*{_ME}?[^.。!?…\n得]{{0,5}}?{_GRADE}{_GAP}{{0,3}}?{_SCORE}"),
        "An instruction (交代, 嘱咐) needs no speaker named.",
    ),
    Pattern(
        Tale.TOLD,
        _compiled(
            rf"(?:说|讲){_GAP}{{0,6}}?(?:每[项题个]|全部?|都){_GAP}{{0,4}}?(?:要|得|必须)?{_GAP}{{0,2}}?(?:十|10)分才"
        ),
        "Every item 'must be ten to count' is a dealer's rule, not a customer's.",
    ),
    Pattern(
        Tale.TOLD,
        _compiled(
            r"(?:都|全)[^.。!?…\n]{0,3}?(?:(?:十|10)\s?分|10|满分)[^.。!?…\n]{0,8}?(?:交代|吩咐|叮嘱|打过?招呼|提醒(?=过?我|过|了))"
        ),
        "All tens, and that somebody has spoken to the customer before.",
    ),
    Pattern(
        Tale.TOLD,
        _compiled(
            r"(?:低于|少于|不到|不是|没有|不够|不打|不给)(?:十|10|满)分[^.。!?…\n]{0,8}?(?:扣|罚|处罚|不及格|考核|挨批|没奖金)"
        ),
        "The customer was told what a lower score costs the staff.",
    ),
    Pattern(
        Tale.TOLD,
        _compiled(r"(?:九|9|八|8)分[^.。!?…\n]{0,5}?(?:不及格|不合格|没用|要扣|扣钱|被?罚)"),
        "'Nine is a fail' is a dealer's rule, not a customer's.",
    ),
    Pattern(
        Tale.TOLD,
        _compiled(
            rf"\b(?:told|tell|tells|asked|asks|wanted|begged|instructed|coached|urged|requested|reminded)\b"
            rf"(?: (?:me|us|customers|my \w+))?[^.!?;,]{{0,12}}? to (?:please |just |always )?"
            rf"(?:give|rate|score|say|answer|put|choose|select|mark)[^.!?;,]{{0,25}}?{_TEN}"
        ),
        "English: someone asked the customer to give a top score.",
    ),
    Pattern(
        Tale.TOLD,
        _compiled(rf"\b(?:asked|begged|pleaded|pushed|pressed)\b(?: me| us)?[^.!?;,]{{0,8}}? for (?:a |all )?{_TEN}"),
        "English: asked for full marks.",
    ),
    Pattern(
        Tale.TOLD,
        _compiled(
            rf"{_STAFF} (?:said|says|told me|told us)[^.!?;,]{{0,10}}?(?:should|must|have to|need to|to) (?:give|rate|answer|say)[^.!?;]{{0,20}}?{_TEN}"
        ),
        "English: the dealer's people said what to answer.",
    ),
    Pattern(
        Tale.TOLD,
        _compiled(r"\b(?:told|instructed|coached)\b(?: me| us)? (?:what|how) to (?:say|answer|rate|score|respond)"),
        "English: told what to say.",
    ),
    Pattern(
        Tale.GIFT,
        _compiled(
            rf"(?:{_GRADE}|答应|回答|说){_GAP}{{0,5}}?(?:{_SCORE}|满意){_GAP}{{0,8}}?{_GIVE}{_GAP}{{0,7}}?{_GIFT}"
        ),
        "A score, and in the same breath what is given for it. Praise and a gift in two clauses is an honest customer's list.",
    ),
    Pattern(
        Tale.GIFT,
        _compiled(
            rf"(?:说|答应|承诺|让|叫|要求|截图)[^.。!?…\n]{{0,6}}?(?:{_SCORE}|满意)[^.。!?…\n]{{0,8}}?{_GIVE}[^.。!?…\n]{{0,7}}?{_GIFT}"
        ),
        "Somebody's promise: a score and its reward, a comma between them allowed.",
    ),
    Pattern(
        Tale.GIFT,
        _compiled(
            rf"{_GIVE}{_GAP}{{0,5}}?{_GIFT}[^.。!?…\n]{{0,6}}?(?:让|叫|要求|换取?|求|前提是|条件是|必须){_GAP}{{0,5}}?"
            rf"(?:{_GRADE}{_GAP}{{0,4}}?{_SCORE}|说{_GAP}{{0,3}}?满意|好评|满分)"
        ),
        "The reward first: it needs a word of demand or exchange before the score.",
    ),
    Pattern(
        Tale.GIFT,
        _compiled(
            rf"(?:{_GRADE}|答|说|讲){_GAP}{{0,3}}?{_SCORE}(?:的话)?(?:就|才|能|可以|可|会)?(?:送|领|换|给(?!我?们?打)|拿|抽|返|(?<!好评)(?<!五星)有(?={_GAP}{{0,8}}{_GIFT}))"
        ),
        "A score, and at once what it brings: 'ten and they give', whatever it is.",
    ),
    Pattern(
        Tale.GIFT,
        _compiled(
            rf"(?:如果|要是)?(?:不是|没有?|不打|不给|低于|少于|不到)(?:十|10|满)分{_GAP}{{0,12}}?(?:不给|没了|没有了|不送|拿不到|取消|作废|泡汤)"
        ),
        "Less than full marks, and it is gone.",
        negative=True,
    ),
    Pattern(
        Tale.GIFT,
        _compiled(
            rf"(?:答应|承诺|说好|说要){_GAP}{{0,3}}?{_GIVE}[^.。!?…\n]{{0,16}}?(?:分不能低|{_GRADE}{_GAP}{{0,4}}?{_SCORE})"
        ),
        "A promise, and the marks that it is for.",
        negative=True,
    ),
    Pattern(
        Tale.GIFT,
        _compiled(rf"凭{_GAP}{{0,4}}?(?:截图|记录|录音|短信){_GAP}{{0,4}}?(?:领|换|兑|拿)"),
        "A reward that is handed out against proof of the interview.",
    ),
    Pattern(
        Tale.GIFT,
        _compiled(rf"{_SCORE}[^.。!?…\n]{{0,6}}?{_GIFT}{_GAP}{{0,4}}?(?:等着|别忘|记得|什么时候|啥时候)"),
        "The customer gave the marks and waits for the reward.",
    ),
    Pattern(
        Tale.GIFT,
        _compiled(r"(?:好评|五星|满分)(?:返现?|有礼|领|换|送)"),
        "Set phrases of the trade: cash back for praise.",
    ),
    Pattern(
        Tale.GIFT,
        _compiled(
            rf"(?:十|10|满)分的话{_GAP}{{0,5}}?(?:下次)?(?:保养|洗车|检测)?{_GAP}{{0,2}}?{_GIVE}{_GAP}{{0,5}}?{_GIFT}"
        ),
        "'Ten, and next time no labour charge': the condition without a verb.",
    ),
    Pattern(
        Tale.GIFT,
        _compiled(
            rf"\b(?:free|gift|voucher|coupon|discount|cash|fuel card|present|reward)\b[^.!?;]{{0,25}}?\b(?:if|for|when)\b[^.!?;]{{0,20}}?{_TEN}"
        ),
        "English: something free for full marks.",
    ),
    Pattern(
        Tale.GIFT,
        _compiled(
            rf"{_TEN}[^.!?;]{{0,15}}?(?:and|,|then)[^.!?;]{{0,15}}?(?:get|gets|receive|win|give me|gave me)[^.!?;]{{0,15}}?(?:free|gift|voucher|coupon|discount|cash|card)"
        ),
        "English: full marks and you get something.",
    ),
    Pattern(
        Tale.GIFT,
        _compiled(
            rf"\bif (?:i|we) [^.!?;]{{0,20}}?{_TEN}[^.!?;]{{0,12}}?(?:get|receive|win)[^.!?;]{{0,15}}?(?:free|gift|voucher|coupon|discount|cash|card)"
        ),
        "English: somebody's condition, in the customer's words.",
    ),
)
"""Every way of telling."""

NEGATORS = re.compile(
    r"没人|没有|没(?!想到|得说|话说|办法)|不是(?!(?:十|10|满)分)|并非|从未|从不|未曾|不曾|不会|不用|别人没|哪有|无人|谁也不|不需要|不存在"
    r"|\b(?:nobody|no one|no-one|none|never|not|neither|without)\b|n't\b|\bno (?:staff|sales|adviser|pressure)",
    re.ASCII,
)
"""Words that deny what follows them in their clause."""

QUESTIONS = re.compile(r"^[^,.。!;…\n]{0,8}[?？]|^[^,.。!;…\n]{0,4}(?:吗|么|没有)(?:[,.。!?;…\n]|$)")
"""What follows a match if it was a question."""

ASKING = re.compile(
    r"有没有|是不是|是否|会不会|有无|你问|您问|\b(?:did|do|does|has|have) (?:they|he|she|anyone|anybody|the)\b|whether",
    re.ASCII,
)
"""What stands before a match if it was a question."""

SUPPOSING = re.compile(
    r"(?:如果|要是|假如|假设|万一|除非|就算|哪怕)[^,.。!?;…\n]{0,6}$|\bif (?:they|he|she|someone|anyone|the)\b[^.!?;,]*$|\bwould\b[^.!?;,]*$",
    re.ASCII,
)
"""What stands before a match if it was only supposed."""

PUBLIC = re.compile(
    r"抖音|点评|美团|小红书|朋友圈|扫码|微博|快手|高德|地图|网上|\b(?:google|yelp|online|facebook|tiktok|dianping)\b",
    re.ASCII,
)
"""What is said of a reward for a public review: it is offered openly to everybody, and says nothing of the interview."""

ELSEWHERE = re.compile(
    r"别家|别的(?:店|品牌|牌子|4s)|另外(?:一|那)|其他(?:店|家|品牌|牌子)|那个牌子|上一家|以前那家|另一家"
    r"|\b(?:other|another|previous|last) (?:dealer|brand|shop|store|garage)",
    re.ASCII,
)
"""What is said of another dealer."""

_CLAUSE_END = re.compile(r"[,.。!?;…\n]")
# Cheap and wide: every pattern needs one of these words, as typed, and most open answers have none.
_WORTH_FOLDING = (
    r"[分評评星話话１凭憑优優]|怎么|怎麼|如何|[说說答讲講填选選价價按写寫報报送返换換領领抽免赠贈奖獎减減发發].*[满滿]意"
    r"|[Tt][Ee][Nn]|10|[Ff][Uu][Ll][Ll]|[Pp][Ee][Rr][Ff]|[Ss][Tt][Aa][Rr]|[Tt][Oo][Pp]|[Hh][Ii][Gg][Hh]|[Ss][Aa][Tt][Ii]"
    r"|[Ee][Xx][Cc][Ee]|[Tt][Oo] |[^\x00-\x7f\x{2000}-\x{206f}\x{3000}-\x{303f}\x{4e00}-\x{9fff}\x{ff00}-\x{ff0f}\x{ff1a}-\x{ff20}]"
)
# And one of these combinations, once they are folded; how far apart they may stand, is not counted here, which is slow.
_WORTH_READING = (
    r"凭.*[领换兑拿]|(?:[打给评选报填按写说答讲价都全]|回复).*(?:[十全高满]分|全优|10|最高|好评|[五5]星|满意|好话)|[九九八98十满到于是有够]0?分.*[扣罚才不没挨考]"
    r"|[十0满]分的话|(?:怎么|如何).*(?:回?答|说|打分|评)|(?:好评|五星|满分).?[返有领换送]|满意.*[送返换领抽免赠奖减发]"
    r"|[送返换领抽免赠奖减发].*(?:好评|满分|满意)"
    r"|(?:\b10s?\b|tens?\b|full|perfect|stars?|highest|top|satisfied|excellent|to say|to answer|to rate|to score|to respond)"
)

# An escape, a class of characters, the beginning of a look around, or a parenthesis.
_PIECES = re.compile(r"\\.|\[(?:\\.|[^\]])*\]|\(\?<?[=!]|\(|\)")


def tales(text: str) -> set[Tale]:
    """Return what one text tells; nothing if it is denied, asked or only supposed.

    Parameters
    ----------
    text
        An open answer.

    Examples
    --------
    >>> sorted(tales("他们说打十分送保养"))
    [<Tale.GIFT: 'gift'>, <Tale.TOLD: 'told'>]
    >>> tales("没人让我打满分"), tales("服务让我非常满意"), tales("提车送了脚垫，给个好评")
    (set(), set(), set())
    >>> sorted(tales("Sales asked me to give 10")), tales("nobody told me what to say")
    ([<Tale.TOLD: 'told'>], set())
    """
    return _tales(plain([text])[0])


def read(texts: "pd.Index[str]") -> NDArray[np.bool_]:
    """Return what each text tells.

    Parameters
    ----------
    texts
        Open answers, none missing.

    Returns
    -------
    numpy.ndarray
        Shape (texts, tales), the tales in the order of `Tale`.
    """
    telling = np.zeros((len(texts), len(Tale)), dtype=bool)
    typed = pa.array(texts, pa.large_string())
    worth_folding = np.flatnonzero(pc.match_substring_regex(typed, _WORTH_FOLDING).to_numpy(zero_copy_only=False))
    folded = plain(typed.take(pa.array(worth_folding)).to_pylist())
    words = pa.array(folded, pa.large_string())
    worth_reading = pc.match_substring_regex(words, _WORTH_READING).to_numpy(zero_copy_only=False)
    read = np.flatnonzero(worth_reading)
    words, origin = words.take(pa.array(read)), worth_folding[read]
    for pattern in PATTERNS:
        column = list(Tale).index(pattern.tale)
        near = pc.match_substring_regex(words, _without_lookaround(pattern.expression)).to_numpy(zero_copy_only=False)
        for row in np.flatnonzero(near & ~telling[origin, column]).tolist():
            telling[origin[row], column] = _tells(folded[read[row]], pattern)
    return telling


@cache
def _without_lookaround(expression: re.Pattern[str]) -> str:
    """Return an expression that matches wherever this one does, and that Arrow's regular expressions can read."""
    kept, depth, at = "", 0, 0
    for found in _PIECES.finditer(expression.pattern):
        piece = found.group()
        kept += expression.pattern[at : found.start()] if not depth else ""
        if depth or piece.startswith("(?"):
            depth += piece.startswith("(") - (piece == ")")
        else:
            kept += piece
        at = found.end()
    return kept + expression.pattern[at:]


def _tales(text: str) -> set[Tale]:
    return {pattern.tale for pattern in PATTERNS if _tells(text, pattern)}


def _tells(text: str, pattern: Pattern) -> bool:
    found = (match for match in pattern.expression.finditer(text) if _affirmed(text, match, pattern.negative))
    return any(pattern.tale is not Tale.GIFT or not _of_a_public_review(text, match) for match in found)


def _of_a_public_review(text: str, match: re.Match[str]) -> bool:
    rest = _CLAUSE_END.search(text, match.end())
    return PUBLIC.search(_clause_to(text, match) + text[match.end() : rest.start() if rest else None]) is not None


def _affirmed(text: str, match: re.Match[str], negative: bool) -> bool:
    """Tell whether the clause around a match affirms it."""
    before = _clause_to(text, match)[: -len(match.group())]
    after = text[match.end() :]
    # A denial may stand inside the match too, before the score itself: 销售没要求我打满分.
    head = before + match.group()[: max(len(match.group()) - 3, 1)]
    if ELSEWHERE.search(before + match.group()):
        return False
    if not negative and (NEGATORS.search(before) or _denied_inside(match.group())):
        return False
    asked = QUESTIONS.search(after) or (not negative and ASKING.search(head))
    return not asked and not SUPPOSING.search(before)


def _clause_to(text: str, match: re.Match[str]) -> str:
    """Return the match and what stands before it in its clause."""
    ends = [end.end() for end in _CLAUSE_END.finditer(text, 0, match.start())]
    return text[ends[-1] if ends else 0 : match.end()]


def _denied_inside(told: str) -> bool:
    found = NEGATORS.search(told)
    # "No ten, no bonus" begins with its negator and is a threat, not a denial.
    return found is not None and found.start() > 0
