"""Compares heads on the embeddings of encoders: all are trained and tested on the same splits of the same images."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from ml.bench import Bench, Report, Tried, try_all
from ml.classifier import require_embeddings
from ml.comparison import ComparedEncoder, Comparison
from ml.errors import NothingToCompare
from ml.heads.registry import default_head, head_names, head_recipe
from ml.label_rule import DEFAULT_COVERAGE
from ml.serving_time import Seconds
from ml.splits.repeated_splits import TrainTestSplit, repeated_splits
from ml.trial import Combination, EncodedImages, LabeledImages

# Stands for every kind of head that fits, with its default options.
ALL_HEADS = "all"


@dataclass(frozen=True, kw_only=True)
class ComparisonPlan:
    """What to compare, and how thoroughly.

    heads: by name, or "all"; the default one is the reference, and added where it is missing.
    labels_per_class: sizes of the training subsets; None stands for all labels.
    repeats: of the cross-validation; by the number of images when None.
    coverage: what sets of labels promise.
    """

    heads: tuple[str, ...]
    labels_per_class: tuple[int | None, ...] = (None,)
    repeats: int | None = None
    seed: int = 0
    coverage: float = DEFAULT_COVERAGE


def compare(
    images: LabeledImages, encoded: Sequence[EncodedImages], plan: ComparisonPlan, *, seconds: Seconds, report: Report
) -> Comparison:
    """Everything but the times is the same for the same arguments.

    Args: encoded: by each encoder, at least one; the default head on the first one is what all are compared to.
    Raises: NothingToCompare, UnknownHead, InvalidHeadOptions (of a name; one that does not fit the images gets a row
        that says so), WrongDimension, EmbeddingsNotFinite.
    """
    splits = _splits(images, plan)
    for each in encoded:
        require_embeddings(each.embeddings, each.encoder)
    heads = heads_meant(plan.heads, multi_label=images.multi_label)
    sizes = sorted(set(plan.labels_per_class), key=lambda size: np.inf if size is None else size)
    combinations = [
        Combination(encoded=each, head=head, labels_per_class=size)
        for size, each, head in product(sizes, encoded, heads)
    ]
    bench = Bench(images=images, splits=splits, seed=plan.seed, coverage=plan.coverage, seconds=seconds)
    return _comparison(bench, combinations, try_all(bench, combinations, report))


def heads_meant(names: Sequence[str], *, multi_label: bool) -> tuple[str, ...]:
    """The heads by their full names, each once, the default one first; "all" stands for every kind that fits.

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


def _comparison(bench: Bench, combinations: Sequence[Combination], tried: Sequence[Tried]) -> Comparison:
    reference, most = combinations[0], combinations[-1].labels_per_class
    encoders = dict.fromkeys(combination.encoded for combination in combinations)
    best = max((each for each in tried if each.row.labels_per_class == most), key=lambda each: each.rank)
    return Comparison(
        images=len(bench.images.targets),
        labels=bench.images.labels,
        multi_label=bench.images.multi_label,
        splits=len(bench.splits),
        seed=bench.seed,
        coverage=bench.coverage,
        reference_encoder=reference.encoded.encoder.name,
        reference_head=reference.head,
        encoders=tuple(_encoder(each) for each in encoders),
        rows=tuple(each.row for each in tried),
        best=None if best.row.measures is None else tried.index(best),
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
