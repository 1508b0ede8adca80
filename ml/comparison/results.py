"""Result of a comparison of heads on encoders: a row for each combination, and the mistakes of the best one."""

from dataclasses import dataclass

from ml.evaluation.mistakes import Mistake
from ml.statistics.intervals import ConfidenceInterval


@dataclass(frozen=True, kw_only=True)
class Difference:
    """Accuracy difference to the reference on the same splits; p_value: two-sided."""

    interval: ConfidenceInterval
    p_value: float


@dataclass(frozen=True, kw_only=True)
class Quality:
    """Metrics over all test predictions, as in `ml.evaluation.evaluate.Evaluation`; those with None: single-label only.

    top_5_accuracy: over all classes if there are fewer than 5.
    coverage: share of prediction sets that hold the true label; mean_set_size: labels per set.
    parent_accuracy: share of images whose parent is correct; also None without a hierarchy.
    """

    macro_f1: float
    log_loss: float
    brier: float
    calibration_error: float
    top_5_accuracy: float | None = None
    graded_score: float | None = None
    krippendorff_alpha: float | None = None
    coverage: float | None = None
    mean_set_size: float | None = None
    parent_accuracy: float | None = None


@dataclass(frozen=True, kw_only=True)
class Cost:
    """Cost of a head without the encoder; train_seconds: mean over splits."""

    train_seconds: float
    milliseconds_an_image: float
    images_a_second: float
    parameters: int
    multiply_adds: int


@dataclass(frozen=True, kw_only=True)
class Measures:
    """Test results and cost of one combination of encoder and head.

    accuracy: mean over splits; its interval is never narrower than the number of images allows.
    difference: None for the reference itself, and if the reference could not be trained.
    """

    accuracy: ConfidenceInterval
    difference: Difference | None
    quality: Quality
    cost: Cost


@dataclass(frozen=True, kw_only=True)
class ComparisonRow:
    """One combination of encoder and head: its measures, or the reason why it could not be trained.

    labels_per_class: number of training labels per class; None is all.
    """

    encoder: str
    head: str
    labels_per_class: int | None
    measures: Measures | None = None
    refusal: str | None = None


@dataclass(frozen=True, kw_only=True)
class ComparisonErrors:
    """Errors of the best combination, single-label only.

    confusion: rows are true classes, columns predicted ones, in label-set order, every test counted.
    mistakes: images misclassified in the mean over repeats, the most confident first.
    """

    confusion: tuple[tuple[int, ...], ...]
    mistakes: tuple[Mistake, ...]


@dataclass(frozen=True, kw_only=True)
class ComparedEncoder:
    """One of the encoders; its cost per image is None if it is unknown."""

    name: str
    dimension: int
    parameters: int | None = None
    multiply_adds: int | None = None
    milliseconds_an_image: float | None = None


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Result of a comparison on the same splits of the same images.

    reference_encoder, reference_head: the combination that differences refer to.
    coverage: guaranteed by prediction sets.
    best: index of the best row among those with the most training labels; None if nothing could be trained.
    errors: of the best row; also None if multi-label.
    """

    images: int
    labels: tuple[str, ...]
    multi_label: bool
    splits: int
    seed: int
    coverage: float
    reference_encoder: str
    reference_head: str
    encoders: tuple[ComparedEncoder, ...]
    rows: tuple[ComparisonRow, ...]
    best: int | None
    errors: ComparisonErrors | None
