"""What a comparison of heads on encoders found: a row for each combination, and what the best one got wrong."""

from dataclasses import dataclass

from ml.evaluation.mistakes import Mistake
from ml.statistics.intervals import ConfidenceInterval


@dataclass(frozen=True, kw_only=True)
class Difference:
    """In accuracy to the reference, on the same splits; chance: how likely so large a one is where there is none."""

    interval: ConfidenceInterval
    chance: float


@dataclass(frozen=True, kw_only=True)
class Quality:
    """How good the answers are, over all tests; as in `ml.evaluation.evaluate.Evaluation`.

    None is what images with several labels do not have.
    top_5_accuracy: of all classes where there are fewer.
    coverage: how many of the sets of labels hold the true one; mean_set_size: labels in a set.
    parent_accuracy: the share whose parent is right, None too without a hierarchy.
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
    """What a head costs, after the encoder: training is the mean over splits."""

    train_seconds: float
    milliseconds_an_image: float
    images_a_second: float
    parameters: int
    multiply_adds: int


@dataclass(frozen=True, kw_only=True)
class Measures:
    """How well one combination did on images that it had not seen, and what it costs.

    accuracy: mean over splits; never surer than the number of images allows.
    difference: None for the reference itself, and where the reference could not be trained.
    """

    accuracy: ConfidenceInterval
    difference: Difference | None
    quality: Quality
    cost: Cost


@dataclass(frozen=True, kw_only=True)
class ComparisonRow:
    """One combination: what was measured, or why it could not be trained.

    labels_per_class: how many labels of each class it was trained on; None stands for all.
    """

    encoder: str
    head: str
    labels_per_class: int | None
    measures: Measures | None = None
    refusal: str | None = None


@dataclass(frozen=True, kw_only=True)
class ComparisonErrors:
    """What the best combination got wrong, where images have one label.

    confusion: rows are true classes, columns said ones, in label-set order, every test counted.
    mistakes: images that were mostly taken for something else, the surest first.
    """

    confusion: tuple[tuple[int, ...], ...]
    mistakes: tuple[Mistake, ...]


@dataclass(frozen=True, kw_only=True)
class ComparedEncoder:
    """One of the encoders; what it costs an image is None where nobody knows."""

    name: str
    dimension: int
    parameters: int | None = None
    multiply_adds: int | None = None
    milliseconds_an_image: float | None = None


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """All that was found, on the same splits of the same images.

    reference_encoder, reference_head: what the differences are to.
    coverage: what the sets of labels promise.
    best: the place of the best row among those trained on most labels; None where nothing could be trained.
    errors: None too where images have several labels.
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
