"""The guide to active learning names each strategy, its options and their defaults."""

import re
from pathlib import Path

import pytest

from ml.strategies.base import BaseStrategy
from ml.strategies.registry import strategies, strategy

GUIDE = (Path(__file__).parents[3] / "docs" / "guides" / "active-learning.md").read_text()
ROWS = dict(re.findall(r"^\| `([a-z-]+)` \| (.*?) \|", GUIDE, re.MULTILINE))
SHARED = set(BaseStrategy.model_fields)


def test_the_guide_has_the_strategies_that_there_are() -> None:
    assert set(ROWS) == {each.name for each in strategies()}


@pytest.mark.parametrize("each", strategies(), ids=lambda each: each.name)
def test_the_guide_has_each_option_and_its_default_makes_the_default_strategy(each: BaseStrategy) -> None:
    assert isinstance(each, BaseStrategy)
    documented = re.findall(r"`([a-z_0-9]+)(=[^`]+)`", ROWS[each.name])
    defaults = ", ".join(option + value for option, value in documented)

    assert {option for option, _ in documented} == set(type(each).model_fields) - SHARED
    assert strategy(f"{each.name}({defaults})") == each


def test_the_guide_has_the_options_that_all_strategies_share() -> None:
    assert set(re.findall(r"^\| `([a-z_]+)=", GUIDE, re.MULTILINE)) == SHARED
