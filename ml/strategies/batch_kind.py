"""What strategies start from that pick images together, by where they lie among the others."""

from ml.strategies.margin import Margin
from ml.strategies.options import StrategyKind
from ml.strategy import Measure


class BatchKind(StrategyKind):
    """A strategy that picks images together; what it does not pick comes by margin."""

    @property
    def measure(self) -> Measure:
        """Margin, the measure that does well wherever the classifier knows anything."""
        return Margin()

    @property
    def is_measure(self) -> bool:
        """Never."""
        return False

    @property
    def uses_embeddings(self) -> bool:
        """Always, for where images lie."""
        return True
