"""What people write in public about a dealer."""

from benchmarks.other_hands import phrases
from benchmarks.other_hands.chance import Dice
from benchmarks.other_hands.grammar import Grammar, typed
from benchmarks.other_hands.sayings import GRAMMAR, Teller, say

DEFAULTS = ("此用户没有填写评价。", "系统默认好评", "用户未及时评价，系统默认好评！", "好评", "默认好评")
_OPENINGS = (
    "",
    "",
    "",
    "提车作业来了。",
    "来交作业。",
    "第一次写点评。",
    "老车主了，",
    "朋友介绍来的，",
    "离单位近所以选了这家。",
    "周末带家人去的。",
    "看了好几家最后定在这里。",
    "在网上看的价格过来的。",
    "保养完随手写两句。",
    "等保养的时候无聊写一个。",
    "排了半天队，",
)
_ENDINGS = (
    "",
    "",
    "",
    "",
    "总之推荐。",
    "下次还来。",
    "供大家参考。",
    "给个好评。",
    "不会再来了。",
    "有事问我可以。",
    "祝生意兴隆。",
    "希望改进。",
    "以上。",
    "👍",
    "五星。",
)

_CONTEST = Grammar(
    {
        "who": phrases.PEOPLE,
        "tag": ("#我的提车日记#", "#晒单有礼#", "#爱车新家#", "#金秋提车季#"),
        "body": (
            "在<shop>提了新车，{who}服务特别好，环境也好，推荐大家来看看",
            "打卡<shop>！店里环境好，{who}专业又热情，必须五星",
            "感谢<shop>的{who}，从看车到提车都很顺利，晒个单",
            "<shop>真不错，{who}讲得细，价格也给力，五星好评",
            "今天来<shop>保养，{who}接待的，水果饮料都有，晒图领奖品啦",
            "参加<shop>晒单活动，实话说服务是可以的，{who}人很好",
        ),
    }
)
_CLUB = Grammar(
    {
        "who": (
            "跟着车友会",
            "和群里的兄弟们",
            "同款车主们约好",
            "几十台车",
            "群主带队",
            "车队",
            "我们俱乐部",
            "一帮老车友",
        ),
        "came": (
            "来的",
            "过来检测",
            "到这里集合",
            "一起来做保养",
            "在店里搞活动",
            "来玩了一天",
            "把车都查了一遍",
            "来听讲座",
        ),
        "why": (
            "周末车友活动",
            "自驾游出发前",
            "年会",
            "店里请车友吃烧烤",
            "给车做体检",
            "改装交流会",
            "新款到店品鉴",
        ),
        "what": (
            "人多但是安排得过来",
            "认识了不少人",
            "店家挺舍得",
            "孩子也玩得开心",
            "抽奖没抽中",
            "长知识了",
            "停车场都停满了",
        ),
    }
)
_BOUGHT = Grammar(
    {
        "what": ("买车", "保养", "维修", "提车", "看车"),
        "first": (
            "这家店的服务真的很棒",
            "强烈推荐这家店",
            "在这里{what}体验超级好",
            "朋友推荐来{what}的，果然没失望",
            "店面大气上档次",
            "服务没得挑",
        ),
        "then": (
            "销售小哥哥非常专业耐心",
            "工作人员热情周到，有问必答",
            "技师手艺好，很放心",
            "价格透明没有套路",
            "整个{what}流程很顺畅",
            "接待特别热情，端茶倒水",
            "车型齐全，优惠力度大",
            "环境干净整洁，还有下午茶",
        ),
        "last": (
            "下次还会再来",
            "值得信赖",
            "推荐给身边的朋友",
            "五星好评",
            "以后{what}就认准这家了",
            "必须给个好评",
            "性价比很高",
        ),
    }
)
_FRIENDLY = (
    "{who}人特别好，{kind}，推荐找他",
    "一直在这里保养，{who}很负责",
    "服务好，环境好，{who}给力",
    "这家店可以的，{kind}",
    "很满意，{who}辛苦了",
    "找{who}准没错",
    "第二次来了，还是那么好",
    "好店，支持",
    "全家的车都在这买的，放心",
    "本地最好的店，没有之一",
    "{who}{kind}，必须五星",
)
_BURYING = (
    "服务很好，非常满意",
    "很不错的店，态度很好",
    "好评，五星推荐",
    "保养很快，价格合理",
    "{who}很专业，赞一个",
    "体验很好，没有网上说的那些问题",
    "不知道为什么有人给差评，我觉得挺好的",
    "环境好服务好",
    "一如既往的好",
)


def honest(teller: Teller, dice: Dice) -> str:
    """Return a customer's review of a visit."""
    if dice.happens(0.14):
        return dice.pick(DEFAULTS)
    parts = [say(teller, dice) for _ in range(1 if dice.happens(0.55) else 2)]
    return (
        dice.pick(_OPENINGS)
        + "。".join(dict.fromkeys(part.rstrip("。!！~…") for part in parts))
        + "。"
        + _ending(teller, dice)
    )


def _ending(teller: Teller, dice: Dice) -> str:
    ending = dice.pick(_ENDINGS)
    glad = ending in ("不会再来了。", "希望改进。")
    return "" if glad == (teller.content > 7.5) else ending


def club(dice: Dice) -> str:
    """Return what somebody writes whose car club had its day at the dealer's, each in their own words."""
    first = _CLUB.say(dice.pick(("{who}{came}", "{came}", "{why}{came}", "{why}，{what}")), dice)
    return typed(GRAMMAR.say(first + dice.pick(("，", "。", "，", " ")) + _impression(dice), dice), dice)


def _impression(dice: Dice) -> str:
    return dice.pick(dice.pick((phrases.PLACE, phrases.CAR, phrases.SHORT_PRAISE, phrases.WARM, phrases.STORY)))


def contest(shop: str, dice: Dice) -> str:
    """Return an entry to a dealer's contest for the reviews of its customers."""
    text = _CONTEST.say("{body}", dice).replace("<shop>", shop)
    return (_CONTEST.say("{tag}", dice) if dice.happens(0.6) else "") + typed(text, dice)


def bought(dice: Dice) -> str:
    """Return a text of an agency that sells reviews."""
    return (
        _BOUGHT.say(
            dice.pick(("{first}，{then}，{last}", "{first}，{then}！{last}", "{then}，{last}", "{first}。{then}。")),
            dice,
        )
        + "。"
    )


def friendly(dice: Dice) -> str:
    """Return what a friend of the house writes."""
    return typed(GRAMMAR.say(dice.pick(_FRIENDLY), dice), dice)


def burying(dice: Dice) -> str:
    """Return what is written to bury a bad review."""
    return typed(GRAMMAR.say(dice.pick(_BURYING), dice), dice)
