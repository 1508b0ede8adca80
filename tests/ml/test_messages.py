"""Messages stay readable for any input of a user or a library."""

import pytest

from ml.encoders.openclip.name import CheckpointFile, parse_openclip_name
from ml.encoders.registry import check_encoder_name
from ml.encoders.weights import require_checkpoint
from ml.errors import EncoderUnavailable, InvalidHeadOptions, UnknownEncoder, UnknownHead, UnknownStrategy
from ml.heads.registry import head_recipe
from ml.messages import MOST_CHARACTERS, first_line, truncate, unknown_name
from ml.strategies.registry import strategy

LONG = "a" * 100_000
# A message quotes the input and lists the known names.
READABLE = 2_000


def test_what_is_short_stays_as_it_is() -> None:
    assert truncate("a" * MOST_CHARACTERS) == "a" * MOST_CHARACTERS


def test_what_is_long_is_cut_and_says_so() -> None:
    assert truncate(LONG) == "a" * MOST_CHARACTERS + "... (100,000 characters)"


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
        require_checkpoint(source.path)

    assert len(str(refused.value)) < READABLE


def test_a_strategy_s_long_name_is_not_repeated_whole() -> None:
    with pytest.raises(UnknownStrategy) as refused:
        strategy(LONG)

    assert len(str(refused.value)) < READABLE


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ValueError("no such key\n\nDebug source: ..."), "no such key"),
        (ValueError(), "ValueError"),
        (ValueError("a" * 1000), "a" * 300),
    ],
    ids=["first line", "kind", "cut"],
)
def test_says_the_first_line(error: ValueError, said: str) -> None:
    assert first_line(error) == said


def test_names_the_nearest_and_all_known() -> None:
    assert unknown_name("cat", "tomm", ["tom", "felix"]) == (
        'no cat is called "tomm": did you mean "tom"? known are tom, felix'
    )


def test_without_anything_near_names_all_known() -> None:
    assert unknown_name("cat", "xyz", ["tom", "felix"]) == 'no cat is called "xyz": known are tom, felix'


def test_of_many_known_only_the_nearest_are_named() -> None:
    many = [f"cat-{number}" for number in range(100)]

    assert unknown_name("cat", "xyz-77", many).startswith('no cat is called "xyz-77": did you mean "cat-77" or ')
    assert unknown_name("cat", "xyz-77", many).endswith("? 100 are known")
