"""Numbers that people dictate into open answers are scrubbed before they are stored.

What is scrubbed: mobile and landline numbers (spaced or dashed, full-width, or spelt in Chinese digits), service
hotlines, VINs, resident identity numbers, number plates, e-mail addresses, WeChat and QQ accounts, and every other run
of seven digits or more. Names and addresses are not recognised: free text stays personal data.
"""

import re

import pyarrow as pa
import pyarrow.compute as pc

PLACEHOLDER = "[号码]"
"""What stands where a number was."""

_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使领"
_GAP = r"[ \-—–.·]?"

_NUMBERS = re.compile(
    "|".join(
        (
            r"[A-Za-z0-9_.+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+",  # e-mail
            r"(?<=微信)(?:账号|号码|号)?[是为:： ]{0,3}[A-Za-z][A-Za-z0-9_-]{5,19}",
            r"(?i:(?<=qq)|(?<=wx)|(?<=wechat))(?:号码|号)?[是为:： ]{0,3}[A-Za-z0-9_-]{5,20}",
            r"(?<![A-Za-z0-9])\d{17}[\dXx](?![A-Za-z0-9])",  # resident identity number
            r"(?<![A-Za-z0-9])(?=[A-Za-z]*\d)(?i:[A-HJ-NPR-Z0-9]){17}(?![A-Za-z0-9])",  # VIN
            rf"(?:\+?86{_GAP})?1{_GAP}[3-9](?:{_GAP}\d){{9}}",  # mobile
            rf"[(（]?0\d{{2,3}}[)）]?{_GAP}\d{{3,4}}{_GAP}\d{{4}}",  # landline
            rf"[48]00{_GAP}\d{{3,4}}{_GAP}\d{{3,4}}",  # hotline
            r"\d{7,}",
            r"[零〇一二三四五六七八九幺两]{7,}",
            rf"[{_PROVINCES}][A-Z][·• ]?[A-Z0-9]{{4,5}}[A-Z0-9挂学警港澳]",  # number plate
        )
    )
)
# RE2 finds the few texts worth the slower expression above; it must find every text in which that one finds something.
_SUSPECT = (
    r"[0-9０-９](?:[ \-—–.·()（）]*[0-9０-９]){6}|[A-Za-z0-9０-９]{17}|[零〇一二三四五六七八九幺两]{7}"
    rf"|[{_PROVINCES}][A-Z]|@|微信|(?i:qq|wx|wechat)"
)


def scrub(texts: pa.Array) -> pa.Array:
    """Replace every number that could lead to a person by a placeholder.

    Parameters
    ----------
    texts
        Open answers, missing values among them.

    Returns
    -------
    pyarrow.Array
        The texts, ``large_string``.

    Examples
    --------
    >>> scrub(pa.array(["请打138 1234 5678找我", "等了2小时，花了12000元", None])).to_pylist()
    ['请打[号码]找我', '等了2小时，花了12000元', None]
    """
    texts = texts.cast(pa.large_string())
    suspect = pc.fill_null(pc.match_substring_regex(texts, _SUSPECT), False)
    scrubbed = [_NUMBERS.sub(PLACEHOLDER, text) for text in texts.filter(suspect).to_pylist()]
    return pc.replace_with_mask(texts, suspect, pa.array(scrubbed, pa.large_string()))
