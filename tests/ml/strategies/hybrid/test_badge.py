"""BADGE, against skactiveml with explicit gradients."""

from dataclasses import replace

import numpy as np
import pytest
from skactiveml.classifier import SklearnClassifier
from skactiveml.pool import Badge as SkactivemlBadge
from sklearn.linear_model import LogisticRegression

from ml.labels.label_mode import SINGLE_LABEL
from ml.strategies.hybrid.badge import Gradients
from ml.strategies.pool import Pool
from ml.strategies.registry import strategy
from ml.types import Embeddings
from tests.ml.clouds import cloud
from tests.ml.pools import a_pool


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def gradients_written_out(pool: Pool) -> Embeddings:
    looks_like = np.eye(pool.probabilities.shape[1])[pool.probabilities.argmax(axis=1)]
    taken_for = (pool.probabilities > 0.5) if pool.multi_label else looks_like
    written_out = (pool.probabilities - taken_for)[:, :, None] * pool.embeddings[:, None, :]
    return np.asarray(written_out.reshape(pool.size, -1), dtype=np.float32)


def gradients_of(pool: Pool) -> Gradients:
    return Gradients.of(pool.embeddings, pool.probabilities, mode=pool.mode)


def test_odds_of_each_draw_are_those_of_skactiveml() -> None:
    images = cloud(20, 20, 20, noise=0.5)
    answers = np.where(np.arange(60) % 6 == 0, images.targets.argmax(axis=1), np.nan)
    waiting = np.flatnonzero(np.isnan(answers))
    head = SklearnClassifier(LogisticRegression(), classes=[0, 1, 2]).fit(images.embeddings, answers)
    asked = {"X": images.embeddings, "y": answers, "clf": head, "fit_clf": False, "batch_size": 6}
    queried, utilities = SkactivemlBadge(random_state=0).query(**asked, return_utilities=True)

    gradients = Gradients.of(
        images.embeddings[waiting], head.predict_proba(images.embeddings[waiting]), mode=SINGLE_LABEL
    )

    places = np.searchsorted(waiting, queried)
    assert places[0] == gradients.squared_lengths.argmax()
    for drawn in range(1, 6):
        # skactiveml counts the origin as chosen; the authors' own program does not, and neither do we.
        chosen = [gradients.squared_lengths, *(gradients.squared_distances(place) for place in places[:drawn])]
        nearest = np.min(chosen, axis=0)
        assert nearest / nearest.sum() == pytest.approx(np.nan_to_num(utilities[drawn, waiting]), abs=1e-5)


@pytest.mark.parametrize("multi_label", [False, True])
def test_distances_are_those_of_gradients_written_out(multi_label: bool) -> None:
    pool = a_pool(multi_label=multi_label)
    written_out = gradients_written_out(pool)

    distances = gradients_of(pool).squared_distances(4)

    assert distances == pytest.approx(((written_out - written_out[4]) ** 2).sum(axis=1), abs=1e-6)


def test_the_longest_gradient_comes_first() -> None:
    pool = a_pool()

    first = strategy("badge").pick(pool, 5, rng=rng())[0]

    assert first == (gradients_written_out(pool) ** 2).sum(axis=1).argmax()


def test_each_is_drawn_with_odds_of_its_squared_distance_to_the_first() -> None:
    pool = a_pool(images=6)
    distances = gradients_of(pool).squared_distances(int(strategy("badge").pick(pool, 1, rng=rng())[0]))

    seconds = [int(strategy("badge").pick(pool, 2, rng=rng(seed))[1]) for seed in range(1_000)]

    assert np.bincount(seconds, minlength=6) / 1_000 == pytest.approx(distances / distances.sum(), abs=0.06)


def test_distinct_images_are_picked_before_duplicates() -> None:
    pool = a_pool(images=5)
    five_times = np.repeat(np.arange(5), 5)
    pool = replace(pool, embeddings=pool.embeddings[five_times], probabilities=pool.probabilities[five_times])

    picked = strategy("badge").pick(pool, 8, rng=rng())

    assert len(set(five_times[picked[:5]].tolist())) == 5
    assert len(set(picked.tolist())) == 8


def test_images_that_are_decided_come_last() -> None:
    pool = a_pool(images=20)
    decided = np.arange(20) < 10
    probabilities = np.where(decided[:, None], [0.0, 1.0, 0.0], pool.probabilities)

    picked = strategy("badge").pick(replace(pool, probabilities=probabilities), 20, rng=rng())

    assert decided[picked].sum() == 10
    assert decided[picked[-9:]].all()
