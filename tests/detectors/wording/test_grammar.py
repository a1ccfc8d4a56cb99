"""Customers who tell are understood, and those who deny, ask, suppose or merely praise are not mistaken for them."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.wording.grammar import PATTERNS, Tale, read, tales

TOLD = [
    "店里让我说特别满意",
    "销售求我打满分",
    "店里交代我每一项都打10分",
    "顾问发微信让我全部打十分",
    "不打满分他们要被扣钱",
    "顧問說打九分就算不及格",
    "提车那天经理拜托我给满分",
    "业务员教我怎么回答电话",
    "他们叫我给１０分",
    "接到电话前顾问就交代好了，全部打满分",
    "让我每个问题都回答非常满意",
    "Sales asked me to give 10",
    "The dealer told me to give all tens",
    "They asked for a perfect score",
    "they said I should give 10 for everything",
    "I was told to say very satisfied",
    "asked me to rate them 5 stars",
    "店员跟我说电话来了要说10分，不然扣她工资",
    "店长亲自打电话求打满分",
    "他们讲接到电话就全答十分，我就照说",
    "小邓要我都说满分",
    "顾问喊我全部打满分",
    "别一条条问了，都10，店里交代过的",
    "那个什么都十分，昨天打过招呼了",
]
GIFTS = [
    "他们说打十分送保养",
    "打满分的话送一次保养",
    "说好评返现五十块",
    "给了我一张油卡让我打十分",
    "服务顾问说给满分可以领礼品",
    "让我打十分，送玻璃水",
    "dealer promised a free car wash if I give full marks",
    "They gave me a voucher for a perfect score",
    "Dealer said if I give 10s I get a voucher",
    "都给十分就送一箱牛奶，那肯定给嘛",
    "答十分能领免费四轮定位，我就给了",
    "梁顾问说全优有免费四轮定位",
    "如果不是满分两百块油卡就不给了",
    "要是不是满分免费四轮定位就没了",
    "答应送我脚垫的，分不能低",
    "说是回访完了凭截图去领加油券",
    "都十分，洗车卡我等着用",
]
INNOCENT = [
    "没人让我打满分",
    "没有人要求我打十分",
    "他们没有让我说满意",
    "不是销售让我打十分的",
    "销售没要求我打满分",
    "nobody told me what to say",
    "No one asked me to give 10",
    "They didn't ask me to give ten",
    "有人让你打满分吗？没有",
    "是不是他们让我打满分？",
    "如果他们让我打满分我也不会打",
    "did they ask you to give ten? no",
    "服务让我非常满意",
    "他们的服务让我十分满意",
    "我给十分，非常满意",
    "服务好，我说打十分",
    "顾问讲得好，给满分",
    "让我说的话，非常满意",
    "要让我说就是非常满意",
    "请给他们打十分",
    "我要给他打满分",
    "交代得很清楚，满分",
    "店里说希望我们如实评价",
    "他们说会有个满意度调查",
    "十分满意，送了保养",
    "提车送了脚垫和贴膜，给个好评",
    "没收什么礼品，就是服务好",
    "不是因为送东西才打高分的",
    "前台十分热情，免费洗车很干净",
    "打十分，希望多送保养",
    "店里有抖音好评送小礼物的活动",
    "扫码五星好评送玻璃水",
    "They had a free gift if you leave five stars on Google",
    "顾问跟我说会有回访，十分周到",
    "他跟我说要说话算数，满分",
    "老客户介绍送积分，满分",
    "上次另外那个牌子的店还让打满分，这家没有",
    "店里搞夏季检测，送了张洗车券",
    "还送了洗车卡，挺好，满分",
    "谢谢店里的免费四轮定位",
    "给了好评有积分，不过我没参加",
    "说要送脚垫，还没去拿",
    "送的行车记录仪是合同里写的，十分满意",
    "They told me the car would be ready at ten",
    "told me to wait ten minutes, excellent coffee",
    "I would give ten if I could",
]


@pytest.mark.parametrize("text", TOLD)
def test_who_was_told_is_heard(text: str) -> None:
    assert Tale.TOLD in tales(text)


@pytest.mark.parametrize("text", GIFTS)
def test_who_was_promised_something_is_heard(text: str) -> None:
    assert Tale.GIFT in tales(text)


@pytest.mark.parametrize("text", INNOCENT)
def test_denial_question_supposition_and_praise_tell_nothing(text: str) -> None:
    assert tales(text) == set()


WHO = st.sampled_from(["他们", "店里", "销售", "那个顾问", "4S店", "经理"])
MAKE = st.sampled_from(["让我", "叫我", "要求我", "求我"])
GRADE = st.sampled_from(["打", "给", "评", "都打", "全部给"])
SCORE = st.sampled_from(["十分", "10分", "满分", "个满分", "高分"])
PADDING = st.sampled_from(["", "整体还行，", "我跟你说，", "环境挺好的。", "没什么意见，", "等了没多久，"])
AFTER = st.sampled_from(["", "。", "，那就都十分吧", "，就这样", "！"])


@settings(max_examples=150, deadline=None)
@given(PADDING, WHO, st.tuples(MAKE, GRADE, SCORE), AFTER)
def test_every_way_of_putting_it_is_heard_and_its_denial_and_its_question_are_not(
    padding: str, who: str, asking: tuple[str, str, str], after: str
) -> None:
    asked = "".join(asking)
    assert tales(f"{padding}{who}{asked}{after}") == {Tale.TOLD}
    assert tales(f"{padding}{who}没{asked}{after}") == set()
    assert tales(f"{padding}没人{asked}{after}") == set()
    assert tales(f"{padding}不是{who}{asked}的{after}") == set()
    assert tales(f"{padding}你问{who}{asked}了吗？没有") == set()


@settings(max_examples=100, deadline=None)
@given(st.lists(st.one_of(st.text(max_size=20), st.sampled_from(TOLD + INNOCENT)), max_size=8))
def test_reading_a_column_is_reading_each_text(texts: list[str]) -> None:
    heard = read(pd.Index(texts, dtype="str"))
    understood = [{tale for tale, told in zip(Tale, row, strict=True) if told} for row in heard]
    assert understood == [tales(text) for text in texts]


def test_every_pattern_says_why() -> None:
    assert all(len(pattern.why.split()) >= 5 for pattern in PATTERNS)
