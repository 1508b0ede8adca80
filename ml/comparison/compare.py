"""Compares heads on the embeddings of encoders, all trained and tested on the same splits of the same images."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from ml.calibration.decision_rule import DEFAULT_COVERAGE
from ml.classifier.classifier import require_embeddings
from ml.comparison.measures import correct_of, errors_of, measures_of
from ml.comparison.paired_scores import PairedScores
from ml.comparison.results import ComparedEncoder, Comparison, ComparisonErrors, ComparisonRow
from ml.comparison.timing import Seconds
from ml.comparison.trial import EncodedImages, LabeledImages, TrialSpec, run_trial
from ml.errors import InvalidHeadOptions, MissingSideInformation, NotEnoughLabels, NothingToCompare
from ml.heads.registry import default_head, head_names, head_recipe
from ml.splits.repeated_splits import TrainTestSplit, repeated_splits

# Takes the fraction done, in 0..1, and a message on the current step.
Progress = Callable[[float, str], None]


@dataclass(frozen=True, kw_only=True, eq=False)
class ComparisonSetup:
    """Images, splits, seed, coverage and clock that all trials share."""

    images: LabeledImages
    splits: tuple[TrainTestSplit, ...]
    seed: int
    coverage: float
    seconds: Seconds


@dataclass(frozen=True, kw_only=True, eq=False)
class TrialResult:
    """A row of the comparison with its scores and errors; both are None if the head could not be trained."""

    row: ComparisonRow
    correct: PairedScores | None = None
    errors: ComparisonErrors | None = None

    @property
    def rank(self) -> tuple[float, float]:
        """Sort key: accuracy first, then the lower log-loss; the largest is the best."""
        measures = self.row.measures
        return (-np.inf, 0.0) if measures is None else (measures.accuracy.estimate, -measures.quality.log_loss)


def run_trials(setup: ComparisonSetup, specs: Sequence[TrialSpec], report: Progress) -> list[TrialResult]:
    """Run all trials; the first spec of each training size is the reference for that size."""
    results: list[TrialResult] = []
    references: dict[int | None, TrialResult] = {}
    for place, spec in enumerate(specs):
        reference = references.get(spec.labels_per_class)
        progress = _progress_of(spec, report, place=place, of=len(specs), splits=len(setup.splits))
        found = _run_spec(setup, spec, reference, progress)
        references.setdefault(spec.labels_per_class, found)
        results.append(found)
    return results


def _progress_of(spec: TrialSpec, report: Progress, *, place: int, of: int, splits: int) -> Callable[[int], None]:
    size = spec.labels_per_class
    labels = "all labels" if size is None else f"{size} labels per class"
    message = f"{spec.head} on {spec.encoded.encoder.name}, {labels}"

    def after_split(done: int) -> None:
        report((place + done / splits) / of, message)

    return after_split


def _run_spec(
    setup: ComparisonSetup, spec: TrialSpec, reference: TrialResult | None, after_split: Callable[[int], None]
) -> TrialResult:
    row = ComparisonRow(
        encoder=spec.encoded.encoder.name,
        head=spec.head,
        labels_per_class=spec.labels_per_class,
    )
    try:
        _require_label_mode(spec.head, multi_label=setup.images.multi_label)
        trial = run_trial(
            spec,
            setup.images,
            setup.splits,
            seed=setup.seed,
            coverage=setup.coverage,
            seconds=setup.seconds,
            after_split=after_split,
        )
    except (NotEnoughLabels, InvalidHeadOptions, MissingSideInformation) as error:
        after_split(len(setup.splits))
        return TrialResult(row=replace(row, refusal=str(error)))
    correct = correct_of(trial, setup.images)
    measures = measures_of(trial, setup.images, correct, None if reference is None else reference.correct)
    return TrialResult(
        row=replace(row, measures=measures),
        correct=correct,
        errors=None if setup.images.multi_label else errors_of(trial, setup.images),
    )


def _require_label_mode(head: str, *, multi_label: bool) -> None:
    """Check that a head is for the label mode of the images. Raises: InvalidHeadOptions."""
    if head_recipe(head).multi_label != multi_label:
        wanted, found = ("several labels", "one label") if multi_label else ("one label", "several labels")
        raise InvalidHeadOptions(f"these images have {wanted} each, {head} is for {found} per image")


# Name for all kinds of heads that fit the label mode, with default options.
ALL_HEADS = "all"


@dataclass(frozen=True, kw_only=True)
class ComparisonPlan:
    """Configuration of a comparison.

    heads: by name, or "all"; the default one is the reference, and is added if it is missing.
    labels_per_class: sizes of the training subsets; None is all labels.
    repeats: of the cross-validation; None chooses by the number of images.
    coverage: guaranteed by prediction sets.
    """

    heads: tuple[str, ...]
    labels_per_class: tuple[int | None, ...] = (None,)
    repeats: int | None = None
    seed: int = 0
    coverage: float = DEFAULT_COVERAGE


def compare(
    images: LabeledImages, encoded: Sequence[EncodedImages], plan: ComparisonPlan, *, seconds: Seconds, report: Progress
) -> Comparison:
    """Train and test every head on every encoder and training size; deterministic but for the times.

    Args: encoded: the images by each encoder, at least one; the default head on the first encoder is the reference.
    Raises: NothingToCompare, UnknownHead, InvalidHeadOptions (invalid name; a head that does not fit the images gets a
        row with the reason instead), WrongDimension, EmbeddingsNotFinite.
    """
    splits = _splits(images, plan)
    for each in encoded:
        require_embeddings(each.embeddings, each.encoder)
    heads = resolve_heads(plan.heads, multi_label=images.multi_label)
    sizes = sorted(set(plan.labels_per_class), key=lambda size: np.inf if size is None else size)
    specs = [
        TrialSpec(encoded=each, head=head, labels_per_class=size) for size, each, head in product(sizes, encoded, heads)
    ]
    setup = ComparisonSetup(images=images, splits=splits, seed=plan.seed, coverage=plan.coverage, seconds=seconds)
    return _comparison(setup, specs, run_trials(setup, specs, report))


def resolve_heads(names: Sequence[str], *, multi_label: bool) -> tuple[str, ...]:
    """Return the full names of the heads, each once, the default one first; "all" is every kind that fits.

    Raises: UnknownHead, InvalidHeadOptions.
    """
    meant = [default_head(multi_label=multi_label)]
    for name in names:
        meant += head_names(multi_label=multi_label) if name == ALL_HEADS else [name]
    return tuple(dict.fromkeys(head_recipe(name).name for name in meant))


def _splits(images: LabeledImages, plan: ComparisonPlan) -> tuple[TrainTestSplit, ...]:
    splits = repeated_splits(images.targets, repeats=plan.repeats, seed=plan.seed)
    if not splits:
        raise NothingToCompare(
            "no image can be tested after training on another one of its class: give some class a second image"
        )
    return splits


def _comparison(setup: ComparisonSetup, specs: Sequence[TrialSpec], results: Sequence[TrialResult]) -> Comparison:
    reference, most = specs[0], specs[-1].labels_per_class
    encoders = dict.fromkeys(spec.encoded for spec in specs)
    best = max((each for each in results if each.row.labels_per_class == most), key=lambda each: each.rank)
    return Comparison(
        images=len(setup.images.targets),
        labels=setup.images.labels,
        multi_label=setup.images.multi_label,
        splits=len(setup.splits),
        seed=setup.seed,
        coverage=setup.coverage,
        reference_encoder=reference.encoded.encoder.name,
        reference_head=reference.head,
        encoders=tuple(_encoder(each) for each in encoders),
        rows=tuple(each.row for each in results),
        best=None if best.row.measures is None else results.index(best),
        errors=best.errors,
    )


def _encoder(encoded: EncodedImages) -> ComparedEncoder:
    return ComparedEncoder(
        name=encoded.encoder.name,
        dimension=encoded.encoder.dimension,
        parameters=None if encoded.cost is None else encoded.cost.parameters,
        multiply_adds=None if encoded.cost is None else encoded.cost.multiply_adds,
        milliseconds_an_image=encoded.milliseconds_an_image,
    )
