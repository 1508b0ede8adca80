"""Groups classes whose images look alike, where nobody gave a hierarchy."""

import numpy as np
from numpy.typing import NDArray

from ml.types import Embeddings, Targets


def cluster_classes(embeddings: Embeddings, targets: Targets, *, number: int) -> NDArray[np.bool_]:
    """Cluster the means of the classes' images by Ward's method.

    Args: targets: at least two classes have a label; number: of clusters, fewer where fewer classes have a label;
        0 is the square root of how many have one.
    Returns: (classes, clusters), one True a row; none for a class without a label.
    """
    # Imported here because scikit-learn takes most of a second, and only training needs it.
    from sklearn.cluster import AgglomerativeClustering  # noqa: PLC0415

    present = np.flatnonzero(targets.any(axis=0))
    means = np.stack([embeddings[targets[:, each]].mean(axis=0) for each in present])
    clusters = min(number or round(len(present) ** 0.5), len(present))
    members = np.zeros((targets.shape[1], clusters), dtype=np.bool_)
    members[present, AgglomerativeClustering(n_clusters=clusters).fit_predict(means)] = True
    return members
