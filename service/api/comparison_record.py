"""Comparisons as the /v1 routes send them and as they are stored; a renamed field in `ml` changes no name here."""

from datetime import datetime
from typing import Self

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
from service.api.interval import ConfidenceIntervalView
from service.api.left_out import LeftOutView


class DifferenceView(BaseModel):
    """Accuracy difference to the reference on the same splits; chance: two-sided p-value."""

    interval: ConfidenceIntervalView
    chance: float

    @classmethod
    def from_difference(cls, difference: Difference) -> Self:
        """Make the view of the difference."""
        return cls(
            interval=ConfidenceIntervalView.from_interval(difference.interval),
            chance=difference.p_value,
        )

    def to_difference(self) -> Difference:
        """Give back the difference."""
        return Difference(
            interval=self.interval.to_interval(),
            p_value=self.chance,
        )


class QualityView(BaseModel):
    """Metrics over all test predictions; those that may be null exist for single-label projects only.

    top_5_accuracy: over all classes if there are fewer than 5.
    coverage: share of prediction sets that contain the true label; mean_set_size: labels per set.
    parent_accuracy: share of images whose parent is correct; also null without a hierarchy.
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

    @classmethod
    def from_quality(cls, quality: Quality) -> Self:
        """Make the view of the quality."""
        return cls(
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

    def to_quality(self) -> Quality:
        """Give back the quality."""
        return Quality(
            macro_f1=self.macro_f1,
            log_loss=self.log_loss,
            brier=self.brier,
            calibration_error=self.calibration_error,
            top_5_accuracy=self.top_5_accuracy,
            graded_score=self.graded_score,
            krippendorff_alpha=self.krippendorff_alpha,
            coverage=self.coverage,
            mean_set_size=self.mean_set_size,
            parent_accuracy=self.parent_accuracy,
        )


class CostView(BaseModel):
    """Cost of a head without the encoder; train_seconds: mean over splits."""

    train_seconds: float
    milliseconds_an_image: float
    images_a_second: float
    parameters: int
    multiply_adds: int

    @classmethod
    def from_cost(cls, cost: Cost) -> Self:
        """Make the view of the cost."""
        return cls(
            train_seconds=cost.train_seconds,
            milliseconds_an_image=cost.milliseconds_an_image,
            images_a_second=cost.images_a_second,
            parameters=cost.parameters,
            multiply_adds=cost.multiply_adds,
        )

    def to_cost(self) -> Cost:
        """Give back the cost."""
        return Cost(
            train_seconds=self.train_seconds,
            milliseconds_an_image=self.milliseconds_an_image,
            images_a_second=self.images_a_second,
            parameters=self.parameters,
            multiply_adds=self.multiply_adds,
        )


class MeasuresView(BaseModel):
    """Test results and cost of one combination of encoder and head.

    accuracy: mean over splits; its interval is never narrower than the number of images allows.
    difference: null for the reference itself, and if the reference could not be trained.
    """

    accuracy: ConfidenceIntervalView
    difference: DifferenceView | None
    quality: QualityView
    cost: CostView

    @classmethod
    def from_measures(cls, measures: Measures) -> Self:
        """Make the view of the measures."""
        return cls(
            accuracy=ConfidenceIntervalView.from_interval(measures.accuracy),
            difference=None if measures.difference is None else DifferenceView.from_difference(measures.difference),
            quality=QualityView.from_quality(measures.quality),
            cost=CostView.from_cost(measures.cost),
        )

    def to_measures(self) -> Measures:
        """Give back the measures."""
        return Measures(
            accuracy=self.accuracy.to_interval(),
            difference=None if self.difference is None else self.difference.to_difference(),
            quality=self.quality.to_quality(),
            cost=self.cost.to_cost(),
        )


class ComparisonRowView(BaseModel):
    """One combination of encoder and head: its measures, or the reason why it could not be trained.

    labels_per_class: number of training labels per class; null stands for all.
    """

    encoder: str
    head: str
    labels_per_class: int | None
    measures: MeasuresView | None = None
    refusal: str | None = None

    @classmethod
    def from_row(cls, row: ComparisonRow) -> Self:
        """Make the view of the row."""
        return cls(
            encoder=row.encoder,
            head=row.head,
            labels_per_class=row.labels_per_class,
            measures=None if row.measures is None else MeasuresView.from_measures(row.measures),
            refusal=row.refusal,
        )

    def to_row(self) -> ComparisonRow:
        """Give back the row."""
        return ComparisonRow(
            encoder=self.encoder,
            head=self.head,
            labels_per_class=self.labels_per_class,
            measures=None if self.measures is None else self.measures.to_measures(),
            refusal=self.refusal,
        )


class MistakeView(BaseModel):
    """A misclassified image. label: the true label; said: the predicted one.

    probability: of the predicted label; truth_probability: of the true label.
    """

    image_id: str
    label: str
    said: str
    probability: float
    truth_probability: float

    @classmethod
    def from_mistake(cls, mistake: Mistake) -> Self:
        """Make the view of the mistake."""
        return cls(
            image_id=mistake.image_id,
            label=mistake.label,
            said=mistake.predicted_label,
            probability=mistake.probability,
            truth_probability=mistake.truth_probability,
        )

    def to_mistake(self) -> Mistake:
        """Give back the mistake."""
        return Mistake(
            image_id=self.image_id,
            label=self.label,
            predicted_label=self.said,
            probability=self.probability,
            truth_probability=self.truth_probability,
        )


class ComparisonErrorsView(BaseModel):
    """Errors of the best combination, for single-label projects only.

    confusion: rows are true classes, columns predicted ones, in label-set order; every test counts.
    mistakes: images misclassified in the mean over repeats, the most confident mistakes first.
    """

    confusion: tuple[tuple[int, ...], ...]
    mistakes: tuple[MistakeView, ...]

    @classmethod
    def from_errors(cls, errors: ComparisonErrors) -> Self:
        """Make the view of the errors."""
        return cls(
            confusion=errors.confusion,
            mistakes=tuple(MistakeView.from_mistake(each) for each in errors.mistakes),
        )

    def to_errors(self) -> ComparisonErrors:
        """Give back the errors."""
        return ComparisonErrors(
            confusion=self.confusion,
            mistakes=tuple(each.to_mistake() for each in self.mistakes),
        )


class ComparedEncoderView(BaseModel):
    """One of the encoders; its cost per image is null if it is unknown."""

    name: str
    dimension: int
    parameters: int | None = None
    multiply_adds: int | None = None
    milliseconds_an_image: float | None = None

    @classmethod
    def from_encoder(cls, encoder: ComparedEncoder) -> Self:
        """Make the view of the encoder."""
        return cls(
            name=encoder.name,
            dimension=encoder.dimension,
            parameters=encoder.parameters,
            multiply_adds=encoder.multiply_adds,
            milliseconds_an_image=encoder.milliseconds_an_image,
        )

    def to_encoder(self) -> ComparedEncoder:
        """Give back the encoder."""
        return ComparedEncoder(
            name=self.name,
            dimension=self.dimension,
            parameters=self.parameters,
            multiply_adds=self.multiply_adds,
            milliseconds_an_image=self.milliseconds_an_image,
        )


class ComparisonView(BaseModel):
    """Result of a comparison on the same splits of the same images.

    reference_encoder, reference_head: the combination that differences refer to.
    coverage: the share of prediction sets that must contain the true label.
    best: index of the best row among those with most training labels; null if nothing could be trained.
    errors: of the best row; also null for multi-label projects.
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

    @classmethod
    def from_comparison(cls, comparison: Comparison) -> Self:
        """Make the view of the comparison."""
        return cls(
            images=comparison.images,
            labels=comparison.labels,
            multi_label=comparison.multi_label,
            splits=comparison.splits,
            seed=comparison.seed,
            coverage=comparison.coverage,
            reference_encoder=comparison.reference_encoder,
            reference_head=comparison.reference_head,
            encoders=tuple(ComparedEncoderView.from_encoder(each) for each in comparison.encoders),
            rows=tuple(ComparisonRowView.from_row(each) for each in comparison.rows),
            best=comparison.best,
            errors=None if comparison.errors is None else ComparisonErrorsView.from_errors(comparison.errors),
        )

    def to_comparison(self) -> Comparison:
        """Give back the comparison."""
        return Comparison(
            images=self.images,
            labels=self.labels,
            multi_label=self.multi_label,
            splits=self.splits,
            seed=self.seed,
            coverage=self.coverage,
            reference_encoder=self.reference_encoder,
            reference_head=self.reference_head,
            encoders=tuple(each.to_encoder() for each in self.encoders),
            rows=tuple(each.to_row() for each in self.rows),
            best=self.best,
            errors=None if self.errors is None else self.errors.to_errors(),
        )


class ComparisonRecordView(BaseModel):
    """A comparison as it is stored and sent; verdict: the best combination and its lead, in one sentence."""

    title: str
    created_at: datetime
    verdict: str
    left_out: tuple[LeftOutView, ...]
    comparison: ComparisonView
