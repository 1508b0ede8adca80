"""What every strategy offers: which images of the pool to label next."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ml.pool import Pool
from ml.types import Probabilities, Rows, Worth


class Measure(Protocol):
    """Tells an image's worth from its class probabilities alone."""

    def worth(self, probabilities: Probabilities, *, rng: np.random.Generator) -> Worth: ...

    def reason(self, probabilities: NDArray[np.float64], labels: tuple[str, ...]) -> str:
        """Say in one sentence why an image with these class probabilities (classes,) is worth that much."""
        ...


class Strategy(Protocol):
    """Chooses the images to label next."""

    @property
    def name(self) -> str:
        """The kind and every option that is not the default's, as `strategy` reads it."""
        ...

    @property
    def measure(self) -> Measure:
        """What orders the images that it does not pick, and all that are judged alone."""
        ...

    @property
    def is_measure(self) -> bool:
        """Whether it picks by its measure and nothing else, so that the worth of an image is that of its measure."""
        ...

    @property
    def uses_embeddings(self) -> bool: ...

    @property
    def uses_texts(self) -> bool:
        """Whether it makes use of texts of the classes where the encoder has a text side."""
        ...

    def pick(self, pool: Pool, count: int, *, rng: np.random.Generator) -> Rows:
        """So many images, or all where there are fewer, each once, the most worth labeling first.

        They are the best to label together, next; every start of the list is a good choice of fewer.
        The same pool, count and state of the generator give the same images.
        """
        ...

    def drawn_at_random(self, pool: Pool, picked: Rows, *, rng: np.random.Generator) -> Rows:
        """Those of the picked that were drawn from the whole pool at random, in order of row.

        Args: picked: what `pick` gave; rng: in the state that it was given to `pick`.
        """
        ...
