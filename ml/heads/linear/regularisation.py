"""Trains a linear head as strongly regularised as cross-validation finds best."""

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

# scikit-learn's C, from strong to weak regularisation: L2-normalised embeddings are small, so that all are above its 1.
CS = (1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1000.0)
# With too few labels to choose by: weak regularisation was best on 1 to 4 images a class, but less sure than none.
DEFAULT_C = 300.0
MAX_ITERATIONS = 3_000

# One head per setting, each fit starting from the one before.
FitPath = Callable[[Embeddings, Targets, Sequence[float]], list[LinearHead]]


def train_regularised(
    train_along: FitPath, embeddings: Embeddings, targets: Targets, *, mode: LabelMode, seed: int
) -> TrainedHead:
    """Choose the regularisation by cross-validation, then train on everything. Raises: NotEnoughLabels."""
    require_two_classes(targets)
    chosen = select_hyperparameter(train_along, CS, embeddings, targets, mode=mode, seed=seed)
    if chosen is None:
        return TrainedHead(head=train_along(embeddings, targets, (DEFAULT_C,))[-1], out_of_fold=None)
    # Along the same path as in cross-validation, so that what is kept is what was judged.
    head = train_along(embeddings, targets, CS[: chosen.index + 1])[-1]
    return TrainedHead(head=head, out_of_fold=chosen.out_of_fold)


def logistic_regression() -> "LogisticRegression":
    """Starts each fit from the one before."""
    # Imported here because scikit-learn takes most of a second, and only training needs it: names are checked and heads
    # restored in every process.
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415

    return LogisticRegression(max_iter=MAX_ITERATIONS, warm_start=True)
