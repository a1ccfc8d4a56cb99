"""Open answers as several families read them: told apart by their letters, and by their likeness."""

from detectors.core.instruments.likeness import Clusters, Texts, cluster, read_texts
from detectors.core.observations import Observations


def verbatims(observations: Observations) -> Texts:
    """Return the open answers of the interviews; to be asked for with `Observations.shared`."""
    return read_texts(observations["surveys"]["verbatim"])


def verbatim_clusters(observations: Observations) -> Clusters:
    """Return which open answers are alike; to be asked for with `Observations.shared`."""
    return cluster(observations.shared(verbatims))
