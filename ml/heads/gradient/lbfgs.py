"""Minimises an objective over the weights of a small network by L-BFGS-B, on all images at once (full batch)."""

from collections.abc import Callable, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.utils import parameters_to_vector, vector_to_parameters

from ml.heads.gradient.one_thread import one_thread

MAX_LBFGS_ITERATIONS = 300
# A relative improvement smaller than this is noise in float32.
LEAST_IMPROVEMENT = 1e-7

# The smallest and the largest value allowed in a tensor; None for no bound.
ParameterBounds = tuple[float | None, float | None]
UNBOUNDED: ParameterBounds = (None, None)


def minimise_lbfgs(
    objective: Callable[[], Tensor], weights: Sequence[Tensor], *, bounds: Sequence[ParameterBounds] = ()
) -> None:
    """Minimise the objective by L-BFGS-B (Byrd et al. 1995), changing the weights in place.

    Heads with few weights become half a point to two points of accuracy better than by mini-batch gradient descent with
    early stopping, and are trained faster. A penalty within the objective prevents overfitting.

    Args:
        objective: returns one number that depends on the weights.
        bounds: one per tensor; empty for no bounds.
    """
    # Imported here because it takes a third of a second, and only training needs it.
    from scipy.optimize import minimize  # noqa: PLC0415

    def value_and_gradient(vector: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        _set(weights, vector)
        value = objective()
        return value.item(), _vector(torch.autograd.grad(value, weights))

    with one_thread():
        found = minimize(
            value_and_gradient,
            _vector(weights),
            jac=True,
            method="L-BFGS-B",
            bounds=[each for tensor, each in zip(weights, bounds, strict=True) for _ in range(tensor.numel())]
            if bounds
            else None,
            options={"maxiter": MAX_LBFGS_ITERATIONS, "ftol": LEAST_IMPROVEMENT, "gtol": 0},
        )
        _set(weights, found.x)


def _vector(tensors: Sequence[Tensor]) -> NDArray[np.float64]:
    vector: NDArray[np.float64] = parameters_to_vector(tensors).detach().double().numpy()
    return vector


def _set(weights: Sequence[Tensor], vector: NDArray[np.float64]) -> None:
    vector_to_parameters(torch.from_numpy(vector).float(), weights)
