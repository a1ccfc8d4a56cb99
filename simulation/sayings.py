# ruff: noqa: E501 - Chinese characters count as two columns, and one line per slot reads best
"""What is said and written much in one piece, by its occasion. Data only; `simulation.verbatims` speaks."""

SHORT_GOOD = (
    "挺好", "没什么意见", "满意", "很好", "没有", "都挺好的", "无", "不错", "挺好的", "没意见", "服务很好", "非常满意", "都好", "可以", "好",
    "还可以", "没有不满意的", "挺满意的", "服务态度好", "没有了", "都不错", "暂时没有", "没什么", "很满意", "蛮好的", "好的", "没啥", "没啥意见",
    "都很好", "态度好", "服务周到", "一切都好", "没有什么建议", "没毛病", "ok", "很好，没有意见", "挺好，没啥说的", "中", "要得", "杠杠的",
)  # fmt: skip
SHORT_MIXED = (
    "一般",
    "还行",
    "还可以吧",
    "马马虎虎",
    "就那样",
    "没什么特别的",
    "凑合",
    "说不上来",
    "不好说",
    "没有",
    "无",
    "没啥感觉",
    "正常",
    "都差不多",
)
SHORT_BAD = (
    "不满意",
    "太差了",
    "不想说了",
    "慢",
    "贵",
    "态度差",
    "不怎么样",
    "很失望",
    "没解决问题",
    "不想评价",
    "别提了",
    "等太久",
)
NOBODY_TOLD = (
    "没人让我这么打分", "没有人教我怎么说", "不是他们让我打的，我自己觉得好", "销售没要求我打满分", "没人跟我说要打十分",
    "他们没让我说什么", "没收什么礼品，就是服务好", "不是因为送东西才打高分的", "没有谁提前打招呼", "你问有没有人让我打高分，没有",
    "nobody told me what to say", "他们只说会有回访，没说打几分", "我打十分是真心的，不是别人教的", "没有送东西，也没有要求好评",
)  # fmt: skip
HONEST_GIFT = (
    "提车送了脚垫和贴膜", "生日还送了小礼物", "店庆有抽奖，抽到一把雨伞", "买车的时候谈好送两次保养", "送了一箱水", "首保免费", "来就送一次洗车",
    "充值送工时那个活动挺划算", "中秋给了盒月饼", "保养有积分可以换东西", "谈价时送了行车记录仪",
)  # fmt: skip
REMINDED = (
    "顾问说过会有人打电话回访", "店里提醒过接厂家电话", "他们说会有个满意度调查", "走的时候说让我如实评价", "短信说过会回访",
    "销售说有什么不满意先跟他讲", "说了会来电话，让我有空接一下",
)  # fmt: skip

WHO_TOLD = (
    "他们",
    "店里",
    "销售",
    "那个顾问",
    "服务顾问",
    "小姑娘",
    "经理",
    "接待我的人",
    "4S店",
    "走的时候店里",
    "提车时销售",
    "前台",
    "师傅",
)
ASKED_TEN = (
    "说打十分", "让我打满分", "让我说特别满意", "叫我都说十分", "说电话来了就打10分", "交代过都给满分", "说低于十分要扣他们钱",
    "让我都回答非常满意", "说九分就算不及格", "求我给个十分", "发微信让我全部打十分", "说不是十分他要罚款", "让帮忙打满分",
    "教我怎么回答的", "说每项都要十分才行", "特意打电话让我说满意", "told me to give ten", "asked for full marks",
)  # fmt: skip
PROMISED = (
    "打满分送保养", "说给十分就送一次洗车", "说好评送机油", "答应全十分送脚垫", "说打十分给两百块油卡", "给满分送工时券", "说满意就返红包",
    "说满分能换个小家电", "让我打十分，送玻璃水", "十分的话下次保养免工时费", "截图满分领礼品", "说十分抽奖", "答应了送我一次四轮定位",
    "free wash if I give ten", "gift for full marks",
)  # fmt: skip
TOLD_LEADS = (
    "",
    "",
    "",
    "哦，",
    "那个，",
    "反正",
    "不瞒你说，",
    "我跟你说，",
    "其实",
    "是这样，",
    "你们不是要调查吗，",
    "嗯，",
    "我也不懂，",
)
TOLD_ENDS = (
    "",
    "",
    "",
    "，那就都十分吧",
    "，就这样",
    "，我就给了",
    "，无所谓",
    "，你就写满分",
    "，行不行",
    "，不知道为啥",
    "，别说是我说的",
    "，我也不好意思不给",
    "，挺烦的",
)

ENGLISH_OPENERS = (
    "",
    "",
    "",
    "Overall ",
    "Honestly, ",
    "I think ",
    "To be fair, ",
    "For me ",
    "As a foreigner here, ",
    "This time ",
    "Well, ",
)
ENGLISH_GOOD = (
    "the staff", "the sales guy", "my adviser", "the service", "the waiting area", "the mechanic", "the whole process", "the handover", "the team",
    "the test drive", "the price", "communication", "the front desk",
)  # fmt: skip
ENGLISH_GOOD_SAID = (
    " was very friendly", " was great", " is professional", " was really helpful", " was quick", " is very good", " was patient with me",
    " was clear and honest", " was smooth", " is better than other places", " was excellent", " was fine, no problem",
)  # fmt: skip
ENGLISH_BAD_SAID = (
    " was too slow", " was disappointing", " is too expensive", " was rude", " did not solve my problem", " kept me waiting", " was not clear",
    " needs improvement", " ignored me", " was a mess",
)  # fmt: skip
ENGLISH_ENDS = (
    "",
    "",
    ".",
    ".",
    "!",
    ", thanks",
    ", will come again",
    ", nothing else",
    ", that's all",
    ", I would recommend it",
)
ENGLISH_BAD_ENDS = ("", ".", ".", ", please fix it", ", not happy", ", I had to come back", ", will go elsewhere")
MIXED_IN = (
    "service很nice",
    "态度OK",
    "效率很high",
    "整体very good",
    "体验感不错，nice",
    "给个good",
    "环境很cozy",
    "顾问很professional",
    "价格reasonable",
)

NOTE_TAKERS = (
    ("", "", ""),
    ("", "客户表示", "客户说"),
    ("", "车主反映", "车主觉得"),
    ("用户：", "", "用户认为"),
    ("", "觉得", "感觉"),
)
"""How interviewers write down what they hear, by style."""

PROMOTIONS = (
    "店庆",
    "五一活动",
    "国庆促销",
    "周年庆",
    "夏季免费检测",
    "新车上市活动",
    "老客户答谢日",
    "团购会",
    "试驾嘉年华",
    "冬季关怀",
)
PROMOTION_SAID = (
    "来参加{}的，", "{}人真多，", "赶上{}，", "因为{}来的，", "{}领了小礼品，", "{}优惠力度可以，", "店里搞{}，", "冲着{}来的，", "朋友拉来参加{}，",
    "{}现场挺热闹，", "收到{}的短信，",
)  # fmt: skip
PLATFORM_DEFAULTS = (
    "此用户没有填写评价。",
    "系统默认好评",
    "好评",
    "很好",
    "不错",
    "推荐",
    "五星好评",
    "服务好",
    "满意",
    "good",
    "👍",
)
COMPLAINT_LEADS = (
    "客户来电反映：",
    "客户投诉，",
    "车主称",
    "",
    "",
    "本人在贵店",
    "客户表示",
    "多次沟通未果，",
    "要求厂家介入，",
    "微信留言：",
)
