"""What customers say who were asked for marks, whoever answers in a customer's place, and whoever invents an answer."""

from benchmarks.other_hands import phrases
from benchmarks.other_hands.chance import Dice
from benchmarks.other_hands.grammar import Grammar, typed

_SLOTS = Grammar(
    {
        "who": phrases.PEOPLE,
        "he": ("{who}", "店里", "销售", "他们", "那边", "服务顾问", "4S店", "卖车的"),
        "ten": ("十分", "10分", "满分", "最高分", "最高的", "十分十分"),
        "gift": (
            "一次保养",
            "一桶机油",
            "两百块油卡",
            "洗车卡",
            "一箱玻璃水",
            "车载香水",
            "一百块加油券",
            "贴膜升级",
            "一套脚垫",
            "小家电",
            "五百积分",
            "工时券",
            "一次打蜡",
            "京东卡",
        ),
        "end": ("", "", "吧", "就是了", "，我无所谓", "，帮个忙嘛", "，都不容易", "，你记一下"),
    }
)

TOLD: dict[str, tuple[str, ...]] = {
    "phone script": (
        "{he}打电话跟我讲了，问起来都说好{end}",
        "昨天{he}打过电话，说你们会打来，都给{ten}{end}",
        "你直接都写{ten}吧，{he}交代过的",
        "是不是问满意不满意？都满意，{he}跟我对过了",
        "电话里{he}一条一条教我怎么答的",
    ),
    "card at the handover": (
        "提车那天给了张卡片，上面写着怎么回答",
        "有个小卡片，写了非常满意四个字，让我照着说",
        "我照卡上念行不行，都是{ten}",
        "车里放了张温馨提示，说接到电话请打{ten}",
    ),
    "one adviser": (
        "{who}让我帮忙打{ten}，我说行",
        "{who}跟我说了好几遍，一定要{ten}",
        "就是{who}求我给{ten}，小年轻不容易",
        "{who}说我是他这个月最后一个，帮忙给个{ten}",
    ),
    "weak plea": (
        "{who}说请多支持",
        "他们让多美言几句",
        "走的时候说麻烦给个好评",
        "说帮忙支持一下工作",
        "{who}说评价的时候高抬贵手",
    ),
    "pleads the fine": (
        "不打{ten}人家要扣钱的，算了都给{ten}{end}",
        "{who}说给九分都要罚他五百，那就{ten}{end}",
        "低了他奖金就没了，我哪好意思不给{ten}",
        "说是九分就算不合格，我才知道",
    ),
    "gift, told": (
        "说打{ten}送{gift}，什么时候能拿",
        "{he}答应给我{gift}的，{ten}没问题",
        "全部{ten}，我的{gift}别忘了",
        "给{ten}就有{gift}，何乐不为",
        "礼品还没拿到，说你们打完电话才给",
    ),
    "voucher for a screenshot": ("评完截图给{who}，换{gift}", "等会儿截个图是吧，{gift}要凭图领"),
    "points after the call": ("接完电话可以加积分", "说回访完了给我加{gift}"),
    "last week's calls": (
        "{he}说月底了，帮忙都给{ten}{end}",
        "{who}说还差几个{ten}，让我凑一凑",
        "月底冲一下嘛，我懂，都{ten}",
    ),
    "end of the quarter": ("{he}说这个季度就差一点，都给{ten}{end}", "季度考核，{who}打了两次电话来"),
    "when behind": ("{who}说这个月分数不够，请我给{ten}", "{he}急得不行，让我一定{ten}{end}"),
    "gifts of the last days": ("这几天打{ten}有{gift}", "{who}说月底前接到电话给{ten}就送{gift}"),
}
"""What somebody says who lets it out; a style that is not here is never told."""

TELLS = {
    "phone script": 0.06,
    "card at the handover": 0.05,
    "one adviser": 0.06,
    "weak plea": 0.03,
    "pleads the fine": 0.09,
    "gift, told": 0.11,
    "voucher for a screenshot": 0.04,
    "points after the call": 0.04,
    "last week's calls": 0.06,
    "end of the quarter": 0.05,
    "when behind": 0.05,
    "gifts of the last days": 0.08,
}
"""Share of open answers, of those who were asked, in which it is let out."""

REFUSED = (
    "让我打{ten}，我没理他，该多少是多少",
    "{he}要我都说{ten}，服务又没到那个份上",
    "打分还有教的，挺没意思",
    "{who}提前打招呼了，可我实话实说",
    "说给{gift}换{ten}，我不稀罕",
)
"""What somebody says who was asked and did not do it."""

HUSHED = (
    "没人跟我说过什么",
    "没有人教我，都是自己的想法",
    "他们没让我打{ten}啊，我自愿的",
    "没送东西，就是服务好",
    "没有没有，都是真心话",
)

_SCRIPT = (
    ("各方面都非常满意", "每个环节都非常满意", "从头到尾都非常满意", "非常满意，没有任何问题"),
    ("服务顾问热情专业", "接待人员热情周到", "工作人员态度热情", "服务人员专业细致"),
    ("讲解详细", "讲解非常清楚", "流程规范", "全程陪同讲解", "环车检查仔细"),
    ("交车准时", "按时交车", "环境舒适", "收费透明", "效率高"),
    ("会推荐给朋友", "下次还会来", "值得推荐", "以后都来这里"),
)
"""Clauses that shops put into their customers' mouths; each shop has its own choice of them."""

SCRIPTED = {
    "phone script": 0.35,
    "card at the handover": 0.3,
    "last week's calls": 0.3,
    "when behind": 0.2,
    "one adviser": 0.15,
}
"""Share of open answers, of those who did as they were asked, that follow the shop's words."""

_FRIEND = (
    "都好",
    "挺好的，没意见",
    "服务好，车也好",
    "很满意",
    "非常满意，{who}服务很好",
    "没问题，都满意",
    "可以，挺专业的",
    "服务到位，环境好",
    "好得很",
    "热情周到",
    "都很好，会再来",
    "没什么要改进的",
    "十分满意，点赞",
    "各方面都可以",
    "非常好，继续保持",
    "就是好",
    "都满意，还有别的吗",
)

_AT_THE_DESK = (
    "无",
    "没有",
    "挺好",
    "满意",
    "服务好",
    "都好",
    "没意见",
    "态度好",
    "很满意",
    "无意见",
    "客户满意",
    "比较满意",
)


def let_out(style: str, dice: Dice) -> str:
    """Return the sentence of somebody who tells that they were asked."""
    return typed(_SLOTS.say(dice.pick(TOLD[style]), dice), dice)


def refused(dice: Dice) -> str:
    """Return the sentence of somebody who was asked and would not."""
    return typed(_SLOTS.say(dice.pick(REFUSED), dice), dice)


def hushed(dice: Dice) -> str:
    """Return the sentence of somebody who was asked to say that nobody asked."""
    return typed(_SLOTS.say(dice.pick(HUSHED), dice), dice)


def scripted(shop: int, dice: Dice) -> str:
    """Return a shop's words as a customer remembers them.

    Parameters
    ----------
    shop
        Whose words.
    dice
        Source of chance.
    """
    own = Dice(shop * 977 + 5)
    words = [own.pick(clauses) for clauses in _SCRIPT]
    kept = [word for word in words if dice.happens(0.7)] or words[:1]
    if dice.happens(0.3):
        kept[-1] = dice.pick(dice.pick(_SCRIPT))
    return typed(dice.pick(("，", "，", "、")).join(kept), dice)


def friendly(dice: Dice) -> str:
    """Return what somebody says in a customer's place."""
    return typed(_SLOTS.say(dice.pick(_FRIEND), dice), dice)


def typed_at_the_desk(dice: Dice) -> str:
    """Return what an interviewer types for an interview that never was."""
    return dice.pick(_AT_THE_DESK)
