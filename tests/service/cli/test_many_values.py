"""Options that take several values."""

import pytest

from service.cli.many_values import spread


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("F --heads a b", "F --heads a --heads b"),
        ("F --heads a b --seed 3 --sizes 5 all", "F --heads a --heads b --seed 3 --sizes 5 --sizes all"),
        ("F --heads a --heads b", "F --heads a --heads b"),
        ("--seed 3 F --heads a", "--seed 3 F --heads a"),
        ("F --heads", "F --heads"),
        ("F --heads=a b", "F --heads=a b"),
        ("", ""),
    ],
)
def test_each_value_gets_its_option(typed: str, meant: str) -> None:
    assert list(spread(typed.split(), {"--heads", "--sizes"})) == meant.split()
