"""Comparisons on real splits: paired and deterministic, and a refused row does not stop the others."""

from dataclasses import replace
from itertools import count

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.metrics import accuracy_score, f1_score, log_loss

from ml.classifier.training import train_classifier
from ml.comparison.compare import ComparisonPlan, compare, resolve_heads
from ml.comparison.results import Comparison, Cost
from ml.comparison.trial import EncodedImages, LabeledImages
from ml.encoders.base import EncoderIdentity
from ml.errors import EmbeddingsNotFinite, NothingToCompare, UnknownHead
from ml.heads.registry import head_names
from ml.splits.repeated_splits import repeated_splits
from ml.types import Probabilities
from tests.ml.clouds import ENCODER, Cloud, around, cloud

DEFAULT = "softmax-regression"


def images_of(labeled: Cloud, *, parents: tuple[str, ...] | None = None, multi_label: bool = False) -> LabeledImages:
    return LabeledImages(
        names=tuple(f"{row}.jpg" for row in range(len(labeled.targets))),
        targets=labeled.targets,
        labels=tuple("abcdefgh"[: labeled.targets.shape[1]]),
        parents=parents,
        multi_label=multi_label,
    )


def encoded_of(labeled: Cloud, *, encoder: EncoderIdentity = ENCODER) -> EncodedImages:
    return EncodedImages(encoder=encoder, embeddings=labeled.embeddings)


def compared(images: LabeledImages, *encoded: EncodedImages, heads: tuple[str, ...] = (), **plan: object) -> Comparison:
    ticks = count()
    return compare(
        images,
        encoded,
        ComparisonPlan(heads=heads, **plan),  # type: ignore[arg-type]
        seconds=lambda: float(next(ticks)),
        report=lambda fraction, message: None,
    )


def clear_and_blurred() -> tuple[LabeledImages, EncodedImages, EncodedImages]:
    """Encode the same images by an encoder that separates classes and one that hardly does; too few to tune a head."""
    clear, blurred = cloud(7, 7, 7, noise=0.1), cloud(7, 7, 7, noise=1.5, seed=1)
    second = replace(ENCODER, name="blurred")
    return images_of(clear), encoded_of(clear), encoded_of(blurred, encoder=second)


def test_every_combination_gets_a_row() -> None:
    images, clear, blurred = clear_and_blurred()

    found = compared(images, clear, blurred, labels_per_class=(None, 3), repeats=1)

    assert [(row.encoder, row.labels_per_class) for row in found.rows] == [
        ("cloud", 3),
        ("blurred", 3),
        ("cloud", None),
        ("blurred", None),
    ]
    assert all(row.measures is not None for row in found.rows)


def test_better_encoder_is_best_and_the_other_is_worse_by_the_paired_difference() -> None:
    images, clear, blurred = clear_and_blurred()

    found = compared(images, clear, blurred, repeats=1)

    good, bad = (row.measures for row in found.rows)
    assert found.best == 0
    assert good is not None
    assert good.difference is None
    assert bad is not None
    assert bad.difference is not None
    assert bad.difference.interval.estimate == pytest.approx(bad.accuracy.estimate - good.accuracy.estimate)
    assert bad.difference.interval.high < 0


def test_same_arguments_give_the_same_comparison_but_for_the_times() -> None:
    images, clear, blurred = clear_and_blurred()

    first, second = (compared(images, clear, blurred, repeats=1, seed=5) for _ in range(2))

    assert first == second


def test_what_is_equal_differs_by_nothing() -> None:
    images, clear, _ = clear_and_blurred()
    again = replace(clear, encoder=replace(ENCODER, name="again"))

    found = compared(images, clear, again, repeats=1)

    measures = found.rows[1].measures
    assert measures is not None
    assert measures.difference is not None
    assert measures.difference.interval.low == measures.difference.interval.high == 0
    assert measures.difference.p_value == 1


def test_head_that_does_not_fit_gets_a_row_that_says_why_and_the_others_go_on() -> None:
    images, clear, _ = clear_and_blurred()

    found = compared(images, clear, heads=("sigmoid-regression",), repeats=1)

    assert [row.head for row in found.rows] == [DEFAULT, "sigmoid-regression"]
    assert found.rows[1].measures is None
    assert (
        found.rows[1].refusal == "these images have one label each, sigmoid-regression is for several labels per image"
    )


def test_head_of_no_name_is_refused_before_anything_is_trained() -> None:
    images, clear, _ = clear_and_blurred()

    with pytest.raises(UnknownHead):
        compared(images, clear, heads=("no-such",))


def test_the_default_is_always_among_the_heads_and_first() -> None:
    assert resolve_heads((" softmax-regression ",), multi_label=False) == (DEFAULT,)
    assert resolve_heads((), multi_label=True) == ("sigmoid-regression",)


@pytest.mark.parametrize("multi_label", [False, True])
def test_all_is_every_head_that_fits(multi_label: bool) -> None:
    assert set(resolve_heads(("all",), multi_label=multi_label)) == set(head_names(multi_label=multi_label))


def test_progress_only_grows_and_ends_at_one() -> None:
    images, clear, blurred = clear_and_blurred()
    reports: list[tuple[float, str]] = []

    compare(
        images,
        (clear, blurred),
        ComparisonPlan(heads=("sigmoid-regression",), labels_per_class=(2, None), repeats=1),
        seconds=float,
        report=lambda fraction, message: reports.append((fraction, message)),
    )

    fractions = [fraction for fraction, _ in reports]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1
    assert reports[0][1] == "softmax-regression on cloud, 2 labels per class"


def test_training_time_is_the_mean_over_splits_by_the_clock_that_was_given() -> None:
    images, clear, _ = clear_and_blurred()

    found = compared(images, clear, repeats=1)

    measures = found.rows[0].measures
    assert measures is not None
    # Each look at the clock is one second later, and each measurement looks twice.
    assert measures.cost == Cost(
        train_seconds=1, milliseconds_an_image=1_000, images_a_second=1_000, parameters=3 * 9, multiply_adds=3 * 8
    )


def test_mistakes_name_the_image_its_label_and_the_predicted_one() -> None:
    labeled = cloud(10, 10)
    wrong = labeled.targets.copy()
    wrong[7] = [False, True]

    found = compared(images_of(Cloud(embeddings=labeled.embeddings, targets=wrong)), encoded_of(labeled), repeats=2)

    assert found.errors is not None
    (mistake,) = found.errors.mistakes
    assert (mistake.image_id, mistake.label, mistake.predicted_label) == ("7.jpg", "b", "a")
    assert mistake.probability > 0.5


def test_confusion_counts_every_test() -> None:
    images, clear, _ = clear_and_blurred()

    found = compared(images, clear, repeats=2)

    assert found.errors is not None
    assert found.errors.confusion == ((14, 0, 0), (0, 14, 0), (0, 0, 14))


def test_parents_are_evaluated_if_there_is_a_hierarchy() -> None:
    labeled = cloud(7, 7, 7, noise=0.6)

    flat = compared(images_of(labeled), encoded_of(labeled), repeats=1)
    nested = compared(images_of(labeled, parents=("x", "x", "x")), encoded_of(labeled), repeats=1)

    assert [row.measures.quality.parent_accuracy for row in (*flat.rows, *nested.rows) if row.measures] == [None, 1.0]


def test_multi_label_images_are_compared_by_their_sets_of_labels() -> None:
    targets = np.repeat(np.array([[1, 0, 0], [1, 1, 0], [0, 1, 1]], dtype=np.bool_), 8, axis=0)
    labeled = around(targets, noise=0.05)

    found = compared(images_of(labeled, multi_label=True), encoded_of(labeled), repeats=1)

    assert found.reference_head == "sigmoid-regression"
    assert found.rows[0].measures is not None
    assert found.rows[0].measures.accuracy.estimate > 0.9
    assert found.errors is None
    assert found.rows[0].measures.quality.top_5_accuracy is None


def test_every_figure_is_that_of_scikit_learn_over_all_tests() -> None:
    labeled = cloud(10, 10, 10, noise=0.6)
    images = images_of(labeled)

    found = compared(images, encoded_of(labeled), repeats=2, seed=4)

    probabilities, truth = pooled_answers(images, labeled, repeats=2, seed=4)
    quality = found.rows[0].measures.quality if found.rows[0].measures else None
    assert quality is not None
    assert quality.macro_f1 == pytest.approx(f1_score(truth, probabilities.argmax(axis=1), average="macro"))
    assert quality.log_loss == pytest.approx(log_loss(truth, probabilities))
    assert quality.top_5_accuracy == 1
    assert quality.coverage is not None
    assert quality.mean_set_size is not None
    assert quality.coverage >= accuracy_score(truth, probabilities.argmax(axis=1))
    assert 1 <= quality.mean_set_size <= 3


def pooled_answers(
    images: LabeledImages, labeled: Cloud, *, repeats: int, seed: int
) -> tuple[Probabilities, NDArray[np.intp]]:
    """Repeat the same trainings and concatenate their predictions."""
    probabilities, truth = [], []
    for split in repeated_splits(images.targets, repeats=repeats, seed=seed):
        classifier = train_classifier(
            embeddings=labeled.embeddings[split.train],
            targets=images.targets[split.train],
            labels=images.labels,
            head_name=DEFAULT,
            encoder=ENCODER,
            seed=seed,
        )
        probabilities.append(classifier.probabilities(labeled.embeddings[split.test]))
        truth.append(images.targets[split.test].argmax(axis=1))
    return np.concatenate(probabilities), np.concatenate(truth)


def test_nothing_is_compared_if_no_class_has_a_second_image() -> None:
    labeled = cloud(1, 1, 1)

    with pytest.raises(NothingToCompare, match="second image"):
        compared(images_of(labeled), encoded_of(labeled))


def test_one_class_alone_is_no_comparison_and_says_why() -> None:
    labeled = cloud(10, 0)

    found = compared(images_of(labeled), encoded_of(labeled), repeats=1)

    assert found.best is None
    assert "at least 2 classes" in str(found.rows[0].refusal)


def test_an_embedding_that_is_no_number_is_refused() -> None:
    images, clear, _ = clear_and_blurred()
    clear.embeddings[4, 2] = np.nan

    with pytest.raises(EmbeddingsNotFinite, match="row 4"):
        compared(images, clear)
