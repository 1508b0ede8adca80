"""Zero-shot probabilities are used before the first version only."""

import numpy as np
import pytest

from ml.encoders.class_texts import zero_shot_probabilities
from ml.strategies.pool import Pool
from ml.strategies.zero_shot_probabilities import IMAGES_AT_ONCE, zero_shot_class_probabilities
from tests.ml.pools import a_pool


def test_before_the_first_version_texts_say_what_images_look_like() -> None:
    pool = a_pool(images=IMAGES_AT_ONCE + 5, known=False, with_texts=True)
    assert pool.texts is not None

    seen = zero_shot_class_probabilities(pool)

    texts = pool.texts
    expected = zero_shot_probabilities(pool.embeddings, texts.embeddings, logit_scale=texts.logit_scale)
    assert seen.probabilities == pytest.approx(expected)


@pytest.mark.parametrize("pool", [a_pool(with_texts=True), a_pool(known=False)], ids=["a version", "no texts"])
def test_a_version_is_believed_and_without_texts_nothing_is_known(pool: Pool) -> None:
    assert np.array_equal(zero_shot_class_probabilities(pool).probabilities, pool.probabilities)
