"""The words by which a topic is known, in Chinese and English. Data only; `detectors.core.dossiers.topics` counts."""

from detectors.core.sentences import Said

TOPICS: tuple[tuple[Said, str], ...] = (
    (
        Said("waiting time", "等待时间"),
        r"等了|等待|等太久|久等|排队|排了|很慢|太慢|拖拉|效率|速度|准时|时间|预约"
        r"|\bwait|queue|\bslow|\bdelay|\bquick|\bfast\b|on time",
    ),
    (
        Said("price", "价格"),
        r"价格|价位|收费|费用|报价|工时费|优惠|折扣|账单|太贵|便宜|不值|性价比|加价"
        r"|\bprice|\bcost|\bfees?\b|expensive|\bcheap|discount|\bbill",
    ),
    (
        Said("reception and attitude", "接待与态度"),
        r"态度|热情|冷淡|耐心|礼貌|敷衍|接待|前台|客气|爱理不理"
        r"|attitude|\brude|friendly|polite|\bwarm|reception|front desk|patien",
    ),
    (
        Said("adviser and explanation", "顾问与讲解"),
        r"顾问|销售|业务员|讲解|介绍|说明|解释|advis[eo]r|salesm|salesperson|explain|explanation",
    ),
    (
        Said("repair quality", "维修质量"),
        r"维修|修车|修好|没修|返修|保养|技师|师傅|故障|毛病|异响"
        r"|\brepair|\bfix(ed|ing)?\b|technician|mechanic|workshop|maintenance",
    ),
    (
        Said("parts", "配件"),
        r"配件|零件|原厂件|机油|滤芯|轮胎|电瓶|缺货|\bparts?\b|\bspare|battery|\bt[yi]res?\b",
    ),
    (
        Said("delivery of the car", "交车"),
        r"交车|提车|交付|上牌|手续|新车|\bdeliver|handover|paperwork|licen[cs]e plate|new car",
    ),
    (Said("test drive", "试驾"), r"试驾|试乘|陪驾|test.?driv"),
    (
        Said("facilities", "店内环境"),
        r"环境|休息区|客休|展厅|茶水|点心|洗手间|卫生间|停车|儿童区"
        r"|lounge|facilit|showroom|parking|coffee|\btea\b|restroom|\bclean\b",
    ),
    (Said("car wash", "洗车"), r"洗车|清洗|清洁|吸尘|\bwash"),
    (
        Said("follow-up and promises", "回访与承诺"),
        r"回访|跟进|跟踪|承诺|答应|答复|后续|客服|反馈|follow.?up|promis|call(ed)? back|feedback",
    ),
    (
        Said("marks and ratings", "打分与好评"),
        r"打分|评分|满分|好评|五星|[1１][0０]分|[打给评全](了|个|我们|我)?(十分|10|１０)"
        r"|full marks|\btens?\b|10/10|five stars?|\bratings?\b",
    ),
    (
        Said("gifts", "礼品"),
        r"礼品|礼物|赠送|送了|免费|代金券|洗车券|红包|积分|\bgifts?\b|voucher|\bfree\b|coupon",
    ),
)
"""Each topic with the expression (RE2, case ignored) that tells whether a text touches on it."""
