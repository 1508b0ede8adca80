"""Base class of strategies that pick a batch of images together, by where their embeddings lie among the others."""

from ml.strategies.base import BaseStrategy
from ml.strategies.uncertainty.margin import Margin
from ml.strategies.worth import UncertaintyMeasure


class BatchStrategy(BaseStrategy):
    """A strategy that picks images together (batch active learning); margin ranks those that it does not pick."""

    @property
    def measure(self) -> UncertaintyMeasure:
        """Margin, the measure that does well wherever the classifier knows anything."""
        return Margin()

    @property
    def picks_by_worth_alone(self) -> bool:
        """Never."""
        return False

    @property
    def uses_embeddings(self) -> bool:
        """Always, for where images lie."""
        return True
