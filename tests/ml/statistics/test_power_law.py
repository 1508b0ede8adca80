"""Power laws of learning curves."""

import numpy as np
from numpy.typing import NDArray

from ml.statistics.power_law import draw_power_laws

LABELS = np.array([20.0, 40.0, 80.0, 160.0, 320.0])


def curve(limit: float, loss: float, decay: float) -> NDArray[np.float64]:
    return np.asarray(limit - loss * LABELS**-decay)


def drawn(*curves: NDArray[np.float64], deviation: float = 1e-4, at: float = 1000.0) -> NDArray[np.float64]:
    laws = draw_power_laws(
        LABELS, np.array(curves), variances=np.full(len(LABELS), deviation**2), rng=np.random.default_rng(0)
    )
    return laws.at(at)


def test_exact_laws_are_found_again() -> None:
    steep, gentle = drawn(curve(0.95, 2.0, 1.0), curve(0.8, 0.9, 0.5))

    assert np.isclose(steep, 0.95 - 2.0 / 1000, atol=0.002)
    assert np.isclose(gentle, 0.8 - 0.9 * 1000**-0.5, atol=0.004)


def test_accuracy_stays_below_one_however_steep_the_curve() -> None:
    assert drawn(curve(1.3, 2.0, 0.3), at=1e9)[0] <= 1


def test_flat_curve_stays_where_it_is() -> None:
    assert np.isclose(drawn(np.full(5, 0.7)), 0.7).all()


def test_falling_curve_goes_on_falling() -> None:
    assert drawn(curve(0.7, -1.0, 1.0), at=1e6)[0] < curve(0.7, -1.0, 1.0)[-1]


def test_noisier_curves_leave_more_laws_possible() -> None:
    many = [curve(0.9, 1.0, 0.5)] * 200

    assert drawn(*many, deviation=0.02).std() > 2 * drawn(*many, deviation=0.002).std()


def test_noisy_points_count_less() -> None:
    bent = curve(0.9, 1.0, 0.5)
    bent[0] -= 0.3

    laws = draw_power_laws(
        LABELS,
        bent[None],
        variances=np.array([1.0, 1e-8, 1e-8, 1e-8, 1e-8]),
        rng=np.random.default_rng(0),
    )

    assert np.isclose(laws.at(1000.0)[0], 0.9 - 1000**-0.5, atol=0.004)
