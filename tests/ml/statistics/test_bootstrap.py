"""Bootstrap intervals."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import bootstrap

from ml.statistics.bootstrap import Draws, bootstrap_intervals


def bounds_of_mean(values: NDArray[np.float64], *, seed: int = 0) -> tuple[float, float]:
    def mean(draws: Draws) -> dict[str, NDArray[np.float64]]:
        return {"mean": draws @ values / len(values)}

    return bootstrap_intervals(mean, images=len(values), seed=seed)["mean"].bounds


def test_interval_of_a_mean_is_scipys() -> None:
    values = np.random.default_rng(3).exponential(size=80)

    expected = bootstrap(
        (values,), np.mean, n_resamples=2_000, method="percentile", rng=np.random.default_rng(0)
    ).confidence_interval

    assert bounds_of_mean(values) == pytest.approx((expected.low, expected.high))


def test_estimate_is_the_statistic_of_the_images_themselves() -> None:
    found = bootstrap_intervals(lambda draws: {"images": draws.sum(axis=1)}, images=30, seed=0)

    assert found["images"].estimate == 30


def test_interval_is_as_wide_as_theory_says() -> None:
    values = np.random.default_rng(3).normal(size=400)

    low, high = bounds_of_mean(values)

    assert high - low == pytest.approx(2 * 1.96 * values.std() / np.sqrt(400), rel=0.1)


def test_many_images_are_resampled_in_parts() -> None:
    values = np.random.default_rng(3).normal(size=3_001)

    low, high = bounds_of_mean(values)

    assert low < values.mean() < high


def test_same_seed_gives_the_same_interval_and_another_another() -> None:
    values = np.random.default_rng(3).normal(size=40)

    assert bounds_of_mean(values) == bounds_of_mean(values)
    assert bounds_of_mean(values) != bounds_of_mean(values, seed=1)


@pytest.mark.parametrize(("images", "names"), [(19, []), (20, ["images"])])
def test_too_few_images_have_no_interval(images: int, names: list[str]) -> None:
    found = bootstrap_intervals(lambda draws: {"images": draws.sum(axis=1)}, images=images, seed=0)

    assert list(found) == names
