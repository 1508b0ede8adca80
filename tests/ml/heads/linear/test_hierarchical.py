"""Tests the hierarchical head: classes of one parent share weights, and a parent has the sum of its classes."""

import numpy as np
import pytest
from sklearn.datasets import load_digits

from ml.calibration.temperature import probabilities_of
from ml.classifier.classifier import Classifier
from ml.classifier.training import train_classifier
from ml.errors import InvalidHeadOptions, MissingSideInformation
from ml.heads.base import NO_SIDE_INFORMATION, SideInformation
from ml.heads.linear.class_clusters import cluster_classes
from ml.heads.linear.hierarchical import Hierarchical
from ml.heads.registry import head_recipe
from ml.labels.hierarchy import Parents, parent_members, parent_probabilities
from ml.labels.label_mode import SINGLE_LABEL
from ml.types import Probabilities, Targets
from tests.ml.clouds import ENCODER, Cloud, cloud

ROUND, STRAIGHT, OPEN = "round", "straight", "open"
SHAPES = (ROUND, STRAIGHT, OPEN, OPEN, STRAIGHT, OPEN, ROUND, STRAIGHT, ROUND, ROUND)


def classifier(train: Cloud, parents: Parents | None, head_name: str = "hierarchical") -> Classifier:
    classes = train.targets.shape[1]
    return train_classifier(
        embeddings=train.embeddings,
        targets=train.targets,
        labels=tuple(f"class {index}" for index in range(classes)),
        head_name=head_name,
        encoder=ENCODER,
        seed=0,
        side_information=SideInformation(parents=parents),
    )


def digits(*, per_class: int) -> tuple[Cloud, Cloud]:
    """Scanned digits as embeddings: some of each class for training, all others for testing."""
    pixels, classes = load_digits(return_X_y=True)
    embeddings = (pixels / np.linalg.norm(pixels, axis=1, keepdims=True)).astype(np.float32)
    targets = np.eye(10, dtype=np.bool_)[classes]
    is_train = np.zeros(len(classes), dtype=np.bool_)
    for digit in range(10):
        is_train[np.flatnonzero(classes == digit)[:per_class]] = True
    train, unseen = (Cloud(embeddings=embeddings[rows], targets=targets[rows]) for rows in (is_train, ~is_train))
    return train, unseen


def right(probabilities: Probabilities, targets: Targets) -> float:
    return float((probabilities.argmax(axis=1) == targets.argmax(axis=1)).mean())


def test_parent_is_the_sum_of_its_classes_after_temperature_too() -> None:
    train, unseen, parents = cloud(15, 15, 15, noise=0.5), cloud(5, 5, 5, noise=0.5, seed=1), ("a", "b", "a")

    trained = classifier(train, parents)

    assert trained.temperature != 1
    of_classes = trained.probabilities(unseen.embeddings)
    of_parents = parent_probabilities(of_classes, parents)
    np.testing.assert_allclose(of_parents[:, 0], of_classes[:, 0] + of_classes[:, 2])
    np.testing.assert_allclose(of_parents.sum(axis=1), 1)


def test_parents_of_digits_are_told_apart_better_and_classes_no_worse_than_by_softmax_regression() -> None:
    (train, unseen), members = digits(per_class=10), parent_members(SHAPES)

    of_classes, flat = (
        probabilities_of(
            head_recipe(name)
            .train(train.embeddings, train.targets, seed=0, side_information=SideInformation(parents=SHAPES))
            .head.logits(unseen.embeddings),
            temperature=1,
            mode=SINGLE_LABEL,
        )
        for name in ("hierarchical", "softmax-regression")
    )

    assert right(of_classes, unseen.targets) >= right(flat, unseen.targets)
    of_parents, flat_parents = (parent_probabilities(each, SHAPES) for each in (of_classes, flat))
    assert right(of_parents, unseen.targets @ members) > right(flat_parents, unseen.targets @ members)


def test_saved_are_a_weight_and_a_bias_per_class_alone() -> None:
    tensors = classifier(cloud(5, 5, 5, 5), ("a", "a", "b", "b")).head.tensors()

    assert {name: tensor.shape for name, tensor in tensors.items()} == {"weights": (4, 8), "biases": (4,)}


@pytest.mark.parametrize(
    "parents",
    [("a", "b", "b", "c"), ("a", "a", "a", "a"), ("a", "b", "c", "d"), ("a", "a", "b", "a")],
    ids=["parents of one class", "one parent", "a parent each", "parent without labels"],
)
def test_any_form_of_hierarchy_trains(parents: Parents) -> None:
    train = cloud(12, 12, 0, 12)

    probabilities = classifier(train, parents).probabilities(train.embeddings)

    assert (probabilities.argmax(axis=1) == train.targets.argmax(axis=1)).all()
    assert (probabilities[:, 2] == 0).all()


def test_child_weight_changes_what_is_learned() -> None:
    train, parents = cloud(15, 15, 15, noise=0.7), ("a", "b", "a")

    little, much = (
        classifier(train, parents, f"hierarchical(child_weight={weight})").head.logits(train.embeddings)
        for weight in (0.5, 5)
    )

    assert not np.allclose(little, much, atol=0.1)


def test_parents_may_be_found_by_clustering_the_classes() -> None:
    train = cloud(4, 4, 4, 4, noise=0.5)
    found = cluster_classes(train.embeddings, train.targets, number=2).argmax(axis=1)

    clustered = classifier(train, None, "hierarchical(parents=clusters, number=2)")
    given = classifier(train, tuple(f"cluster {each}" for each in found))

    np.testing.assert_allclose(
        clustered.probabilities(train.embeddings), given.probabilities(train.embeddings), atol=1e-3
    )


def test_only_a_given_hierarchy_is_used() -> None:
    assert head_recipe("hierarchical").uses_parents
    assert not head_recipe("hierarchical(parents=clusters)").uses_parents


def test_a_number_of_clusters_where_none_are_found_is_refused() -> None:
    with pytest.raises(InvalidHeadOptions, match=r"number counts clusters: give parents=clusters too"):
        head_recipe("hierarchical(number=4)")


def test_without_a_hierarchy_says_what_to_do() -> None:
    train = cloud(3, 3)

    with pytest.raises(MissingSideInformation, match=r"needs a hierarchy.*hierarchical\(parents=clusters\)"):
        Hierarchical().train(train.embeddings, train.targets, seed=0, side_information=NO_SIDE_INFORMATION)


def test_hierarchy_of_another_label_set_is_named() -> None:
    with pytest.raises(MissingSideInformation, match="one parent for each of 3 classes, got 2: tops, shoes"):
        classifier(cloud(3, 3, 3), ("tops", "shoes"))


def test_more_clusters_than_classes_are_refused() -> None:
    with pytest.raises(InvalidHeadOptions, match="there are only 3 classes to cluster"):
        classifier(cloud(3, 3, 3), None, "hierarchical(parents=clusters, number=4)")
