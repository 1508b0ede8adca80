"""Fits the hierarchical softmax: the weights of a class are its own plus its parent's, trained on both losses."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.heads.linear.linear_head import LinearHead, RotatedFeatures, rotated_features
from ml.heads.linear.regularisation import MAX_ITERATIONS
from ml.heads.seen_classes import seen_classes
from ml.types import Embeddings, Targets

# The stopping rule of scikit-learn's logistic regression.
GRADIENT_TOLERANCE = 1e-4
RELATIVE_TOLERANCE = 64 * float(np.finfo(np.float64).eps)

# float64, because the optimizer sums up many small steps; everything else is float32, like embeddings.
Parameters = NDArray[np.float64]


def fit_shared_weights_path(
    embeddings: Embeddings,
    targets: Targets,
    members: NDArray[np.bool_],
    cs: Sequence[float],
    *,
    child_weight: float,
) -> list[LinearHead]:
    """Fit one head per C, each fit starting from the previous one.

    Args:
        members: (classes, parents), True for the parent of each class.
        cs: scikit-learn's C.
        child_weight: weight of the loss of the class within its parent.
    Raises: NotEnoughLabels.
    """
    present, rotated = seen_classes(targets).present, rotated_features(embeddings)
    objective = objective_of(rotated, targets[:, present], members[present], child_weight=child_weight)
    parameters: Parameters = np.zeros(objective.size)
    heads = []
    for c in cs:
        parameters = _minimise(objective, parameters, c)
        heads.append(_head_of(rotated, *objective.weights_and_biases(parameters), present))
    return heads


@dataclass(frozen=True, kw_only=True, eq=False)
class Objective:
    """The objective, as a function of one vector: class weights, then parent weights, then class biases.

    Attributes:
        coordinates: (images, coordinates).
        truth: (images, classes), 1 for the image's class.
        relatives: (images, classes), True for all classes of the image's parent.
        sums: (classes, classes + parents), 1 for the weight vectors that are added up for a class.
    """

    coordinates: NDArray[np.float32]
    truth: NDArray[np.float32]
    relatives: NDArray[np.bool_]
    sums: NDArray[np.float32]
    child_weight: float

    @property
    def size(self) -> int:
        classes, addends = self.sums.shape
        return addends * self.coordinates.shape[1] + classes

    def weights_and_biases(self, parameters: Parameters) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Add up class and parent weights. Returns: (classes, coordinates) and (classes,)."""
        addends, biases = self._parts(parameters)
        return self.sums @ addends.astype(np.float32), biases.astype(np.float32)

    def loss_and_gradient(self, parameters: Parameters, c: float) -> tuple[float, Parameters]:
        """Return the mean loss over images plus the L2 penalty, scaled as in scikit-learn; biases have no penalty."""
        weights, biases = self.weights_and_biases(parameters)
        loss, by_logits = self._loss_of_logits(self.coordinates @ weights.T + biases)
        addends, _ = self._parts(parameters)
        penalty = 1 / (c * len(self.truth))
        by_addends = self.sums.T @ (by_logits.T @ self.coordinates) + penalty * addends
        gradient: Parameters = np.concatenate([by_addends.ravel(), by_logits.sum(axis=0)])
        return loss + penalty / 2 * float((addends**2).sum()), gradient

    def _loss_of_logits(self, logits: NDArray[np.float32]) -> tuple[float, NDArray[np.float32]]:
        """Compute the mean of -log P(parent) - child_weight x log P(class | parent), and its gradient.

        P(parent) is the sum of the probabilities of its classes.
        """
        of_all, among_all = _log_sum_and_shares(logits)
        of_parent, in_parent = _log_sum_and_shares(np.where(self.relatives, logits, -np.inf))
        of_class = logits[self.truth > 0]
        losses = of_all - of_parent + self.child_weight * (of_parent - of_class)
        gradient = among_all - in_parent + self.child_weight * (in_parent - self.truth)
        return float(losses.mean(dtype=np.float64)), np.asarray(gradient / len(logits), dtype=np.float32)

    def _parts(self, parameters: Parameters) -> tuple[Parameters, Parameters]:
        classes, addends = self.sums.shape
        return parameters[:-classes].reshape(addends, -1), parameters[-classes:]


def objective_of(
    rotated: RotatedFeatures, targets: Targets, members: NDArray[np.bool_], *, child_weight: float
) -> Objective:
    """Build the objective.

    Args: targets: (images, classes), each class has a label; members: (classes, parents).
    """
    of_parent = targets @ members
    return Objective(
        coordinates=rotated.coordinates,
        truth=targets.astype(np.float32),
        relatives=of_parent @ members.T,
        sums=np.hstack([np.eye(len(members)), members]).astype(np.float32),
        child_weight=child_weight,
    )


def _minimise(objective: Objective, start: Parameters, c: float) -> Parameters:
    # Imported here because it takes a third of a second, and only training needs it.
    from scipy.optimize import minimize  # noqa: PLC0415

    found = minimize(
        objective.loss_and_gradient,
        start,
        args=(c,),
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": MAX_ITERATIONS, "maxls": 50, "gtol": GRADIENT_TOLERANCE, "ftol": RELATIVE_TOLERANCE},
    )
    parameters: Parameters = found.x
    return parameters


def _head_of(
    rotated: RotatedFeatures, weights: NDArray[np.float32], intercepts: NDArray[np.float32], present: NDArray[np.bool_]
) -> LinearHead:
    """Extend the fit to all classes; a class without a label gets bias -inf."""
    all_weights = np.zeros((len(present), weights.shape[1]), dtype=np.float32)
    all_intercepts = np.full(len(present), -np.inf, dtype=np.float32)
    all_weights[present], all_intercepts[present] = weights, intercepts
    return rotated.head(all_weights, all_intercepts)


def _log_sum_and_shares(logits: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Compute log-sum-exp and softmax of each row. Returns: (images,) and (images, classes)."""
    largest = logits.max(axis=1, keepdims=True)
    exponentials = np.exp(logits - largest)
    sums = exponentials.sum(axis=1, keepdims=True)
    return (np.log(sums) + largest).ravel(), exponentials / sums
