"""What a comparison of heads on encoders found: a row for each combination, and what the best one got wrong."""

from dataclasses import dataclass

from ml.promotion import Interval


@dataclass(frozen=True, kw_only=True)
class Difference:
    """In accuracy to the reference, on the same splits; chance: how likely so large a one is where there is none."""

    interval: Interval
    chance: float


@dataclass(frozen=True, kw_only=True)
class Quality:
    """How good the probabilities are, over all tests; as in `ml.evaluation`.

    parent_accuracy: the share whose parent is right, None without a hierarchy.
    """

    macro_f1: float
    log_loss: float
    calibration_error: float
    parent_accuracy: float | None


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

    accuracy: Interval
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
class Mistake:
    """An image that was mostly taken for something else; probability: of what was said, mean over repeats."""

    image: str
    labels: tuple[str, ...]
    said: tuple[str, ...]
    probability: float


@dataclass(frozen=True, kw_only=True)
class ComparisonErrors:
    """What the best combination got wrong.

    confusion: rows are true classes, columns said ones, in label-set order, every test counted; None with several
        labels an image.
    mistakes: surest first.
    """

    confusion: tuple[tuple[int, ...], ...] | None
    mistakes: tuple[Mistake, ...]


@dataclass(frozen=True, kw_only=True)
class ComparedEncoder:
    """One of the encoders; what it costs an image is None where nobody measured it."""

    name: str
    dimension: int
    milliseconds_an_image: float | None = None


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """All that was found, on the same splits of the same images.

    reference_encoder, reference_head: what the differences are to.
    best: the place of the best row among those trained on most labels; None where nothing could be trained.
    """

    images: int
    labels: tuple[str, ...]
    multi_label: bool
    splits: int
    seed: int
    reference_encoder: str
    reference_head: str
    encoders: tuple[ComparedEncoder, ...]
    rows: tuple[ComparisonRow, ...]
    best: int | None
    errors: ComparisonErrors | None
