"""Tries combinations of encoder, head and number of labels, all on the same splits of the same images."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ml.comparison import ComparisonErrors, ComparisonRow
from ml.comparison_errors import errors_of
from ml.errors import InvalidHeadOptions, MissingSideInformation, NotEnoughLabels
from ml.heads.registry import head_recipe
from ml.paired_scores import PairedScores
from ml.serving_time import Seconds
from ml.splits.repeated_splits import TrainTestSplit
from ml.trial import Combination, LabeledImages, run_trial
from ml.trial_measures import correct_of, measures_of

# Says how much is done, in 0..1, and what is being done.
Report = Callable[[float, str], None]


@dataclass(frozen=True, kw_only=True, eq=False)
class Bench:
    """Where combinations are tried out, all on the same images and splits."""

    images: LabeledImages
    splits: tuple[TrainTestSplit, ...]
    seed: int
    coverage: float
    seconds: Seconds


@dataclass(frozen=True, kw_only=True, eq=False)
class Tried:
    """A row with what it was made of: nothing where the head could not be trained."""

    row: ComparisonRow
    correct: PairedScores | None = None
    errors: ComparisonErrors | None = None

    @property
    def rank(self) -> tuple[float, float]:
        """The best is the most accurate; of equal ones, the one with the least log-loss."""
        measures = self.row.measures
        return (-np.inf, 0.0) if measures is None else (measures.accuracy.estimate, -measures.quality.log_loss)


def try_all(bench: Bench, combinations: Sequence[Combination], report: Report) -> list[Tried]:
    """The first combination of each training size is the reference of that size."""
    tried: list[Tried] = []
    references: dict[int | None, Tried] = {}
    for place, combination in enumerate(combinations):
        reference = references.get(combination.labels_per_class)
        progress = _progress_of(combination, report, place=place, of=len(combinations), splits=len(bench.splits))
        found = _try(bench, combination, reference, progress)
        references.setdefault(combination.labels_per_class, found)
        tried.append(found)
    return tried


def _progress_of(
    combination: Combination, report: Report, *, place: int, of: int, splits: int
) -> Callable[[int], None]:
    size = combination.labels_per_class
    labels = "all labels" if size is None else f"{size} labels a class"
    message = f"{combination.head} on {combination.encoded.encoder.name}, {labels}"

    def after_split(done: int) -> None:
        report((place + done / splits) / of, message)

    return after_split


def _try(bench: Bench, combination: Combination, reference: Tried | None, after_split: Callable[[int], None]) -> Tried:
    row = ComparisonRow(
        encoder=combination.encoded.encoder.name,
        head=combination.head,
        labels_per_class=combination.labels_per_class,
    )
    try:
        _require_kind(combination.head, multi_label=bench.images.multi_label)
        trial = run_trial(
            combination,
            bench.images,
            bench.splits,
            seed=bench.seed,
            coverage=bench.coverage,
            seconds=bench.seconds,
            after_split=after_split,
        )
    except (NotEnoughLabels, InvalidHeadOptions, MissingSideInformation) as error:
        after_split(len(bench.splits))
        return Tried(row=replace(row, refusal=str(error)))
    correct = correct_of(trial, bench.images)
    measures = measures_of(trial, bench.images, correct, None if reference is None else reference.correct)
    return Tried(
        row=replace(row, measures=measures),
        correct=correct,
        errors=None if bench.images.multi_label else errors_of(trial, bench.images),
    )


def _require_kind(head: str, *, multi_label: bool) -> None:
    """Raises: InvalidHeadOptions."""
    if head_recipe(head).multi_label != multi_label:
        wanted, found = ("several labels", "one label") if multi_label else ("one label", "several labels")
        raise InvalidHeadOptions(f"these images have {wanted} each, {head} is for {found} an image")
