"""Trains a linear head with the L2 regularisation that cross-validation chooses."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from ml.heads.base import TrainedHead
from ml.heads.cross_validation import select_hyperparameter
from ml.heads.linear.linear_head import LinearHead
from ml.heads.seen_classes import require_two_classes
from ml.labels.label_mode import LabelMode
from ml.types import Embeddings, Targets

if TYPE_CHECKING:
    from sklearn.linear_model import LogisticRegression

# scikit-learn's C, from strong to weak regularisation. L2-normalised embeddings have small values, so no C is below
# scikit-learn's default of 1.
CS = (1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1000.0)
# If there are too few labels for cross-validation. Weak regularisation was best on 1 to 4 images per class, and less
# overconfident than none.
DEFAULT_C = 300.0
MAX_ITERATIONS = 3_000

# Fits one head per C along a regularisation path: each fit starts from the previous one.
FitPath = Callable[[Embeddings, Targets, Sequence[float]], list[LinearHead]]


def train_regularised(
    fit_path: FitPath, embeddings: Embeddings, targets: Targets, *, mode: LabelMode, seed: int
) -> TrainedHead:
    """Choose the regularisation by cross-validation, then train on everything. Raises: NotEnoughLabels."""
    require_two_classes(targets)
    chosen = select_hyperparameter(fit_path, CS, embeddings, targets, mode=mode, seed=seed)
    if chosen is None:
        return TrainedHead(head=fit_path(embeddings, targets, (DEFAULT_C,))[-1], out_of_fold=None)
    # Along the same path as in cross-validation, so that the head that is kept was trained like those that were scored.
    head = fit_path(embeddings, targets, CS[: chosen.index + 1])[-1]
    return TrainedHead(head=head, out_of_fold=chosen.out_of_fold)


def logistic_regression() -> "LogisticRegression":
    """Return an unfitted regression that starts each fit from the previous one (warm start)."""
    # Imported here because scikit-learn takes most of a second, and only training needs it: names are checked and heads
    # restored in every process.
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415

    return LogisticRegression(max_iter=MAX_ITERATIONS, warm_start=True)
