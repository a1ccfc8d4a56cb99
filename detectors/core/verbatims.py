"""Open answers and reviews as several families read them: told apart by their letters, and by their likeness."""

from detectors.core.deriving import of_source, row_by_row
from detectors.core.instruments.likeness import Clusters, Sketches, Texts, cluster, read_texts, sketch
from detectors.core.observations import Observations


@row_by_row(Texts.of)
def verbatims(observations: Observations) -> Texts:
    """Return the open answers of the interviews; to be asked for with `Observations.shared`."""
    return read_texts(observations["surveys"]["verbatim"])


def verbatim_clusters(observations: Observations) -> Clusters:
    """Return which open answers are alike; to be asked for with `Observations.shared`."""
    return cluster(observations.shared(verbatims), observations.shared(_sketches))


# Of fewer interviews, the texts are kept in the same list.
@row_by_row(lambda drawn, _: drawn)
def _sketches(observations: Observations) -> Sketches:
    return sketch(observations.shared(verbatims))


@of_source("reviews")
def review_texts(observations: Observations) -> Texts:
    """Return the texts of the reviews; to be asked for with `Observations.shared`."""
    return read_texts(observations["reviews"]["text"])


@of_source("reviews")
def review_clusters(observations: Observations) -> Clusters:
    """Return which reviews are alike; to be asked for with `Observations.shared`."""
    return cluster(observations.shared(review_texts))
