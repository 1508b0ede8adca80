"""Tests that damaged graphs are refused: with them faiss would read outside of its memory."""

import numpy as np
import pytest

from ml.errors import BrokenGraph
from ml.geometry.l2_normalise import l2_normalise
from ml.heads.neighbours.approximate_search import build_search, restore_search
from ml.types import Tensors

ROWS = 200


@pytest.fixture
def tensors() -> Tensors:
    """Tensors of a graph with more than one layer."""
    searched = l2_normalise(np.random.default_rng(0).normal(size=(ROWS, 8)).astype(np.float32))
    tensors = build_search(searched).tensors()
    assert tensors["layers"].max() > 1
    return tensors


@pytest.mark.parametrize("link", [ROWS, -2])
def test_link_outside_of_the_embeddings(tensors: Tensors, link: int) -> None:
    tensors["links"][0] = link

    with pytest.raises(BrokenGraph, match=f"links embedding {link} of {ROWS}"):
        restore_search(tensors)


def test_link_to_an_embedding_that_is_not_on_that_layer(tensors: Tensors) -> None:
    upper = int(tensors["layers"].argmax())
    lower = int(tensors["layers"].argmin())
    places_below = 32 + 16 * (tensors["layers"] - 1)
    tensors["links"][places_below[:upper].sum() + 32] = lower

    with pytest.raises(BrokenGraph, match="on layer 1 that are not on this layer"):
        restore_search(tensors)


@pytest.mark.parametrize("entry", [-1, ROWS])
def test_entry_outside_of_the_embeddings(tensors: Tensors, entry: int) -> None:
    with pytest.raises(BrokenGraph, match=f"start at embedding {entry}"):
        restore_search(tensors | {"entry": np.array(entry)})


def test_places_for_links_missing(tensors: Tensors) -> None:
    with pytest.raises(BrokenGraph, match="slots for links"):
        restore_search(tensors | {"links": tensors["links"][:-1]})


@pytest.mark.parametrize("layers", [0, 100])
def test_impossible_number_of_layers(tensors: Tensors, layers: int) -> None:
    tensors["layers"][0] = layers

    with pytest.raises(BrokenGraph, match="layers"):
        restore_search(tensors)


def test_more_embeddings_than_the_graph_knows(tensors: Tensors) -> None:
    with pytest.raises(BrokenGraph, match=f"has {ROWS} embeddings, but {ROWS - 1} are stored with it"):
        restore_search(tensors | {"embeddings": tensors["embeddings"][:-1]})
