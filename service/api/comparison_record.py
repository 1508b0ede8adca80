"""Comparisons as the /v1 routes send them and as they are stored: a field renamed in `ml` is renamed nowhere here."""

from datetime import datetime

from pydantic import BaseModel

from ml.comparison.results import (
    ComparedEncoder,
    Comparison,
    ComparisonErrors,
    ComparisonRow,
    Cost,
    Difference,
    Measures,
    Quality,
)
from ml.evaluation.mistakes import Mistake
from service.api.interval import ConfidenceIntervalView, interval_view, read_interval
from service.api.left_out import LeftOutView


class DifferenceView(BaseModel):
    """In accuracy to the reference, on the same splits; chance: how likely so large a one is where there is none."""

    interval: ConfidenceIntervalView
    chance: float


class QualityView(BaseModel):
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


class CostView(BaseModel):
    """What a head costs, after the encoder: training is the mean over splits."""

    train_seconds: float
    milliseconds_an_image: float
    images_a_second: float
    parameters: int
    multiply_adds: int


class MeasuresView(BaseModel):
    """How well one combination did on images that it had not seen, and what it costs.

    accuracy: mean over splits; never surer than the number of images allows.
    difference: None for the reference itself, and where the reference could not be trained.
    """

    accuracy: ConfidenceIntervalView
    difference: DifferenceView | None
    quality: QualityView
    cost: CostView


class ComparisonRowView(BaseModel):
    """One combination: what was measured, or why it could not be trained.

    labels_per_class: how many labels of each class it was trained on; None stands for all.
    """

    encoder: str
    head: str
    labels_per_class: int | None
    measures: MeasuresView | None = None
    refusal: str | None = None


class MistakeView(BaseModel):
    """A misclassified image; label: the true one; said: the predicted one.

    probability: of the predicted label; truth_probability: of the true label.
    """

    image_id: str
    label: str
    said: str
    probability: float
    truth_probability: float


class ComparisonErrorsView(BaseModel):
    """What the best combination got wrong, where images have one label.

    confusion: rows are true classes, columns said ones, in label-set order, every test counted.
    mistakes: images that were mostly taken for something else, the surest first.
    """

    confusion: tuple[tuple[int, ...], ...]
    mistakes: tuple[MistakeView, ...]


class ComparedEncoderView(BaseModel):
    """One of the encoders; what it costs an image is None where nobody knows."""

    name: str
    dimension: int
    parameters: int | None = None
    multiply_adds: int | None = None
    milliseconds_an_image: float | None = None


class ComparisonView(BaseModel):
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
    encoders: tuple[ComparedEncoderView, ...]
    rows: tuple[ComparisonRowView, ...]
    best: int | None
    errors: ComparisonErrorsView | None


class ComparisonRecordView(BaseModel):
    """A comparison as it is stored and sent; verdict: which combination is best, by how much, in one sentence."""

    title: str
    created_at: datetime
    verdict: str
    left_out: tuple[LeftOutView, ...]
    comparison: ComparisonView


def comparison_view(comparison: Comparison) -> ComparisonView:
    """Show a comparison."""
    return ComparisonView(
        images=comparison.images,
        labels=comparison.labels,
        multi_label=comparison.multi_label,
        splits=comparison.splits,
        seed=comparison.seed,
        coverage=comparison.coverage,
        reference_encoder=comparison.reference_encoder,
        reference_head=comparison.reference_head,
        encoders=tuple(_encoder_view(each) for each in comparison.encoders),
        rows=tuple(_row_view(each) for each in comparison.rows),
        best=comparison.best,
        errors=None if comparison.errors is None else _errors_view(comparison.errors),
    )


def _encoder_view(encoder: ComparedEncoder) -> ComparedEncoderView:
    return ComparedEncoderView(
        name=encoder.name,
        dimension=encoder.dimension,
        parameters=encoder.parameters,
        multiply_adds=encoder.multiply_adds,
        milliseconds_an_image=encoder.milliseconds_an_image,
    )


def _row_view(row: ComparisonRow) -> ComparisonRowView:
    return ComparisonRowView(
        encoder=row.encoder,
        head=row.head,
        labels_per_class=row.labels_per_class,
        measures=None if row.measures is None else _measures_view(row.measures),
        refusal=row.refusal,
    )


def _measures_view(measures: Measures) -> MeasuresView:
    return MeasuresView(
        accuracy=interval_view(measures.accuracy),
        difference=None if measures.difference is None else _difference_view(measures.difference),
        quality=_quality_view(measures.quality),
        cost=_cost_view(measures.cost),
    )


def _difference_view(difference: Difference) -> DifferenceView:
    return DifferenceView(
        interval=interval_view(difference.interval),
        chance=difference.chance,
    )


def _quality_view(quality: Quality) -> QualityView:
    return QualityView(
        macro_f1=quality.macro_f1,
        log_loss=quality.log_loss,
        brier=quality.brier,
        calibration_error=quality.calibration_error,
        top_5_accuracy=quality.top_5_accuracy,
        graded_score=quality.graded_score,
        krippendorff_alpha=quality.krippendorff_alpha,
        coverage=quality.coverage,
        mean_set_size=quality.mean_set_size,
        parent_accuracy=quality.parent_accuracy,
    )


def _cost_view(cost: Cost) -> CostView:
    return CostView(
        train_seconds=cost.train_seconds,
        milliseconds_an_image=cost.milliseconds_an_image,
        images_a_second=cost.images_a_second,
        parameters=cost.parameters,
        multiply_adds=cost.multiply_adds,
    )


def _errors_view(errors: ComparisonErrors) -> ComparisonErrorsView:
    return ComparisonErrorsView(
        confusion=errors.confusion,
        mistakes=tuple(_mistake_view(each) for each in errors.mistakes),
    )


def _mistake_view(mistake: Mistake) -> MistakeView:
    return MistakeView(
        image_id=mistake.image_id,
        label=mistake.label,
        said=mistake.said,
        probability=mistake.probability,
        truth_probability=mistake.truth_probability,
    )


def read_comparison(view: ComparisonView) -> Comparison:
    """Turn what was shown into the comparison again."""
    return Comparison(
        images=view.images,
        labels=view.labels,
        multi_label=view.multi_label,
        splits=view.splits,
        seed=view.seed,
        coverage=view.coverage,
        reference_encoder=view.reference_encoder,
        reference_head=view.reference_head,
        encoders=tuple(_read_encoder(each) for each in view.encoders),
        rows=tuple(_read_row(each) for each in view.rows),
        best=view.best,
        errors=None if view.errors is None else _read_errors(view.errors),
    )


def _read_encoder(view: ComparedEncoderView) -> ComparedEncoder:
    return ComparedEncoder(
        name=view.name,
        dimension=view.dimension,
        parameters=view.parameters,
        multiply_adds=view.multiply_adds,
        milliseconds_an_image=view.milliseconds_an_image,
    )


def _read_row(view: ComparisonRowView) -> ComparisonRow:
    return ComparisonRow(
        encoder=view.encoder,
        head=view.head,
        labels_per_class=view.labels_per_class,
        measures=None if view.measures is None else _read_measures(view.measures),
        refusal=view.refusal,
    )


def _read_measures(view: MeasuresView) -> Measures:
    return Measures(
        accuracy=read_interval(view.accuracy),
        difference=None if view.difference is None else _read_difference(view.difference),
        quality=_read_quality(view.quality),
        cost=_read_cost(view.cost),
    )


def _read_difference(view: DifferenceView) -> Difference:
    return Difference(
        interval=read_interval(view.interval),
        chance=view.chance,
    )


def _read_quality(view: QualityView) -> Quality:
    return Quality(
        macro_f1=view.macro_f1,
        log_loss=view.log_loss,
        brier=view.brier,
        calibration_error=view.calibration_error,
        top_5_accuracy=view.top_5_accuracy,
        graded_score=view.graded_score,
        krippendorff_alpha=view.krippendorff_alpha,
        coverage=view.coverage,
        mean_set_size=view.mean_set_size,
        parent_accuracy=view.parent_accuracy,
    )


def _read_cost(view: CostView) -> Cost:
    return Cost(
        train_seconds=view.train_seconds,
        milliseconds_an_image=view.milliseconds_an_image,
        images_a_second=view.images_a_second,
        parameters=view.parameters,
        multiply_adds=view.multiply_adds,
    )


def _read_errors(view: ComparisonErrorsView) -> ComparisonErrors:
    return ComparisonErrors(
        confusion=view.confusion,
        mistakes=tuple(_read_mistake(each) for each in view.mistakes),
    )


def _read_mistake(view: MistakeView) -> Mistake:
    return Mistake(
        image_id=view.image_id,
        label=view.label,
        said=view.said,
        probability=view.probability,
        truth_probability=view.truth_probability,
    )
