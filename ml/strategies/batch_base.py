"""Base class of strategies that pick a batch of images together, by the positions of their embeddings."""

from ml.strategies.base import BaseStrategy
from ml.strategies.uncertainty.margin import Margin
from ml.strategies.worth import UncertaintyMeasure


class BatchStrategy(BaseStrategy):
    """A strategy that picks images together (batch active learning); margin ranks the images that are not picked."""

    @property
    def measure(self) -> UncertaintyMeasure:
        """Margin, which does well as soon as the classifier has learned anything."""
        return Margin()

    @property
    def picks_by_worth_alone(self) -> bool:
        """False: images are picked together."""
        return False

    @property
    def uses_embeddings(self) -> bool:
        """True: positions of images matter."""
        return True
