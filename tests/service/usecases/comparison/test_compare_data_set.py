"""Comparing on a data set: embedded images, left-out images and refused requests."""

import json
from itertools import count

import pytest

from ml.comparison.timing import ENCODER_RUNS
from ml.encoders.base import Encoder
from ml.errors import InvalidHierarchy
from ml.images.image import ImageLimits
from service.domain.errors import InvalidInput
from service.domain.experiments.comparison_request import ComparisonRequest
from service.domain.experiments.data_set import LabeledFile
from service.reports.comparison.record import ComparisonRecord
from service.usecases.comparison.compare_data_set import CompareDataSet
from service.usecases.comparison.compare_encoded import CompareEncodedImages
from tests.contracts.storing import TickingClock
from tests.doubles.embedding_cache import InMemoryEmbeddingCache
from tests.service.assembled import a_png, no_progress
from tests.service.colour_encoder import COLOURS, ColourEncoder, ColourTextEncoder

LABELS = tuple(COLOURS)


class Shelf:
    """A data set in memory: content and label by name."""

    title = "colours"

    def __init__(self, **contents: tuple[bytes | None, str]) -> None:
        self._contents = contents
        self.labels = tuple(dict.fromkeys(label for _, label in contents.values()))
        self.files = tuple(LabeledFile(name=name, label=label) for name, (_, label) in contents.items())

    def read(self, name: str) -> bytes:
        content = self._contents[name][0]
        if content is None:
            raise PermissionError(13, "Permission denied")
        return content


def colours(each: int = 4, **more: tuple[bytes | None, str]) -> Shelf:
    images = {f"{label}{seed}": (a_png(label, seed), label) for label in LABELS for seed in range(each)}
    return Shelf(**images, **more)


class Bench:
    """The use case with access to its doubles."""

    def __init__(self, *encoders: ColourEncoder) -> None:
        self.encoders: dict[str, Encoder] = {encoder.identity.name: encoder for encoder in encoders}
        self.cache = InMemoryEmbeddingCache()
        ticks = count()
        self.use_case = CompareDataSet(
            cache=self.cache,
            load_encoder=self.encoders.__getitem__,
            limits=ImageLimits(),
            compare_encoded=CompareEncodedImages(clock=TickingClock(), seconds=lambda: float(next(ticks))),
        )

    def compare(
        self, data_set: Shelf, *, heads: tuple[str, ...] = (), hierarchy: dict[str, list[str]] | None = None
    ) -> ComparisonRecord:
        request = ComparisonRequest(
            heads=heads, encoders=tuple(self.encoders), labels_per_class=(None,), repeats=1, seed=0
        )
        mapping = None if hierarchy is None else json.dumps(hierarchy).encode()
        return self.use_case.compare(data_set, request, hierarchy=mapping, progress=no_progress)


def test_says_which_head_is_best_on_the_labels() -> None:
    report = Bench(ColourEncoder()).compare(colours())

    assert report.title == "colours"
    assert report.comparison.images == 12
    assert report.verdict.startswith("softmax-regression, ")
    assert "100.0 %" in report.verdict


def test_second_comparison_embeds_nothing() -> None:
    encoder = ColourEncoder()
    bench = Bench(encoder)
    bench.compare(colours())
    before = encoder.encoded

    bench.compare(colours())

    # The encoder's time is measured on one image in each comparison.
    assert encoder.encoded - before == 1 + ENCODER_RUNS


def test_unreadable_images_are_listed_and_left_out() -> None:
    report = Bench(ColourEncoder()).compare(colours(torn=(b"no image", "red"), locked=(None, "blue")))

    assert report.comparison.images == 12
    assert {each.image: each.reason for each in report.left_out}["locked"] == "cannot be read: Permission denied"
    assert {each.image for each in report.left_out} == {"torn", "locked"}


def test_copies_are_left_out_so_that_none_is_tested_after_its_original_was_trained_on() -> None:
    report = Bench(ColourEncoder()).compare(colours(again=(a_png("red", 0), "red")))

    assert [(each.image, each.reason) for each in report.left_out] == [("again", "a copy of red0")]


def test_every_encoder_is_compared_on_the_same_images() -> None:
    second = ColourEncoder("second", weights="1")

    report = Bench(ColourEncoder(), second).compare(colours(torn=(b"no image", "red")))

    assert [row.encoder for row in report.comparison.rows] == ["efficientnet-lite0", "second"]
    assert all(encoder.milliseconds_an_image == 1_000 for encoder in report.comparison.encoders)


def test_head_that_needs_texts_has_them_where_the_encoder_has_a_text_side() -> None:
    report = Bench(ColourTextEncoder()).compare(colours(), heads=("zero-shot",))

    assert [row.refusal for row in report.comparison.rows] == [None, None]


def test_head_that_needs_texts_says_so_where_there_are_none() -> None:
    report = Bench(ColourEncoder()).compare(colours(), heads=("zero-shot",))

    assert "text" in str(report.comparison.rows[1].refusal)


def test_hierarchy_is_read_and_judged() -> None:
    report = Bench(ColourEncoder()).compare(colours(), hierarchy={"warm": ["red"], "cold": ["green", "blue"]})

    measures = report.comparison.rows[0].measures
    assert measures is not None
    assert measures.quality.parent_accuracy == 1


def test_hierarchy_that_does_not_fit_is_refused_before_anything_is_embedded() -> None:
    encoder = ColourEncoder()

    with pytest.raises(InvalidHierarchy, match="blue"):
        Bench(encoder).compare(colours(), hierarchy={"warm": ["red"], "cold": ["green"]})

    assert encoder.encoded == 0


def test_class_that_is_left_with_one_readable_image_is_refused() -> None:
    broken = Shelf(
        a=(a_png("red", 0), "red"), b=(a_png("red", 1), "red"), c=(a_png("blue", 2), "blue"), d=(b"no image", "blue")
    )

    with pytest.raises(InvalidInput, match='class "blue" has 1 images'):
        Bench(ColourEncoder()).compare(broken)


def test_one_class_alone_is_refused() -> None:
    with pytest.raises(InvalidInput, match="one class only"):
        Bench(ColourEncoder()).compare(Shelf(a=(a_png("red", 0), "red"), b=(a_png("red", 1), "red")))
