"""Auto: what it asks about at which stage."""

from dataclasses import replace

import numpy as np
import pytest

from ml.pool import Pool, undecided
from ml.strategies.auto import LABELS_A_CLASS_TO_COVER, SHORTLIST
from ml.strategies.table import strategy
from tests.ml.pools import a_pool

FEW, MANY = 3 * LABELS_A_CLASS_TO_COVER - 1, 3 * LABELS_A_CLASS_TO_COVER


def picked(name: str, pool: Pool) -> list[int]:
    return list(map(int, strategy(name).pick(pool, 6, rng=np.random.default_rng(0))))


def test_before_the_first_version_it_covers() -> None:
    pool = a_pool(images=60, known=False)

    assert picked("auto", pool) == picked("max-herding", pool)


def test_while_labels_are_few_it_covers_what_is_doubtful() -> None:
    pool = a_pool(images=60, labeled=FEW)

    assert picked("auto", pool) == picked("uncertainty-herding", pool)


def test_from_five_labels_a_class_on_it_asks_about_doubtful_images_that_differ() -> None:
    pool = a_pool(images=60, labeled=MANY)

    assert picked("auto", pool) == picked(f"cluster-margin(shortlist={SHORTLIST})", pool)


def test_labels_of_one_class_alone_are_no_doubt_to_go_by() -> None:
    pool = replace(a_pool(images=60, labeled=MANY), classify=None, probabilities=undecided(images=60, classes=3))

    assert picked("auto", pool) == picked("max-herding", pool)


@pytest.mark.parametrize("torn", [0, 2])
def test_texts_of_the_classes_say_what_is_doubtful_before_the_first_version(torn: int) -> None:
    pool = a_pool(images=90, known=False, with_texts=True, noise=0.05)
    assert pool.texts is not None
    # The image's own class and another one have the same text: only images of this class are in doubt.
    texts = np.array(pool.texts.embeddings)
    texts[1] = texts[torn]
    of_class = pool.embeddings[:, :3].argmax(axis=1)

    asked = picked("auto", replace(pool, texts=replace(pool.texts, embeddings=texts, logit_scale=100.0)))

    assert of_class[asked[0]] == torn
