"""Compares heads on embedded images, wherever the images come from, and makes the record of the comparison."""

from collections.abc import Mapping, Sequence

from ml.calibration.decision_rule import DEFAULT_COVERAGE
from ml.comparison.compare import ComparisonPlan, compare
from ml.comparison.timing import Seconds
from ml.comparison.trial import EncodedImages, LabeledImages
from ml.errors import NothingToCompare
from service.domain.errors import NotReady
from service.domain.experiments.comparison_request import ComparisonRequest
from service.domain.job import Progress
from service.ports import Clock
from service.reports.comparison.record import ComparisonRecord, comparison_record
from service.reports.left_out import all_left_out


class CompareEncodedImages:
    """Runs a comparison and makes its record."""

    def __init__(self, *, clock: Clock, seconds: Seconds) -> None:
        self._clock = clock
        self.seconds = seconds

    def compare(
        self,
        title: str,
        images: LabeledImages,
        encoded: Sequence[EncodedImages],
        request: ComparisonRequest,
        *,
        coverage: float = DEFAULT_COVERAGE,
        left_out: Mapping[str, str],
        progress: Progress,
    ) -> ComparisonRecord:
        """Compare on embedded images. Args: coverage: of the prediction sets; left_out: reasons by image.

        Raises: NotReady, UnknownHead, InvalidHeadOptions.
        """
        plan = ComparisonPlan(
            heads=request.heads,
            labels_per_class=request.labels_per_class,
            repeats=request.repeats,
            seed=request.seed,
            coverage=coverage,
        )
        try:
            comparison = compare(images, encoded, plan, seconds=self.seconds, report=progress)
        except NothingToCompare as error:
            raise NotReady(str(error)) from error
        return comparison_record(comparison, title=title, created_at=self._clock(), left_out=all_left_out(left_out))
