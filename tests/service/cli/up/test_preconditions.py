"""Checks before anything starts."""

import pytest

from service.cli.up.preconditions import CannotStart, check_names
from service.settings import Settings


def settings(**values: str) -> Settings:
    return Settings(_env_file=None, **values)  # type: ignore[call-arg, arg-type]  # not a field, and mypy has no plugin


def test_the_defaults_can_start() -> None:
    check_names(settings())


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"encoder": "efficientnet"}, "MARGIN_ENCODER: .*efficientnet-lite0"),
        ({"head": "softmax"}, "MARGIN_HEAD: .*softmax-regression"),
        ({"strategy": "margins"}, "MARGIN_STRATEGY: .*margin"),
        ({"head": "zero-shot"}, "MARGIN_HEAD: .*text side"),
    ],
)
def test_what_new_projects_could_not_be_made_of_is_told(values: dict[str, str], said: str) -> None:
    with pytest.raises(CannotStart, match=said):
        check_names(settings(**values))


def test_a_head_that_needs_texts_can_start_with_an_encoder_that_knows_them() -> None:
    check_names(settings(head="zero-shot", encoder="openclip:ViT-B-32/laion2b_s34b_b79k"))
