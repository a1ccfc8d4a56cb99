"""Dealers with processes of differing quality that drift, in groups and regions, each with a story."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from benchmarks.other_hands.chance import Floats, Integers, stream
from benchmarks.other_hands.plan import Plan
from benchmarks.other_hands.questionnaire import QUESTIONNAIRES

STORIES = {
    "excellent": 0.04,
    "improver": 0.03,
    "decliner": 0.02,
    "new_owner": 0.03,
    "promotion": 0.05,
    "car_club": 0.02,
    "careless_clerk": 0.03,
    "copied_down_numbers": 0.02,
    "dms_outage": 0.05,
    "staff_purchase": 0.03,
    "fleets": 0.03,
    "new": 0.03,
    "small": 0.03,
    "gifts_for_everybody": 0.03,
    "asks_for_feedback": 0.03,
    "beloved_adviser": 0.02,
}
"""Honest stories, with the share of dealers of each; the others are just dealers."""

_REGIONS: tuple[tuple[str, float, tuple[tuple[str, tuple[str, ...]], ...]], ...] = (
    ("华北", 0.15, (("河北", ("石家庄", "保定", "邢台", "沧州")), ("山西", ("太原", "大同", "长治")))),
    ("东北", 0.25, (("辽宁", ("沈阳", "大连", "锦州")), ("黑龙江", ("哈尔滨", "牡丹江", "绥化")))),
    ("华东", 0.05, (("江苏", ("苏州", "无锡", "盐城")), ("浙江", ("杭州", "宁波", "台州")))),
    ("华中", 0.20, (("湖北", ("武汉", "襄阳", "荆州")), ("河南", ("郑州", "洛阳", "周口")))),
    ("华南", 0.10, (("广东", ("广州", "佛山", "湛江")), ("广西", ("南宁", "柳州")))),
    ("西南", 0.30, (("四川", ("成都", "绵阳", "南充")), ("云南", ("昆明", "曲靖")))),
    ("西北", 0.45, (("陕西", ("西安", "宝鸡")), ("甘肃", ("兰州", "天水", "武威")))),
)
"""Region, share of its dealers that lie in the country, provinces with cities."""

REGION_NAMES = tuple(name for name, _, _ in _REGIONS)
_PREFIXES = (
    *(130, 131, 132, 133, 135, 136, 137, 138, 139, 150, 151, 152, 156, 158, 159, 166, 173, 176, 177, 178),
    *(180, 181, 182, 183, 185, 186, 187, 188, 189, 191, 198, 199),
)
_ROLES = ("销售顾问", "服务顾问", "技师", "客户专员", "销售经理", "前台")


@dataclass(frozen=True)
class Network:
    """Who there is.

    Parameters
    ----------
    plan
        The size.
    dealers
        As delivered, with ``region``, ``dealer_group`` and the rest.
    traits
        What nobody is told, by dealer: ``region`` (place), ``rural``, ``services`` and ``sales`` (a month),
        ``quality``, ``story``, ``turn`` (day on which the story turns), ``typo`` (share of numbers mistyped),
        ``copied`` (share copied from the row above), ``upload`` (share of customers put on the list), ``leak`` (share
        of own staff not taken off the list), ``opened`` (day), ``group`` (-1: none), ``area`` (area code).
    odds
        Log-odds that a process is done, by questionnaire: dealer x month x process.
    staff
        As delivered, with ``dealer`` (place) and the phone as a number; some have left it out.
    advisers
        By ``dealer`` and ``questionnaire``, contiguous: ``warmth``, ``skill``, ``family_name`` (a number).
    adviser_start
        First adviser by dealer and questionnaire, and at the end their number.
    leniency
        Lift of answers by region, in points.
    """

    plan: Plan
    dealers: pd.DataFrame
    traits: pd.DataFrame
    odds: tuple[Floats, Floats]
    staff: pd.DataFrame
    advisers: pd.DataFrame
    adviser_start: Integers
    leniency: Floats

    @property
    def dealer_ids(self) -> "pd.Series[str]":
        """Ids by place."""
        ids: pd.Series[str] = self.dealers["dealer_id"]
        return ids


def build(plan: Plan) -> Network:
    """Draw the network.

    Parameters
    ----------
    plan
        Its size.

    Returns
    -------
    Network
        Who there is.
    """
    rng = stream(plan.seed, "network")
    count = plan.dealers
    region = rng.choice(len(_REGIONS), count, p=[0.16, 0.12, 0.24, 0.16, 0.14, 0.10, 0.08])
    rural = rng.random(count) < np.array([share for _, share, _ in _REGIONS])[region]
    size = np.exp(rng.normal(0, 0.45, count)) * np.where(rural, 0.6, 1.0)
    story = _stories(rng, count)
    size[story == "small"] = 0.12
    group = _groups(rng, count)
    group_quality = rng.normal(0, 0.3, int(group.max(initial=0)) + 1)
    quality = rng.normal(0, 0.45, count) + np.where(group >= 0, group_quality[group], 0)
    quality[story == "excellent"] = 1.5 + 0.2 * rng.random(np.sum(story == "excellent"))
    days = len(plan.dates)
    careless = story == "careless_clerk"
    traits = pd.DataFrame(
        {
            "region": region,
            "rural": rural,
            "services": 130 * size,
            "sales": 36 * size * np.exp(rng.normal(0, 0.25, count)),
            "quality": quality,
            "story": story,
            "turn": rng.integers(int(days * 0.35), int(days * 0.7), count),
            "typo": np.where(
                story == "careless_clerk", rng.uniform(0.04, 0.12, count), rng.uniform(0.002, 0.012, count)
            ),
            "copied": np.where(story == "copied_down_numbers", rng.uniform(0.04, 0.10, count), 0.001),
            "upload": np.where(careless, 0.75, rng.uniform(0.86, 0.98, count)),
            "leak": rng.beta(1.2, 3.0, count),
            "opened": np.where(story == "new", rng.integers(days // 2, days - 40, count), -1),
            "group": group,
            "area": rng.integers(310, 999, count),
        }
    )
    odds = tuple(_odds(rng, plan, traits, place) for place in range(len(QUESTIONNAIRES)))
    advisers, start = _advisers(rng, traits)
    leniency = rng.normal(0, 0.12, len(_REGIONS))
    leniency[rng.integers(len(_REGIONS))] += 0.35
    staff = _staff(rng, traits)
    dealers = _delivered(rng, plan, traits)
    return Network(plan, dealers, traits, (odds[0], odds[1]), staff, advisers, start, leniency)


def _stories(rng: np.random.Generator, count: int) -> "np.ndarray[tuple[int], np.dtype[np.object_]]":
    names = [name for name, share in STORIES.items() for _ in range(max(1, round(share * count)))]
    told = np.full(count, "", dtype=object)
    places = rng.permutation(count)[: len(names)]
    told[places] = rng.permutation(np.array(names, dtype=object))[: len(places)]
    return told


def _groups(rng: np.random.Generator, count: int) -> Integers:
    group = np.full(count, -1, dtype=np.int64)
    order, place, number = rng.permutation(count), 0, 0
    while place < 0.55 * count:
        members = int(rng.integers(2, 9))
        group[order[place : place + members]] = number
        place, number = place + members, number + 1
    return group


def _odds(rng: np.random.Generator, plan: Plan, traits: pd.DataFrame, questionnaire: int) -> Floats:
    """Draw how likely each process is done, by dealer and month: what a dealer is good at, and how that drifts."""
    base = QUESTIONNAIRES[questionnaire].odds()
    count, months = len(traits), plan.months
    drift = np.cumsum(rng.normal(0, 0.13, (count, months)), axis=1)
    habit = rng.normal(0, 0.5, (count, 1, len(base)))
    odds = base + traits["quality"].to_numpy()[:, None, None] + drift[:, :, None] + habit
    turned = np.arange(months) > plan.month_of_day[traits["turn"].to_numpy()][:, None]
    owner = rng.choice([-0.9, 0.9], count)
    for story, step in (("improver", 1.6), ("decliner", -1.2)):
        odds += step * (turned & (traits["story"] == story).to_numpy()[:, None])[:, :, None]
    odds += (owner[:, None] * (turned & (traits["story"] == "new_owner").to_numpy()[:, None]))[:, :, None]
    return np.asarray(odds, dtype=np.float64)


def _advisers(rng: np.random.Generator, traits: pd.DataFrame) -> tuple[pd.DataFrame, Integers]:
    service = np.clip(np.round(traits["services"] / 22), 1, 12).astype(int)
    sale = np.clip(np.round(traits["sales"] / 6), 1, 12).astype(int)
    number = np.column_stack([service, sale]).ravel()
    unit = np.repeat(np.arange(len(number)), number)
    advisers = pd.DataFrame(
        {
            "dealer": unit // 2,
            "questionnaire": unit % 2,
            "warmth": rng.normal(0, 0.28, len(unit)),
            "skill": rng.normal(0, 0.35, len(unit)),
            "family_name": rng.integers(0, 10**6, len(unit)),
        }
    )
    first = np.concatenate([[0], np.cumsum(number)])
    loved = first[:-1][::2][(traits["story"] == "beloved_adviser").to_numpy()]
    advisers.loc[loved, "warmth"] = 0.9
    return advisers, first


def _staff(rng: np.random.Generator, traits: pd.DataFrame) -> pd.DataFrame:
    number = np.clip(np.round(traits["services"].to_numpy() / 6 + 6), 6, 45).astype(np.int64)
    dealer = np.repeat(np.arange(len(traits)), number)
    return pd.DataFrame(
        {
            "dealer": dealer,
            "staff_id": [f"E{place:06d}" for place in range(len(dealer))],
            "role": rng.choice(_ROLES, len(dealer), p=[0.3, 0.2, 0.3, 0.08, 0.05, 0.07]),
            "number": mobiles(rng, len(dealer)),
            "named": rng.random(len(dealer)) < 0.9,
            "drives": rng.random(len(dealer)) < 0.25,
        }
    )


def mobiles(rng: np.random.Generator, count: int) -> Integers:
    """Draw mobile numbers as they are sold, eleven digits each."""
    return np.asarray(rng.choice(_PREFIXES, count) * 10**8 + rng.integers(0, 10**8, count), dtype=np.int64)


def _delivered(rng: np.random.Generator, plan: Plan, traits: pd.DataFrame) -> pd.DataFrame:
    count = len(traits)
    provinces, cities = [], []
    for region, turn in zip(traits["region"], rng.random((count, 2)), strict=True):
        province, towns = _REGIONS[region][2][int(turn[0] * len(_REGIONS[region][2]))]
        provinces.append(province)
        cities.append(towns[int(turn[1] * len(towns))])
    opened = plan.dates[np.maximum(traits["opened"].to_numpy(), 0)]
    older = plan.dates[0] - rng.integers(200, 6000, count)
    endings = ("汽车", "名车", "汽贸", "车城", "汽车销售服务")
    first = ("恒", "广", "鑫", "宏", "瑞", "骏", "永", "盛", "华", "通")
    second = ("达", "源", "泰", "祥", "顺", "安", "捷", "信", "丰", "驰")
    parts = [rng.integers(0, len(words), count) for words in (first, second, endings)]
    return pd.DataFrame(
        {
            "dealer_id": [f"H{7000 + place * 3}" for place in range(count)],
            "name": [f"{city}{first[a]}{second[b]}{endings[c]}" for city, a, b, c in zip(cities, *parts, strict=True)],
            "brand": "MC",
            "region": np.array(REGION_NAMES, dtype=object)[traits["region"]],
            "province": provinces,
            "city": cities,
            "dealer_group": [f"集团{number + 1}" if number >= 0 else None for number in traits["group"]],
            "opened_on": np.where(traits["opened"] >= 0, opened, older).astype("datetime64[us]"),
            "target_score": np.where(traits["rural"], 8.6, np.where(traits["services"] > 160, 8.9, 8.8)),
        }
    )
