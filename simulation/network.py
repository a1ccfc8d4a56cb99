"""The network: dealers with their honest differences, their staff, and the agencies that call their customers."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pyarrow as pa

from simulation.chance import Flags, Floats, Integers, choose, happens, integers, normal, stream, within
from simulation.settings import WorldSettings
from simulation.text import column, join, numbered, phone_numbers, take

REGIONS: dict[str, tuple[tuple[str, str], ...]] = {
    "华东": (
        ("上海", "上海"),
        ("江苏", "南京"),
        ("江苏", "苏州"),
        ("浙江", "杭州"),
        ("浙江", "宁波"),
        ("安徽", "合肥"),
    ),
    "华北": (("北京", "北京"), ("天津", "天津"), ("河北", "石家庄"), ("山西", "太原"), ("内蒙古", "呼和浩特")),
    "华南": (
        ("广东", "广州"),
        ("广东", "深圳"),
        ("广东", "佛山"),
        ("广西", "南宁"),
        ("福建", "厦门"),
        ("海南", "海口"),
    ),
    "华中": (("湖北", "武汉"), ("湖南", "长沙"), ("河南", "郑州"), ("江西", "南昌")),
    "西部": (
        ("四川", "成都"),
        ("重庆", "重庆"),
        ("陕西", "西安"),
        ("云南", "昆明"),
        ("新疆", "乌鲁木齐"),
        ("甘肃", "兰州"),
    ),
    "东北": (("辽宁", "沈阳"), ("辽宁", "大连"), ("吉林", "长春"), ("黑龙江", "哈尔滨")),
}
_NAME_STEMS = [
    "宏",
    "达",
    "通",
    "瑞",
    "众",
    "诚",
    "鑫",
    "润",
    "恒",
    "永",
    "广",
    "汇",
    "元",
    "盛",
    "信",
    "安",
    "庞",
    "大",
    "运",
    "捷",
    "嘉",
    "华",
    "星",
    "晨",
    "祥",
    "骏",
    "驰",
    "威",
    "泰",
    "和",
]
_NAME_ENDS = ("汽车销售服务有限公司", "汽车有限公司", "4S店", "汽车贸易有限公司")
_BRANDS = ("远航", "星野")
_ROLES = ("销售顾问", "服务顾问", "客户经理", "技师", "前台", "财务", "总经理", "市场专员")
_MOBILE = (134, 135, 136, 137, 138, 139, 150, 151, 152, 157, 158, 159, 182, 183, 187, 188, 198, 130, 131, 132, 155, 156,
           185, 186, 176, 133, 153, 180, 181, 189, 177, 199)  # fmt: skip
_LANDLINE = (10, 20, 21, 22, 25, 27, 28, 29, 571, 755, 731, 371)
_NEW_DEALER_INTERVIEWS = 9
NEW_DEALER_DAYS = 70
"""A new dealer's first customers are called this many days before the window ends."""


@dataclass(frozen=True)
class Network:
    """Dealers and agencies; arrays over dealers unless said.

    Parameters
    ----------
    dealers, staff
        The frames of those sources; ``target_score`` is filled in later, from past results.
    region, group
        Places of the dealer's region and owner; owner -1 is nobody else.
    interviews
        How many interviews to expect over the window.
    quality
        Dealers × surveys: what an average customer makes of the dealer, in standard deviations of a customer's mood.
    process
        How reliably the dealer does what it should, on the log-odds scale.
    carelessness
        How many wrong numbers its lists have, as a factor around 1.
    switchboard
        The dealer's own landline, which stands in careless lists where a customer's number was never asked for.
    listing
        How complete its lists are, on the log-odds scale, around 0.
    excellent, new, promotion
        The honest look-alikes.
    advisers, staff_start, staff_count
        How many advisers; where its staff stand in `staff`.
    generous_region, lenient_interviewer
        Places of the region and the interviewer with a lift.
    region_lift, vendor_lift, interviewer_lift
        By region, vendor, interviewer: how much higher the same satisfaction is answered.
    interviewer_vendor, interviewer_pace, interviewer_style
        By interviewer: agency; log of seconds per question around 0; how answers are written down.
    vendor_mix
        Dealers × vendors: share of the dealer's list called by each.
    staff_phones
        By staff member.
    """

    dealers: pd.DataFrame
    staff: pd.DataFrame
    region: Integers
    group: Integers
    interviews: Integers
    quality: Floats
    process: Floats
    carelessness: Floats
    switchboard: Integers
    listing: Floats
    excellent: Flags
    new: Flags
    promotion: Flags
    advisers: Integers
    staff_start: Integers
    staff_count: Integers
    staff_phones: Integers
    generous_region: int
    lenient_interviewer: int
    region_lift: Floats
    vendor_lift: Floats
    interviewer_lift: Floats
    interviewer_vendor: Integers
    interviewer_pace: Floats
    interviewer_style: Integers
    vendor_mix: Floats

    @property
    def dealer_ids(self) -> pa.Array:
        """Names of the dealers."""
        return numbered("D", np.arange(len(self.region)) + 1, max(4, len(str(len(self.region)))))

    @property
    def interviewer_ids(self) -> pa.Array:
        """Names of the interviewers; the letter is the agency's."""
        letters = [chr(ord("A") + vendor) for vendor in self.interviewer_vendor]
        return join(pa.array(letters, pa.large_string()), numbered("", np.arange(len(letters)) + 1, 4))


def random_phones(rng: np.random.Generator, size: int, landlines: float = 0.0) -> Integers:
    """Draw phone numbers as integers: 11-digit mobiles, and area code + 8 digits for a share of landlines."""
    mobile = np.array(_MOBILE)[integers(rng, len(_MOBILE), size)] * 10**8 + integers(rng, 10**8, size)
    area = np.array(_LANDLINE)[integers(rng, len(_LANDLINE), size)]
    subscriber = 20_000_000 + integers(rng, 69_999_999, size)
    landline = happens(rng, landlines, size)
    return np.asarray(np.where(landline, area * 10**8 + subscriber, mobile), dtype=np.int64)


def build(settings: WorldSettings) -> Network:
    """Build the network of a world.

    Parameters
    ----------
    settings
        The world's settings.
    """
    rng, count = stream(settings.seed, "network"), settings.dealers
    excellent, new = _look_alikes(rng, settings)
    promotion = np.zeros(count, dtype=bool)
    promotion[rng.permutation(count)[: _at_least_one(settings.promotion_share, count)]] = True

    cities = [(region, province, city) for region, places in REGIONS.items() for province, city in places]
    city = choose(rng, [1.6 if region in ("华东", "华南", "华北") else 1.0 for region, _, _ in cities], count)
    regions = list(REGIONS)
    region = np.array([regions.index(cities[place][0]) for place in city])
    region_lift = normal(rng, len(regions), 0.12)
    generous = int(choose(rng, np.bincount(region, minlength=len(regions)) > 0, 1)[0])
    region_lift[generous] += settings.generous_region

    low, high = settings.interviews_per_dealer
    interviews = np.exp(rng.uniform(np.log(low), np.log(high + 1), count)).astype(np.int64)
    interviews[new] = _NEW_DEALER_INTERVIEWS

    general = normal(rng, count, settings.dealer_spread)
    general[excellent] = np.abs(general[excellent]) + 1.15
    quality = general[:, None] + normal(rng, (count, 2), 0.12)
    process = 0.7 * general + normal(rng, count, 0.35)
    process[excellent] += 0.8

    advisers = np.clip((interviews / 25 + rng.uniform(3, 7, count)).astype(np.int64), 3, 14)
    staff_count = advisers + rng.integers(3, 9, count)
    group = _groups(rng, count)
    vendor_lift, vendor_mix = _vendors(rng, settings)
    interviewers = _interviewers(rng, settings)
    lenient = int(rng.integers(settings.interviewers))
    interviewers["lift"][lenient] += settings.lenient_interviewer
    staff_phones = random_phones(rng, int(staff_count.sum()))

    network = Network(
        dealers=pd.DataFrame(),
        staff=pd.DataFrame(),
        region=region,
        group=group,
        interviews=interviews,
        quality=quality,
        process=process,
        carelessness=np.exp(normal(rng, count, 0.7)),
        switchboard=_switchboards(rng, count),
        listing=normal(rng, count, 0.5),
        excellent=excellent,
        new=new,
        promotion=promotion,
        advisers=advisers,
        staff_start=np.cumsum(staff_count) - staff_count,
        staff_count=staff_count,
        staff_phones=staff_phones,
        generous_region=generous,
        lenient_interviewer=lenient,
        region_lift=region_lift,
        vendor_lift=vendor_lift,
        interviewer_lift=interviewers["lift"],
        interviewer_vendor=np.arange(settings.interviewers) % settings.vendors,
        interviewer_pace=interviewers["pace"],
        interviewer_style=choose(rng, [0.45, 0.2, 0.15, 0.1, 0.1], settings.interviewers),
        vendor_mix=vendor_mix,
    )
    dealers = _dealer_frame(rng, settings, network, [cities[place] for place in city])
    return replace(network, dealers=dealers, staff=_staff_frame(rng, network))


def _at_least_one(share: float, count: int) -> int:
    return max(round(share * count), 1 if share > 0 and count >= 10 else 0)


def _look_alikes(rng: np.random.Generator, settings: WorldSettings) -> tuple[Flags, Flags]:
    """Choose the excellent dealers and the new ones, apart from one another."""
    order = rng.permutation(settings.dealers)
    first = _at_least_one(settings.excellent_share, settings.dealers)
    last = first + _at_least_one(settings.new_share, settings.dealers)
    excellent, new = np.zeros((2, settings.dealers), dtype=bool)
    excellent[order[:first]] = True
    new[order[first:last]] = True
    return excellent, new


def _groups(rng: np.random.Generator, count: int) -> Integers:
    """Give seven dealers of ten an owner with two to a dozen dealers."""
    sizes = rng.integers(2, 13, count)
    group = np.repeat(np.arange(count), sizes)[:count]
    group = group[rng.permutation(count)]
    return np.where(happens(rng, 0.3, count), -1, group)


def _switchboards(rng: np.random.Generator, count: int) -> Integers:
    area = np.array(_LANDLINE)[integers(rng, len(_LANDLINE), count)]
    return np.asarray(area * 10**8 + 60_000_000 + integers(rng, 29_999_999, count), dtype=np.int64)


def _vendors(rng: np.random.Generator, settings: WorldSettings) -> tuple[Floats, Floats]:
    """Draw each agency's mode effect, and how each dealer's list is shared among the agencies."""
    lift = normal(rng, settings.vendors, 0.08)
    if settings.vendors > 1:
        lift[1] += settings.vendor_mode
    mix = rng.dirichlet(np.full(settings.vendors, 0.8), settings.dealers).astype(np.float32)
    return lift, mix


def _interviewers(rng: np.random.Generator, settings: WorldSettings) -> dict[str, Floats]:
    return {
        "lift": normal(rng, settings.interviewers, 0.1),
        "pace": normal(rng, settings.interviewers, 0.13),
    }


def _dealer_frame(
    rng: np.random.Generator, settings: WorldSettings, network: Network, cities: list[tuple[str, str, str]]
) -> pd.DataFrame:
    count = settings.dealers
    stems = [take(_NAME_STEMS, integers(rng, len(_NAME_STEMS), count)) for _ in range(2)]
    city = pa.array([place[2] for place in cities], pa.large_string())
    age_days = np.where(network.new, NEW_DEALER_DAYS + 40, rng.integers(500, 6000, count))
    last_day = np.datetime64(settings.last_day)
    groups = numbered("G", np.maximum(network.group, 0) + 1, 3)
    return pd.DataFrame(
        {
            "dealer_id": column(network.dealer_ids),
            "name": column(join(city, *stems, take(_NAME_ENDS, integers(rng, len(_NAME_ENDS), count)))),
            "brand": column(take(_BRANDS, choose(rng, [0.7, 0.3], count))),
            "region": pd.Series([place[0] for place in cities], dtype="str"),
            "province": pd.Series([place[1] for place in cities], dtype="str"),
            "city": column(city),
            "dealer_group": column(groups).where(network.group >= 0),
            "opened_on": (last_day - age_days.astype("timedelta64[D]")).astype("datetime64[us]"),
            "target_score": np.full(count, np.nan),
        }
    )


def _staff_frame(rng: np.random.Generator, network: Network) -> pd.DataFrame:
    dealer = np.repeat(np.arange(len(network.region)), network.staff_count)
    place = within(network.staff_start, network.staff_count)
    role = np.where(place < network.advisers[dealer], place % 2, 2 + place % 6)
    return pd.DataFrame(
        {
            "dealer_id": column(network.dealer_ids.take(pa.array(dealer))),
            "staff_id": column(numbered("S", np.arange(len(dealer)) + 1 + int(rng.integers(1000)), 6)),
            "role": column(take(_ROLES, role)),
            "phone": column(phone_numbers(network.staff_phones)),
        }
    )
