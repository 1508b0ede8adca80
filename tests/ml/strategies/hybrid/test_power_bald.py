"""PowerBALD: mutual information against skactiveml, and draws with Gumbel noise."""

from dataclasses import replace

import numpy as np
import pytest
from skactiveml.pool import batch_bald

from ml.labels.label_mode import MULTI_LABEL, SINGLE_LABEL
from ml.strategies.hybrid.power_bald import mutual_information
from ml.strategies.registry import strategy
from tests.ml.clouds import cloud
from tests.ml.pools import a_pool


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_mutual_information_is_that_of_skactiveml() -> None:
    of_members = rng().dirichlet([0.5, 0.5, 0.5, 0.5], size=(6, 30))

    information = mutual_information(of_members, mode=SINGLE_LABEL)

    utilities = batch_bald(of_members, batch_size=1, random_state=0)
    assert information == pytest.approx(utilities[0], abs=1e-5)


def test_multi_label_the_most_disputed_class_counts() -> None:
    agreed, disputed = np.array([[0.5, 0.5]]), [np.array([[0.5, each]]) for each in (0.0, 1.0)]

    assert mutual_information([agreed, agreed], mode=MULTI_LABEL) == pytest.approx([0.0])
    assert mutual_information(disputed, mode=MULTI_LABEL) == pytest.approx([np.log(2)])


def test_images_between_the_classes_are_drawn_before_those_at_their_centres() -> None:
    labeled = cloud(12, 12, noise=0.4)
    centres = np.eye(2, 8, dtype=np.float32)
    between = np.full((1, 8), [0.7, 0.7, 0, 0, 0, 0, 0, 0], dtype=np.float32)
    pool = replace(
        a_pool(images=10, classes=2),
        embeddings=np.concatenate([np.repeat(centres, 4, axis=0), np.repeat(between, 2, axis=0)]),
        labeled_embeddings=labeled.embeddings,
        labeled_targets=labeled.targets,
    )

    picked = strategy("power-bald(power=100)").pick(pool, 2, rng=rng())

    assert set(picked.tolist()) == {8, 9}


def test_without_power_all_that_are_disputed_are_as_likely() -> None:
    pool = a_pool(images=5, labeled=9, noise=0.8)

    firsts = [int(strategy("power-bald(power=0)").pick(pool, 1, rng=rng(seed))[0]) for seed in range(30)]

    assert set(firsts) == {0, 1, 2, 3, 4}


def test_with_labels_of_one_class_it_picks_by_margin() -> None:
    pool = replace(a_pool(), labeled_targets=np.eye(3, dtype=bool)[[0] * 6])

    picked = strategy("power-bald").pick(pool, 10, rng=rng())

    assert picked.tolist() == strategy("margin").pick(pool, 10, rng=rng()).tolist()
