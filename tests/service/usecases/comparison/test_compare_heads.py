"""The compare job: the images that it compares on, and the record that it stores."""

import pytest

from service.domain.errors import NotReady
from service.domain.images.image import Split
from service.reports.comparison.record import ComparisonRecord
from tests.service.assembled import LABELS, World, a_png, no_progress
from tests.service.colour_encoder import NAME, ColourEncoder

SECOND = "openclip:RN50/openai"


@pytest.fixture
def world() -> World:
    world = World()
    world.add_project()
    return world


def compare(world: World, project_id: str = "birds", **arguments: object) -> ComparisonRecord:
    world.application.comparison.compare_heads.compare(
        project_id,
        progress=no_progress,
        **({"heads": [], "repeats": 1} | arguments),  # type: ignore[arg-type]
    )
    return world.application.comparison.stored_comparisons.latest(project_id)


def test_says_which_head_is_best_and_stores_it(world: World) -> None:
    world.label_colours(4)

    outcome = world.application.comparison.compare_heads.compare("birds", progress=no_progress, heads=[], repeats=1)

    assert outcome == {
        "verdict": world.application.comparison.stored_comparisons.latest("birds").verdict,
        "images": 12,
        "combinations": 1,
    }


def test_held_out_images_count_too_and_stay_held_out(world: World) -> None:
    world.label_colours(10)
    world.train()
    before = {image.image_id: image.split for image in world.stores.images.labeled("birds")}

    report = compare(world)

    assert Split.HELD_OUT in before.values()
    assert report.comparison.images == len(before) == 30
    assert {image.image_id: image.split for image in world.stores.images.labeled("birds")} == before


def test_comparing_gives_no_image_a_side_and_makes_no_version(world: World) -> None:
    world.label_colours(4)

    compare(world)

    assert {image.split for image in world.stores.images.labeled("birds")} == {None}
    assert world.stores.versions.page("birds", before=None, limit=1) == []


def test_another_encoder_than_the_projects_embeds_the_labeled_images_only(world: World) -> None:
    world.label_colours(4)
    world.upload(a_png("red", 90))
    second = ColourEncoder(SECOND, weights="1")
    world.encoders[SECOND] = second

    report = compare(world, encoders=[NAME, SECOND])

    assert [row.encoder for row in report.comparison.rows] == [NAME, SECOND]
    assert second.encoded == 12


def test_images_that_cannot_be_read_are_left_out_and_listed(world: World) -> None:
    (gone, *_) = world.label_colours(4)
    world.artifacts.delete_under(f"images/{gone[:2]}")

    report = compare(world)

    assert report.comparison.images == 11
    assert [each.image for each in report.left_out] == [gone]


def test_pictures_of_mistaken_images_are_kept_for_the_page(world: World) -> None:
    world.label_colours(6)
    (wrong,) = world.upload(a_png("red", 50))
    world.annotate(wrong, "blue")

    report = compare(world)

    assert report.mistaken == [wrong]
    ((name, picture),) = world.application.comparison.stored_comparisons.pictures("birds").items()
    assert name == wrong
    assert picture.startswith("data:image/jpeg;base64,")


def test_several_labels_an_image_are_compared_by_the_heads_for_them(world: World) -> None:
    world.add_project("fish", multi_label=True, head="sigmoid-regression")
    world.label_colours(5, project_id="fish")

    report = compare(world, "fish")

    assert report.comparison.multi_label
    assert report.comparison.reference_head == "sigmoid-regression"


def test_labels_a_class_are_passed_on(world: World) -> None:
    world.label_colours(5)

    report = compare(world, labels_per_class=[2, None])

    assert [row.labels_per_class for row in report.comparison.rows] == [2, None]


def test_without_labels_it_says_what_is_needed(world: World) -> None:
    world.upload(a_png())

    with pytest.raises(NotReady, match="no image has a usable label"):
        compare(world)


def test_with_one_label_in_each_class_it_says_what_is_needed(world: World) -> None:
    world.label_colours(1, *LABELS)

    with pytest.raises(NotReady, match="second image"):
        compare(world)


def test_deleted_project_leaves_no_comparison(world: World) -> None:
    world.label_colours(4)
    compare(world)

    world.application.projects.change_projects.delete(world.project())

    assert not world.artifacts.exists("comparisons/birds/latest.json")
