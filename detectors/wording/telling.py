"""Telling: customers who say that they were told what to answer.

The pattern. "他们说打十分", "店里让我说特别满意", "sales asked me to give 10": some customers tell the interviewer,
unasked, that somebody at the dealer told them what to answer.

Why it matters. It is the plainest evidence of coaching there is, and for each customer who tells there are many who
were told the same and do not say so.

What honest thing can look the same. "没人让我打满分" and "nobody told me what to say" deny it; "有人让你打满分吗"
asks; "如果他们让我 打满分" supposes; "服务让我十分满意" praises: none of them counts (`grammar` says how). Reminders
that a call will come, and requests to answer as it was, are good practice. A joke or a misheard sentence happens
everywhere: how often, is learnt from the network, and one such customer is little evidence where the network has
many.

References
----------
Chapman et al. (2001), "A simple algorithm for identifying negated findings", Journal of Biomedical Informatics 34.
TrueDelta's survey of about 1,700 buyers, in Quirk's: 28 % had been asked for perfect scores.

Examples
--------
>>> from datetime import date
>>> import numpy as np, pandas as pd
>>> said = pd.Series(["没人让我打满分", "服务让我非常满意"] * 600, dtype="str")
>>> said[[0, 2, 4, 6]] = "店里让我说特别满意"
>>> surveys = pd.DataFrame({
...     "response_id": [f"R{place}" for place in range(1200)], "survey": "SSI", "overall": 10.0,
...     "dealer_id": np.repeat([f"D{place:02d}" for place in range(30)], 40), "verbatim": said,
... })
>>> seen, detector = Observations(date(2026, 10, 31), {"surveys": surveys}), Telling()
>>> units = detector.weigh(seen, detector.learn(seen)).units
>>> bool(units["bits"].drop("D00").max() < 1 < 8 < units.loc["D00", "bits"])
True
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from detectors.core.deriving import row_by_row
from detectors.core.detector import Detector
from detectors.core.evidence import Weighed, records
from detectors.core.instruments.usual import Usual, learn_usual, weigh_excess
from detectors.core.observations import Observations
from detectors.core.schemes import Scheme
from detectors.core.sentences import Said
from detectors.core.verbatims import verbatims
from detectors.wording.grammar import Tale, read

_FEW = Said(
    "It has {{trials}} open answers; with fewer than {fewest} a dealer is not judged.",
    "有 {{trials}} 条开放题回答；不足 {fewest} 条的经销商不作判断。",
)
_TOLD = Said(
    "{hits} of {trials} customers with an open answer said that they were told what to answer; dealers like this one "
    "have {fewest} to {most}.",
    "{trials} 位有开放题回答的客户中，有 {hits} 位说有人告诉过他们怎么回答；同类经销商为 {fewest} 至 {most} 位。",
)
_RECORD = Said("The customer said that somebody told them what to answer.", "客户说有人告诉过自己怎么回答。")


@dataclass(frozen=True)
class Telling(Detector):
    """Customers who say that they were told what to answer.

    Parameters
    ----------
    fewest_answers
        A dealer with fewer open answers is not judged.
    potency
        Probability that a coached customer tells. Few do; a customer who was paid to deny it does not.
    sureness
        Probability that an interview was coached if its customer says so and the dealer coaches.
    """

    fewest_answers: int = 10
    potency: float = 0.25
    sureness: float = 0.95

    title: ClassVar[Said] = Said("Customers who say they were told what to answer", "客户说有人教过怎么回答")
    honest: ClassVar[tuple[Said, ...]] = (
        Said(
            "Customers deny it, ask about it, suppose it, or praise in similar words: none of these counts.",
            "客户可能是在否认、反问、假设，或用相近的话称赞：这些都不计入。",
        ),
        Said(
            "Reminders that a call will come, and requests to answer as it was, are good practice and do not count.",
            "提醒会有回访、请客户如实回答，是正当做法，不计入。",
        ),
        Said(
            "A joke or a misheard sentence happens everywhere: how often is learnt from the network, and one such "
            "customer is little evidence where the network has many.",
            "玩笑或听错的话到处都有：多常见从全网学得；若全网此类客户很多，一位客户说明不了什么。",
        ),
    )
    schemes: ClassVar[tuple[Scheme, ...]] = (Scheme.COACHED,)
    decisive: ClassVar[bool] = True
    needs: ClassVar[Mapping[str, tuple[str, ...]]] = {"surveys": ("dealer_id", "verbatim")}

    def _learn(self, network: Observations) -> Usual:
        counts = count_tales(network, Tale.TOLD)[0]
        return learn_usual(counts["hits"], counts["trials"], potency=self.potency)

    def _weigh(self, observations: Observations, learned: Usual) -> Weighed:
        counts, telling = count_tales(observations, Tale.TOLD)
        units = weigh_excess(
            counts,
            learned,
            fewest=self.fewest_answers,
            few=_FEW.filled(fewest=self.fewest_answers),
            sentence=_TOLD,
        )
        return Weighed(units, records("surveys", telling.assign(probability=self.sureness), _RECORD))


def count_tales(
    observations: Observations, tale: Tale, among: "NDArray[np.bool_] | bool" = True
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Count the customers who tell.

    Parameters
    ----------
    observations
        Rows with interviews.
    tale
        What is told.
    among
        Which interviews are looked at, shape (interviews,); all of them unless said.

    Returns
    -------
    tuple
        ``hits`` and ``trials`` by dealer, sorted; and the interviews that tell, as ``record_id`` and ``unit_id``.
    """
    dealer, texts = observations.coded("surveys", "dealer_id"), observations.shared(verbatims)
    told = np.append(observations.shared(_read_verbatims)[:, list(Tale).index(tale)], False)[texts.places]
    said, told = (part & (dealer.places >= 0) & among for part in (texts.places >= 0, told))
    counts = pd.DataFrame({"hits": dealer.count(told), "trials": dealer.count(said)}, index=dealer.names)
    telling = observations["surveys"].loc[told, ["response_id", "dealer_id"]]
    return counts[counts["trials"] > 0], telling.set_axis(["record_id", "unit_id"], axis=1)


# Of fewer interviews, the texts are kept in the same list.
@row_by_row(lambda told, _: told)
def _read_verbatims(observations: Observations) -> NDArray[np.bool_]:
    return read(observations.shared(verbatims).unique)
