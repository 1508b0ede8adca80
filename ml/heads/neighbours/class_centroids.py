"""Finds a few centroids per class, and takes over those of classes whose images are the same as before."""

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
# Images for each centroid that the incremental method takes in at once.
IMAGES_AT_ONCE = 5


@dataclass(frozen=True, kw_only=True, eq=False)
class ClassCentroids:
    """What is left of the training images.

    centroids: (centroids, dimension), L2-normalised; targets: (centroids, classes), one True a row; fingerprints:
    (classes, FINGERPRINT_BYTES) uint8, of what each class's centroids were computed from.
    """

    centroids: Embeddings
    targets: Targets
    fingerprints: NDArray[np.uint8]

    def by_fingerprint(self) -> dict[bytes, Embeddings]:
        """The centroids of each class."""
        of_classes = zip(self.fingerprints, self.targets.T, strict=True)
        return {fingerprint.tobytes(): self.centroids[own] for fingerprint, own in of_classes}

    def tensors(self) -> Tensors:
        return {"centroids": self.centroids, "targets": self.targets, "fingerprints": self.fingerprints}

    @classmethod
    def restore(cls, tensors: Tensors) -> Self:
        """From what `tensors` gave."""
        return cls(centroids=tensors["centroids"], targets=tensors["targets"], fingerprints=tensors["fingerprints"])


@dataclass(frozen=True, kw_only=True)
class Clustering:
    """How the centroids of each class are found.

    Everything that is random depends on the seed and the class's own images alone: other classes, and the order in
    which classes and images come, make no difference.

    Attributes: method: kmeans; minibatch, its faster approximation for thousands of images a class; incremental, which
        sees each image once, in the order of hashes of the embeddings; count: of centroids of a class, at most.
    """

    method: Method
    count: int
    seed: int

    def centroids(
        self, embeddings: Embeddings, targets: Targets, *, known: ClassCentroids | None = None
    ) -> ClassCentroids:
        """The same with `known` as without, which saves the work for classes whose images did not change."""
        taken_over = {} if known is None else known.by_fingerprint()
        images = [_images_of(embeddings[own]) for own in targets.T]
        fingerprints = [self._fingerprint(each) for each in images]
        with _one_thread():
            per_class = [
                taken_over[fingerprint] if fingerprint in taken_over else self._of_class(own, fingerprint)
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
    """different: (images, dimension), sorted by hash; times: (images,), how often each is there; digest: of all."""

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
    """Threads add up in an order left to chance."""
    # Imported here because it takes most of a second, and first, because only what is loaded can be kept to one thread.
    import sklearn.cluster  # noqa: F401, PLC0415

    with threadpool_limits(limits=1, user_api="openmp"):
        yield


def _clusters(images: _ClassImages, method: Method, count: int, *, seed: int) -> NDArray[np.float32]:
    """Returns: (count, dimension)."""
    from sklearn.cluster import KMeans, MiniBatchKMeans  # noqa: PLC0415

    if method == "kmeans":
        found = KMeans(count, n_init=1, random_state=seed).fit(images.different, sample_weight=images.times)
    elif method == "minibatch":
        found = MiniBatchKMeans(count, n_init=1, random_state=seed).fit(images.different, sample_weight=images.times)
    else:
        # No cluster is given up for a new one, so that what was seen first counts as much as what came last.
        found = MiniBatchKMeans(count, n_init=1, random_state=seed, reassignment_ratio=0)
        for start in range(0, len(images.different), IMAGES_AT_ONCE * count):
            batch = slice(start, start + IMAGES_AT_ONCE * count)
            found.partial_fit(images.different[batch], sample_weight=images.times[batch])
    centres: NDArray[np.float32] = found.cluster_centers_
    return centres
