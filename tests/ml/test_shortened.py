"""Names that users give, however long, leave errors readable."""

import pytest

from ml.encoders.checkpoint_file import existing_checkpoint
from ml.encoders.openclip_name import CheckpointFile, parse_openclip_name
from ml.encoders.table import check_encoder_name
from ml.errors import EncoderUnavailable, InvalidHeadOptions, UnknownEncoder, UnknownHead, UnknownStrategy
from ml.heads.table import head_recipe
from ml.shortened import MOST_CHARACTERS, shortened
from ml.strategies.table import strategy

LONG = "a" * 100_000
# Beside what was given, a message lists what there is.
READABLE = 2_000


def test_what_is_short_stays_as_it_is() -> None:
    assert shortened("a" * MOST_CHARACTERS) == "a" * MOST_CHARACTERS


def test_what_is_long_is_cut_and_says_so() -> None:
    assert shortened(LONG) == "a" * MOST_CHARACTERS + "... (100,000 characters)"


@pytest.mark.parametrize(
    "name",
    [
        LONG,
        f"{LONG}!",
        f"knn({LONG}=1)",
        f"knn(k={LONG})",
        f"knn(k=1{'0' * 100_000})",
        f"nearest-class-mean({LONG}=1)",
        f"hierarchical(number=3, child_weight={LONG})",
    ],
)
def test_a_head_s_long_name_is_not_repeated_whole(name: str) -> None:
    with pytest.raises((UnknownHead, InvalidHeadOptions)) as refused:
        head_recipe(name)

    assert len(str(refused.value)) < READABLE


@pytest.mark.parametrize(
    "name",
    [
        LONG,
        f"{LONG}\0",
        f"openclip:{LONG}",
        f"openclip:{LONG}/tag",
        f"openclip:ViT-B-32/~{LONG}",
        f"timm:{LONG}",
        f"timm:@{LONG}",
        f"timm:{LONG}@",
        f"finetuned:{LONG}",
        f"efficientnet-lite0*{LONG}+efficientnet-lite1",
        f"{LONG}*0+efficientnet-lite1",
    ],
)
def test_an_encoder_s_long_name_is_not_repeated_whole(name: str) -> None:
    with pytest.raises(UnknownEncoder) as refused:
        check_encoder_name(name)

    assert len(str(refused.value)) < READABLE


def test_a_long_path_of_weights_is_not_repeated_whole() -> None:
    source = parse_openclip_name(f"openclip:ViT-B-32//{LONG}")
    assert isinstance(source, CheckpointFile)

    with pytest.raises(EncoderUnavailable) as refused:
        existing_checkpoint(source.path)

    assert len(str(refused.value)) < READABLE


def test_a_strategy_s_long_name_is_not_repeated_whole() -> None:
    with pytest.raises(UnknownStrategy) as refused:
        strategy(LONG)

    assert len(str(refused.value)) < READABLE
