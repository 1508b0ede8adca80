"""Softmax regression: one class an image, trained in well under a second on hundreds of labels."""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from ml.cross_validation import choose_setting
from ml.encoder import Embeddings
from ml.head import Head, Targets, TrainedHead
from ml.heads.linear import MIN_CLASSES, Frame, LinearHead, frame_of, require_two_classes, restore_linear
from ml.quiet import without_warnings

# scikit-learn's C, from strong to weak regularisation: L2-normalised embeddings are small, so that all are above its 1.
SETTINGS = (1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1000.0)
# With too few labels to choose by: weak regularisation was best on 1 to 4 images a class, but less sure than none.
DEFAULT_SETTING = 300.0
MAX_ITERATIONS = 3_000


class SoftmaxRegression:
    """Multinomial logistic regression on L2-normalised embeddings."""

    name = "softmax-regression"
    multi_label = False

    def train(self, embeddings: Embeddings, targets: Targets, *, seed: int) -> TrainedHead:
        """Choose the regularisation by cross-validation, then train on everything."""
        require_two_classes(targets)
        chosen = choose_setting(train_along, SETTINGS, embeddings, targets, multi_label=False, seed=seed)
        if chosen is None:
            return TrainedHead(head=train_along(embeddings, targets, (DEFAULT_SETTING,))[-1], out_of_fold=None)
        # Along the same path as in cross-validation, so that what is kept is what was judged.
        head = train_along(embeddings, targets, SETTINGS[: chosen.index + 1])[-1]
        return TrainedHead(head=head, out_of_fold=chosen.out_of_fold)

    def restore(self, tensors: dict[str, NDArray[np.float32]]) -> Head:
        return restore_linear(tensors)


def train_along(embeddings: Embeddings, targets: Targets, settings: Sequence[float]) -> list[LinearHead]:
    """One head per setting, each fit starting from the one before."""
    frame = frame_of(embeddings)
    classes = targets.argmax(axis=1)
    regression = LogisticRegression(max_iter=MAX_ITERATIONS, warm_start=True)
    heads = []
    with _no_doubt_about_classes(targets):
        for setting in settings:
            regression.set_params(C=setting).fit(frame.coordinates, classes)
            heads.append(_head_of(frame, regression, classes=targets.shape[1]))
    return heads


def _no_doubt_about_classes(targets: Targets) -> AbstractContextManager[None]:
    """With one or two labels a class scikit-learn warns that the classes may be measurements: they never are."""
    images, classes = targets.shape
    return without_warnings() if images <= 2 * classes else nullcontext()


def _head_of(frame: Frame, regression: LogisticRegression, *, classes: int) -> LinearHead:
    weights = np.zeros((classes, frame.coordinates.shape[1]), dtype=np.float32)
    intercepts = np.full(classes, -np.inf, dtype=np.float32)
    weights[regression.classes_], intercepts[regression.classes_] = _per_class(regression)
    return frame.head(weights, intercepts)


def _per_class(regression: LogisticRegression) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    if len(regression.classes_) > MIN_CLASSES:
        return regression.coef_, regression.intercept_
    # Of two classes scikit-learn keeps the difference of logits only: give each half of it.
    halves = np.array([[-0.5], [0.5]], dtype=np.float32)
    return halves @ regression.coef_, (halves * regression.intercept_).ravel()
