"""Indices of careless answering beside other people's, on invented respondents in the format of the real ones."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from benchmarks import sciops
from tests.benchmarks.invented import write_sciops


@pytest.fixture(scope="module")
def respondents(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    path: Path = tmp_path_factory.mktemp("sciops") / "sciops.csv"
    write_sciops(path, rows=300)
    return pd.read_csv(path)


def test_an_index_of_the_same_definition_agrees_and_another_is_said_to_be_off(
    respondents: pd.DataFrame,
) -> None:
    matrix = np.tile(np.arange(100) % 2, (10, 1))
    for row, length in enumerate(sciops.LONGEST_RUNS):
        matrix[row, :length] = 1
    same = sciops.agreement(respondents, pd.DataFrame(matrix), sciops.indices(respondents))
    off = {name: apart for name, (_, apart) in same.items()}
    assert off["longstring"] == 0
    assert max(off["IRV, summed over the scales"], off["Mahalanobis distance"]) < sciops.SAME_WITHIN
    assert off["random split halves"] > 0.01


def test_the_mixture_ranks_the_careless_above_every_single_index(respondents: pd.DataFrame) -> None:
    auc = {
        str(name): roc_auc_score(respondents["label_careless"], values.fillna(values.median()))
        for name, values in sciops.indices(respondents).items()
    }
    assert max(auc, key=auc.__getitem__) == "attentive or careless, a mixture"
