"""Tests the options of k nearest neighbours."""

import sys

import numpy as np
import pytest

from ml.errors import InvalidHeadOptions
from ml.heads.neighbours.knn import DEFAULT_WIDTH, EQUAL_NEIGHBOURS, WEIGHTED_NEIGHBOURS, WIDTHS, Knn, KnnHead
from ml.heads.neighbours.neighbour_votes import EQUAL
from ml.heads.registry import head_recipe
from tests.ml.clouds import Cloud, cloud


def trained(recipe: Knn, train: Cloud) -> KnnHead:
    head = recipe.train(train.embeddings, train.targets, seed=0).head
    assert isinstance(head, KnnHead)
    return head


def test_k_that_was_given_is_taken() -> None:
    train = cloud(20, 20, noise=0.5)

    assert trained(Knn(k=7), train).rule.k == 7
    assert trained(Knn(k=7, vote="equal"), train).rule.k == 7


def test_k_left_out_is_chosen_for_equal_votes() -> None:
    apart, mixed = (trained(Knn(vote="equal"), cloud(60, 60, noise=noise)) for noise in (0.05, 1.5))

    assert apart.rule.k in EQUAL_NEIGHBOURS
    assert mixed.rule.k == EQUAL_NEIGHBOURS[-1]
    assert apart.rule.width == mixed.rule.width == EQUAL


def test_width_is_chosen_for_votes_by_distance() -> None:
    rule = trained(Knn(), cloud(60, 60, noise=1.5)).rule

    assert rule.k == WEIGHTED_NEIGHBOURS
    assert rule.width == WIDTHS[-1]


def test_with_too_few_labels_to_choose_by_defaults_are_taken() -> None:
    few = cloud(2, 2)

    assert trained(Knn(), few).rule.width == DEFAULT_WIDTH
    assert trained(Knn(vote="equal"), few).rule.k == EQUAL_NEIGHBOURS[0]


def test_k_above_the_number_of_labels_means_all_of_them() -> None:
    few = cloud(3, 2)

    many, all_of_them = trained(Knn(k=1_000), few), trained(Knn(k=5), few)

    assert np.array_equal(many.logits(few.embeddings), all_of_them.logits(few.embeddings))
    assert (many.logits(few.embeddings).argmax(axis=1) == few.targets.argmax(axis=1)).all()


def test_equal_votes_of_all_labels_are_refused_because_every_image_would_get_the_same_answer() -> None:
    few = cloud(3, 2)

    with pytest.raises(InvalidHeadOptions, match=r"equal votes of 5 among 5 labels .* label more images"):
        trained(Knn(k=5, vote="equal"), few)
    assert trained(Knn(k=4, vote="equal"), few).rule.k == 4


def test_approximate_search_answers_as_the_exact_one_on_few_labels() -> None:
    train, unseen = cloud(30, 30, 30, noise=0.5), cloud(10, 10, 10, noise=0.5, seed=1)

    exact, approximate = trained(Knn(), train), trained(Knn(search="approximate"), train)

    assert approximate.logits(unseen.embeddings) == pytest.approx(exact.logits(unseen.embeddings), abs=1e-5)


def test_approximate_search_without_its_library_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "faiss", None)

    with pytest.raises(
        InvalidHeadOptions, match=r'search: faiss is not installed: pip install "margin\[approximate\]"'
    ):
        head_recipe("knn(search=approximate)")


@pytest.mark.parametrize("name", ["knn(k=0)", "knn(k=many)", "knn(vote=most)", "knn(search=fast)"])
def test_options_out_of_bounds_are_refused(name: str) -> None:
    with pytest.raises(InvalidHeadOptions, match="knn"):
        head_recipe(name)


def test_cost_of_exact_search_is_every_number_that_is_kept() -> None:
    train = cloud(10, 10)

    cost = trained(Knn(), train).cost()

    assert cost.parameters == cost.multiply_adds == train.embeddings.size
