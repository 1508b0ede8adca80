"""Finding strategies by name."""

import pytest

from ml.strategies.table import strategy, strategy_names
from ml.strategy import UnknownStrategy


def test_every_strategy_is_found_by_its_name() -> None:
    assert strategy_names() == ("margin", "entropy", "least-confidence", "random")
    assert tuple(strategy(name).name for name in strategy_names()) == strategy_names()


def test_unknown_strategy_is_answered_with_the_nearest_name() -> None:
    with pytest.raises(UnknownStrategy, match='did you mean "entropy"'):
        strategy("entropie")
