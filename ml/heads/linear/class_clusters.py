"""Groups classes whose images look alike into parents, for projects without a hierarchy."""

import numpy as np
from numpy.typing import NDArray

from ml.types import Embeddings, Targets


def cluster_classes(embeddings: Embeddings, targets: Targets, *, number: int) -> NDArray[np.bool_]:
    """Cluster the class means by Ward's method (agglomerative clustering).

    Args:
        targets: at least two classes have a label.
        number: of clusters, at most the number of labeled classes; 0 for the square root of that number.
    Returns: (classes, clusters), one True per row; none for a class without a label.
    """
    # Imported here because scikit-learn takes most of a second, and only training needs it.
    from sklearn.cluster import AgglomerativeClustering  # noqa: PLC0415

    present = np.flatnonzero(targets.any(axis=0))
    means = np.stack([embeddings[targets[:, each]].mean(axis=0) for each in present])
    clusters = min(number or round(len(present) ** 0.5), len(present))
    members = np.zeros((targets.shape[1], clusters), dtype=np.bool_)
    members[present, AgglomerativeClustering(n_clusters=clusters).fit_predict(means)] = True
    return members
