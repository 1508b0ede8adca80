"""The table of strategies by name: a new strategy is one file and one line here."""

from ml.nearest_names import unknown_name
from ml.strategies.entropy import Entropy
from ml.strategies.least_confidence import LeastConfidence
from ml.strategies.margin import Margin
from ml.strategies.random_order import RandomOrder
from ml.strategy import Strategy, UnknownStrategy


def strategies() -> tuple[Strategy, ...]:
    """Every strategy."""
    return (
        Margin(),
        Entropy(),
        LeastConfidence(),
        RandomOrder(),
    )


def strategy(name: str) -> Strategy:
    """Raises: UnknownStrategy."""
    by_name = {each.name: each for each in strategies()}
    if name not in by_name:
        raise UnknownStrategy(unknown_name("strategy", name, tuple(by_name)))
    return by_name[name]


def strategy_names() -> tuple[str, ...]:
    """The names by which `strategy` knows them."""
    return tuple(each.name for each in strategies())
