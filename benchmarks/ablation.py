"""Ablation: what the accuracy loses without each detector, and without each family.

    python -m benchmarks.ablation --seeds 3 --dealers 300

Every detector plays once on a world, and what it said is joined again and again with one left out. Only where a silent
interviewers' detector changes which interviews are taken out before dealers are weighed, the others play anew.
"""

import argparse
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

import pandas as pd

from benchmarks.accuracy import measure, scheme_precision
from benchmarks.tables import quote
from detectors.core.detector import Detector, Reference, discover
from detectors.core.evidence import Weighed
from detectors.core.observations import Observations
from detectors.core.schemes import Scheme
from detectors.core.weighing import weigh
from simulation import World, WorldSettings, simulate

MEASURES = ("any cheating AP", "cheats flagged", "manipulated interviews AP")


def remembering(player: Detector) -> Detector:
    """Return a detector that says what `player` says, and does not think twice about the same rows.

    Parameters
    ----------
    player
        Any detector.

    Returns
    -------
    Detector
        With the name, the family and the schemes of `player`.
    """

    class Remembering(Detector):
        schemes: ClassVar[tuple[Scheme, ...]] = player.schemes
        needs: ClassVar[Mapping[str, tuple[str, ...]]] = {}
        decisive: ClassVar[bool] = player.decisive
        independent: ClassVar[bool] = player.independent
        said: ClassVar[dict[int, Weighed]] = {}

        @property
        def name(self) -> str:
            return player.name

        @property
        def family(self) -> str:
            return player.family

        def _learn(self, network: Observations) -> Reference:
            return Reference(network) if _rows(network) in self.said else player.learn(network)

        def _weigh(self, observations: Observations, learned: Any) -> Weighed:
            rows = _rows(observations)
            if rows not in self.said:
                self.said[rows] = player.weigh(observations, learned)
            return self.said[rows]

    return Remembering()


def _rows(observations: Observations) -> int:
    """Return a number that tells which interviews are among the observations."""
    return observations.shared(_fingerprint)


def _fingerprint(observations: Observations) -> int:
    return hash(tuple(observations["surveys"]["response_id"])) if "surveys" in observations.frames else 0


def without_each(world: World, players: Sequence[Detector]) -> pd.DataFrame:
    """Measure a world with every detector, without each one, and without each family of several.

    Parameters
    ----------
    world
        A world with its truth.
    players
        The detectors.

    Returns
    -------
    pandas.DataFrame
        One row for what was left out (empty for nothing, ``family/`` or ``family/detector``), one column a figure of
        `accuracy.measure`.
    """
    observations = world.observations()
    remembered = [remembering(player) for player in players]
    rows = {"": measure(world, weigh(observations, detectors=remembered))}
    for left_out, rest in _choices(remembered).items():
        rows[left_out] = measure(world, weigh(observations, detectors=rest))
    # Where nobody speaks of a scheme any more, its units stand in any order.
    unranked = {
        f"{scheme} AP": scheme_precision(
            pd.Series(0.0, index=observations.units(scheme.unit_kind)), world.truth.units, scheme
        )
        for scheme in Scheme
    }
    return pd.DataFrame.from_dict(rows, orient="index").fillna(unranked)


def _choices(players: Sequence[Detector]) -> dict[str, list[Detector]]:
    """Return who still plays, by what is left out."""
    choices = {f"{out.family}/{out.name}": [player for player in players if player is not out] for out in players}
    for family in sorted({player.family for player in players}):
        if sum(player.family == family for player in players) > 1:
            choices[f"{family}/"] = [player for player in players if player.family != family]
    return dict(sorted(choices.items()))


def worth(figures: pd.DataFrame, players: Sequence[Detector]) -> pd.DataFrame:
    """Return how much each figure falls without a detector or family.

    Parameters
    ----------
    figures
        From `without_each`.
    players
        The same detectors, for the schemes that they are about.

    Returns
    -------
    pandas.DataFrame
        One row as in `figures` but the first; ``its schemes' AP`` (the mean over them) and `MEASURES`. Positive: the
        detector is worth that much.
    """
    lost = figures.loc[""] - figures.drop(index="")
    rows = {}
    for left_out, fall in lost.iterrows():
        about = {
            scheme
            for player in players
            for scheme in player.schemes
            if str(left_out) in (f"{player.family}/", f"{player.family}/{player.name}")
        }
        its = fall[[f"{scheme} AP" for scheme in Scheme if scheme in about]].mean()
        rows[left_out] = {"its schemes' AP": its, **fall[list(MEASURES)]}
    return pd.DataFrame.from_dict(rows, orient="index")


def main() -> None:
    """Run the benchmark and quote its table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--dealers", type=int, default=300)
    arguments = parser.parse_args()
    settings = WorldSettings(dealers=arguments.dealers, end="2026-10")
    players, runs = discover(), []
    for seed in range(arguments.seeds):
        started = time.perf_counter()
        runs.append(worth(without_each(simulate(replace(settings, seed=seed)), players), players))
        print(f"seed {seed}: {time.perf_counter() - started:.0f} s", file=sys.stderr)
    medians = pd.concat(runs).groupby(level=0).median()
    written = medians.map("{:+.3f}".format).reset_index(names="without")
    written["without"] = written["without"].map(lambda name: f"**{name[:-1]}**, all of it" if name[-1] == "/" else name)
    command = f"python -m benchmarks.ablation --seeds {arguments.seeds} --dealers {arguments.dealers}"
    print(quote("ablation", written, command))


if __name__ == "__main__":
    main()
