"""Real careless respondents: whether the indices agree with other people's, and how well each ranks the careless.

386 respondents of several Likert scales (Zorowitz, Solis, Niv & Bennett 2023), of whom 85 failed an item that nobody
who reads it fails. Those items and whatever was made of them are left out; labels judge, and nothing learns from them.

    python -m benchmarks.sciops --data sciops_original.csv --matrix careless_longstring_test.csv

The matrix is the one with which the R package careless tests its ``longstring``.
"""

import argparse
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.metrics import average_precision_score, roc_auc_score

from benchmarks.tables import quote
from detectors.core.instruments.carelessness import (
    even_odd_consistency,
    half_consistency,
    learn_usual_answers,
    longstring,
    mahalanobis_distance,
    response_variability,
)
from detectors.core.instruments.inattention import careless_log_odds, learn_respondents
from detectors.core.instruments.spread import Floats

SCALES: Mapping[str, tuple[str, tuple[int, ...]]] = {
    "7 up": ("7u7d", (1, 3, 4, 6, 7, 8, 13)),
    "7 down": ("7u7d", (2, 5, 9, 10, 11, 12, 14)),
    "GAD-7": ("gad7", tuple(range(1, 8))),
    "PSWQ": ("pswq", tuple(range(1, 4))),
    "BIS": ("bisbas", tuple(range(1, 5))),
    "BAS": ("bisbas", tuple(range(5, 13))),
    "SHAPS": ("shaps", tuple(range(1, 15))),
}
"""The authors' scales: prefix of the columns, and the items' numbers."""

LONGEST_RUNS = (10, 20, 30, 40, 50, 60, 70, 80, 90, 10)
"""What the R package expects of its matrix."""

AUTHORS_SPLITS, AUTHORS_SEED = 1000, 47404
SAME_WITHIN = 1e-9


def scales_in(columns: list[str]) -> list[list[int]]:
    """Return the places of each scale's items among the columns."""
    return [[columns.index(f"{prefix}_q{number:02}") for number in numbers] for prefix, numbers in SCALES.values()]


def split_half_reliability(answers: Floats, scales: list[list[int]]) -> Floats:
    """Return the authors' personal reliability: the mean of `half_consistency` over a thousand random halves.

    Parameters
    ----------
    answers
        Shape (respondents, items).
    scales
        Places of each scale's items, in the authors' order, or their seed draws other halves.
    """
    rng = np.random.RandomState(AUTHORS_SEED)
    total = np.zeros(len(answers))
    for _ in range(AUTHORS_SPLITS):
        mixed = [[scale[place] for place in rng.permutation(len(scale))] for scale in scales]
        total += half_consistency(answers, [(scale[0::2], scale[1::2]) for scale in mixed])
    return total / AUTHORS_SPLITS


def indices(data: pd.DataFrame) -> pd.DataFrame:
    """Return every index of every respondent, by the name of the table's row, the careless high.

    Parameters
    ----------
    data
        The authors' table.
    """
    items = {f"{prefix}_q{number:02}" for prefix, numbers in SCALES.values() for number in numbers}
    asked = [name for name in data.columns if name in items]
    answers = data[asked].to_numpy(dtype=np.float64)
    scales = scales_in(asked)
    return pd.DataFrame(
        {
            "longstring": longstring(answers),
            "IRV over all items": response_variability(answers),
            "IRV, summed over the scales": sum(response_variability(answers[:, scale]) for scale in scales),
            "Mahalanobis distance": mahalanobis_distance(answers, learn_usual_answers(answers)),
            "even-odd": -even_odd_consistency(answers, scales),
            "random split halves": -split_half_reliability(answers, scales),
            "attentive or careless, a mixture": careless_log_odds(answers, learn_respondents(answers)),
        }
    )


def agreement(data: pd.DataFrame, matrix: pd.DataFrame, found: pd.DataFrame) -> dict[str, tuple[str, float]]:
    """Return, for each index that somebody else computed by the same definition, whose it is and how far off ours is.

    Parameters
    ----------
    data, matrix
        The authors' table, and the R package's matrix.
    found
        From `indices`.
    """
    runs = longstring(matrix.to_numpy(dtype=np.float64))
    authors = {
        "IRV, summed over the scales": ("isd", found["IRV, summed over the scales"]),
        "Mahalanobis distance": ("mahalanobis", found["Mahalanobis distance"]),
        "random split halves": ("reliability", -found["random split halves"]),
    }
    off = {
        name: (f"the authors' `{theirs}`", float((ours - data[theirs]).abs().max()))
        for name, (theirs, ours) in authors.items()
    }
    return {"longstring": ("the R package's matrix", float(np.abs(runs - LONGEST_RUNS).max())), **off}


def main() -> None:
    """Compare, rank and quote the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="sciops_original.csv")
    parser.add_argument("--matrix", type=Path, required=True, help="careless_longstring_test.csv")
    arguments = parser.parse_args()
    data = pd.read_csv(arguments.data)
    found = indices(data)
    same = agreement(data, pd.read_csv(arguments.matrix), found)
    careless = data["label_careless"]
    rows = []
    for name, values in found.items():
        ranked = values.fillna(values.median())  # where a half does not vary, consistency says nothing
        whose, off = same.get(str(name), ("", 0.0))
        verdict = f"{whose}: within {SAME_WITHIN:g}" if off <= SAME_WITHIN else f"{whose}: {off:.2g} off"
        rows.append(
            {
                "index": name,
                "agrees with": verdict if whose else "",
                "AUC": f"{roc_auc_score(careless, ranked):.3f}",
                "average precision": f"{average_precision_score(careless, ranked):.3f}",
            }
        )
    command = "python -m benchmarks.sciops --data sciops_original.csv --matrix careless_longstring_test.csv"
    print(quote("sciops", pd.DataFrame(rows), command))


if __name__ == "__main__":
    main()
