"""What every head recipe starts from: options with bounds, read from its name as in `knn(k=10, vote=distance)`."""

from abc import ABC, abstractmethod
from typing import ClassVar

from ml.errors import InvalidHeadOptions, InvalidOptions
from ml.head import NO_SIDE_INFORMATION, Head, SideInformation, TrainedHead
from ml.named_options import NamedOptions, split_name
from ml.types import Embeddings, Targets, Tensors

# Of what is counted, images or centroids: no project has more, and all that counts them can.
MOST_COUNTED = 1_000_000


class HeadKind(NamedOptions, ABC):
    """A `HeadRecipe` whose options are frozen fields, each with a default and bounds."""

    invalid: ClassVar[type[InvalidOptions]] = InvalidHeadOptions
    multi_label: ClassVar[bool] = False
    serves_unlabeled_classes: ClassVar[bool] = False
    uses_texts: ClassVar[bool] = False
    uses_previous: ClassVar[bool] = False

    @property
    def uses_parents(self) -> bool:
        """As `HeadRecipe.uses_parents`; it may depend on the options."""
        return False

    @abstractmethod
    def train(
        self,
        embeddings: Embeddings,
        targets: Targets,
        *,
        seed: int,
        side_information: SideInformation = NO_SIDE_INFORMATION,
    ) -> TrainedHead:
        """As `HeadRecipe.train`."""

    @abstractmethod
    def restore(self, tensors: Tensors) -> Head:
        """As `HeadRecipe.restore`."""


def split_head_name(name: str) -> tuple[str, dict[str, str]]:
    """The kind of head, and its options as texts. Raises: InvalidHeadOptions: not of the form kind(option=value)."""
    return split_name(name, noun="head", example="knn(k=10, vote=distance)", invalid=InvalidHeadOptions)
