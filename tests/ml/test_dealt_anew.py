"""Intervals over runs that deal the same images anew."""

import numpy as np

from ml.dealt_anew import widened
from ml.over_runs import mean_over_runs
from ml.resampling import mean_over_splits

RUNS = np.array([0.1, 0.3, 0.2, 0.5, 0.4])


def test_widened_interval_is_that_of_the_corrected_resampled_t_test() -> None:
    found = widened(mean_over_runs(RUNS), runs=5, tested_to_rest=0.25)

    # Of endlessly many images, so that their number is no bound of its own.
    expected = mean_over_splits(RUNS, np.zeros(10), tested_to_rest=0.25).interval
    assert np.allclose(
        [found.low, found.estimate, found.high], [expected.low, expected.estimate, expected.high], rtol=1e-9
    )
