"""Strategies by name."""

import pytest

from ml.errors import InvalidStrategyOptions, UnknownStrategy
from ml.strategies.registry import strategy, strategy_names


def test_every_strategy_is_found_by_its_name() -> None:
    assert tuple(strategy(name).name for name in strategy_names()) == strategy_names()


def test_unknown_strategy_is_answered_with_the_nearest_name() -> None:
    with pytest.raises(UnknownStrategy, match='did you mean "entropy"'):
        strategy("entropie")


def test_options_are_part_of_the_name() -> None:
    assert strategy("margin( random_share = 0.10, distinct=1 )").name == "margin(random_share=0.1)"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("margin(", "is not a strategy: expected a name"),
        ("margin(random_shar=1)", 'did you mean "random_share"'),
        ("margin(random_share=2)", "random_share: Input should be less than or equal to 1, got '2'"),
        ("margin(distinct=nan)", "distinct"),
    ],
)
def test_impossible_options_are_named(name: str, expected: str) -> None:
    with pytest.raises(InvalidStrategyOptions, match=expected):
        strategy(name)
