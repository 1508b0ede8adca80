"""Tests the prompts of classes, and their averaged embeddings."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from ml.encoders.base import TextEncoder
from ml.encoders.class_texts import TEXTS_AT_ONCE, class_texts, prompts_of, spoken_name, zero_shot_probabilities
from ml.encoders.registry import load_encoder
from ml.errors import InvalidPrompts
from ml.images.decoding import decode_image
from ml.images.image import ImageLimits
from ml.types import Embeddings

FIXTURES = Path(__file__).parents[2] / "fixtures"
FASHION = sorted((FIXTURES / "fashion").glob("*.png"))


class Alphabet:
    """A double that encodes a text as its letter counts, and records the size of each batch."""

    logit_scale = 7.0

    def __init__(self) -> None:
        self.batches: list[int] = []

    def encode_texts(self, texts: Sequence[str]) -> Embeddings:
        self.batches.append(len(texts))
        counts = np.array([[text.count(letter) for letter in "abcd"] for text in texts], dtype=np.float32)
        counts = counts.reshape(-1, 4)
        normalised: Embeddings = counts / np.linalg.norm(counts, axis=1, keepdims=True)
        return normalised


def test_templates_take_the_name_in_the_place_of_the_braces() -> None:
    bag, coat = prompts_of(["bag", "coat"])

    assert bag == ("a photo of a bag.", "a photo of the bag.", "a picture of a bag.", "an image of a bag.", "bag")
    assert coat == tuple(prompt.replace("bag", "coat") for prompt in bag)


def test_own_prompts_of_a_class_stand_for_the_templates() -> None:
    bag, coat = prompts_of(["bag", "coat"], own_prompts={"coat": ["worn in winter", "an overcoat"]})

    assert bag == prompts_of(["bag"])[0]
    assert coat == ("worn in winter", "an overcoat")


@pytest.mark.parametrize(
    ("label", "name"),
    [("ankle_boot", "ankle boot"), ("clothes/tops/coat", "coat, tops, clothes"), ("{x}", "{x}"), ("TV", "TV")],
)
def test_label_is_named_as_it_is_spoken(label: str, name: str) -> None:
    assert spoken_name(label) == name
    assert prompts_of([label])[0][-1] == name


def test_text_of_a_class_is_the_normalised_mean_of_its_prompts() -> None:
    texts = class_texts(Alphabet(), ["a", "b"], own_prompts={"a": ["a", "ac"], "b": ["b", "bc"]})

    expected = np.array([[1 + 0.5**0.5, 0, 0.5**0.5, 0], [0, 1 + 0.5**0.5, 0.5**0.5, 0]])
    np.testing.assert_allclose(texts.embeddings, expected / np.linalg.norm(expected, axis=1, keepdims=True), atol=1e-6)
    assert texts.embeddings.dtype == np.float32
    assert texts.logit_scale == 7


def test_classes_with_different_numbers_of_prompts_stay_in_label_set_order() -> None:
    own = {"a": ["d", "d", "d"], "b": ["b", "bb"], "c": ["a"]}

    texts = class_texts(Alphabet(), ["a", "b", "c"], own_prompts=own)

    assert texts.embeddings.argmax(axis=1).tolist() == [3, 1, 0]


def test_many_texts_are_encoded_a_part_at_a_time() -> None:
    encoder = Alphabet()

    texts = class_texts(encoder, ["a", "b"], own_prompts={"a": ["a"] * TEXTS_AT_ONCE, "b": ["b"]})

    assert encoder.batches == [TEXTS_AT_ONCE, 1]
    assert texts.embeddings.shape == (2, 4)


def test_no_class_gives_no_row() -> None:
    assert class_texts(Alphabet(), []).embeddings.shape == (0, 4)


@pytest.mark.parametrize(
    ("own", "message"),
    [
        ({"coats": ["x"]}, 'prompts: no label is called "coats": did you mean "coat"'),
        ({"coat": [" "]}, 'prompts of "coat" must be a list of texts, none of them empty'),
        ({"coat": "overcoat"}, 'prompts of "coat" must be a list of texts'),
    ],
)
def test_prompts_that_cannot_be_used_are_told(own: dict[str, Sequence[str]], message: str) -> None:
    with pytest.raises(InvalidPrompts, match=message):
        prompts_of(["coat", "bag"], own_prompts=own)


def test_default_templates_classify_held_out_images() -> None:
    labels = sorted({path.stem.rpartition("-")[0] for path in FASHION})
    encoder = load_encoder(f"openclip:local-dir/{FIXTURES / 'tiny-clip'}", threads=1)
    assert isinstance(encoder, TextEncoder)
    pixels = [decode_image(path.read_bytes(), ImageLimits()) for path in FASHION]
    images = encoder.encode(np.stack([encoder.prepare(each) for each in pixels]))

    texts = class_texts(encoder, labels)

    guesses = zero_shot_probabilities(images, texts.embeddings, logit_scale=texts.logit_scale).argmax(axis=1)
    truth = [labels.index(path.stem.rpartition("-")[0]) for path in FASHION]
    assert (guesses == truth).mean() > 0.75


TEXTS = np.eye(3, dtype=np.float32)


def test_rows_sum_to_one_and_the_nearest_text_wins() -> None:
    images = np.array([[0.8, 0.6, 0.0], [0.0, 0.6, 0.8]], dtype=np.float32)

    probabilities = zero_shot_probabilities(images, TEXTS, logit_scale=10.0)

    np.testing.assert_allclose(probabilities.sum(axis=1), 1)
    assert probabilities.argmax(axis=1).tolist() == [0, 2]
    assert probabilities.dtype == np.float64


def test_probabilities_are_the_softmax_of_scaled_cosines() -> None:
    images = np.array([[0.8, 0.6, 0.0]], dtype=np.float32)

    probabilities = zero_shot_probabilities(images, TEXTS, logit_scale=5.0)

    powers = np.exp([4.0, 3.0, 0.0])
    np.testing.assert_allclose(probabilities, [powers / powers.sum()], atol=1e-6)


def test_large_scale_does_not_overflow() -> None:
    images = np.array([[1.0, 0.0, 0.0]], dtype=np.float32)

    probabilities = zero_shot_probabilities(images, TEXTS, logit_scale=10_000.0)

    assert probabilities.tolist() == [[1.0, 0.0, 0.0]]


def test_no_images_give_no_rows() -> None:
    nothing = np.empty((0, 3), dtype=np.float32)

    assert zero_shot_probabilities(nothing, TEXTS, logit_scale=1.0).shape == (0, 3)
