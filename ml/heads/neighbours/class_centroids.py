"""Computes a few centroids per class by k-means, and reuses those of classes whose images did not change."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from ml.geometry.l2_normalise import l2_normalise
from ml.types import Embeddings, Targets, Tensors

Method = Literal["kmeans", "minibatch", "incremental"]
FINGERPRINT_BYTES = 32
# Batch size of the incremental method, per centroid.
BATCH_PER_CENTROID = 5


@dataclass(frozen=True, kw_only=True, eq=False)
class ClassCentroids:
    """Centroids of all classes.

    Attributes:
        centroids: (centroids, dimension), L2-normalised.
        targets: (centroids, classes), one True per row.
        fingerprints: (classes, FINGERPRINT_BYTES), hash of everything that the centroids of a class depend on.
    """

    centroids: Embeddings
    targets: Targets
    fingerprints: NDArray[np.uint8]

    def by_fingerprint(self) -> dict[bytes, Embeddings]:
        """Return the centroids of each class, by its fingerprint."""
        of_classes = zip(self.fingerprints, self.targets.T, strict=True)
        return {fingerprint.tobytes(): self.centroids[own] for fingerprint, own in of_classes}

    def tensors(self) -> Tensors:
        return {"centroids": self.centroids, "targets": self.targets, "fingerprints": self.fingerprints}

    @classmethod
    def restore(cls, tensors: Tensors) -> Self:
        """Rebuild the centroids from `tensors`."""
        return cls(centroids=tensors["centroids"], targets=tensors["targets"], fingerprints=tensors["fingerprints"])


@dataclass(frozen=True, kw_only=True)
class Clustering:
    """Method by which the centroids of each class are computed.

    Randomness depends only on the seed and on the images of the class itself. Other classes and the order of classes
    and images make no difference.

    Attributes:
        method: kmeans; minibatch, its faster approximation for thousands of images per class; or incremental, which
            sees each image once, in the order of the embeddings' hashes.
        count: maximum number of centroids per class.
    """

    method: Method
    count: int
    seed: int

    def centroids(
        self, embeddings: Embeddings, targets: Targets, *, known: ClassCentroids | None = None
    ) -> ClassCentroids:
        """Compute the centroids of all classes.

        `known` never changes the result; it saves the work for classes whose images did not change.
        """
        reusable = {} if known is None else known.by_fingerprint()
        images = [_images_of(embeddings[own]) for own in targets.T]
        fingerprints = [self._fingerprint(each) for each in images]
        with _one_thread():
            per_class = [
                reusable[fingerprint] if fingerprint in reusable else self._of_class(own, fingerprint)
                for own, fingerprint in zip(images, fingerprints, strict=True)
            ]
        classes = np.repeat(np.arange(len(per_class)), [len(each) for each in per_class])
        return ClassCentroids(
            centroids=np.concatenate(per_class),
            targets=np.eye(len(per_class), dtype=np.bool_)[classes],
            fingerprints=np.frombuffer(b"".join(fingerprints), dtype=np.uint8).reshape(-1, FINGERPRINT_BYTES),
        )

    def _fingerprint(self, images: "_ClassImages") -> bytes:
        return sha256(f"{self.method}/{self.count}/{self.seed}/".encode() + images.digest).digest()

    def _of_class(self, images: "_ClassImages", fingerprint: bytes) -> Embeddings:
        if len(images.different) <= self.count:
            return images.different
        return l2_normalise(_clusters(images, self.method, self.count, seed=int.from_bytes(fingerprint[:4])))


@dataclass(frozen=True, kw_only=True, eq=False)
class _ClassImages:
    """The images of one class without duplicates.

    Attributes: different: (images, dimension), sorted by hash; times: (images,), number of copies; digest: hash of all.
    """

    different: Embeddings
    times: NDArray[np.float64]
    digest: bytes


def _images_of(embeddings: Embeddings) -> _ClassImages:
    hashes = [sha256(row.tobytes()).digest() for row in embeddings]
    row_of = {each: row for row, each in enumerate(hashes)}
    different, times = sorted(row_of), Counter(hashes)
    return _ClassImages(
        different=embeddings[[row_of[each] for each in different]],
        times=np.array([times[each] for each in different], dtype=np.float64),
        digest=sha256(b"".join(sorted(hashes))).digest(),
    )


@contextmanager
def _one_thread() -> Iterator[None]:
    """Run clustering on one thread, because several threads add up in a random order."""
    # Imported here because it takes most of a second, and first, because the limit only applies to loaded libraries.
    import sklearn.cluster  # noqa: F401, PLC0415

    with threadpool_limits(limits=1, user_api="openmp"):
        yield


def _clusters(images: _ClassImages, method: Method, count: int, *, seed: int) -> NDArray[np.float32]:
    """Cluster the images of one class. Returns: (count, dimension)."""
    from sklearn.cluster import KMeans, MiniBatchKMeans  # noqa: PLC0415

    if method == "kmeans":
        found = KMeans(count, n_init=1, random_state=seed).fit(images.different, sample_weight=images.times)
    elif method == "minibatch":
        found = MiniBatchKMeans(count, n_init=1, random_state=seed).fit(images.different, sample_weight=images.times)
    else:
        # No cluster is reassigned, so that early images count as much as late ones.
        found = MiniBatchKMeans(count, n_init=1, random_state=seed, reassignment_ratio=0)
        for start in range(0, len(images.different), BATCH_PER_CENTROID * count):
            batch = slice(start, start + BATCH_PER_CENTROID * count)
            found.partial_fit(images.different[batch], sample_weight=images.times[batch])
    centres: NDArray[np.float32] = found.cluster_centers_
    return centres
