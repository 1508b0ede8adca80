"""The audit job: the labels and strategies that it replays, and the record that it stores."""

from dataclasses import replace

import pytest

from ml.encoders.base import Encoder
from service.domain.errors import InvalidInput, NotFound, NotReady
from service.domain.images.image import Split
from service.domain.job import JobKind, Progress
from service.reports.audit.record import AuditRecord
from tests.service.assembled import World, no_progress
from tests.service.colour_encoder import NAME, ColourEncoder, ColourTextEncoder


@pytest.fixture
def world() -> World:
    world = World()
    world.add_project(head="nearest-class-mean")
    return world


def audit(world: World, project_id: str = "birds", **arguments: object) -> AuditRecord:
    world.application.audit.audit_strategies.audit(
        project_id,
        progress=no_progress,
        **({"runs": 3} | arguments),  # type: ignore[arg-type]
    )
    return world.application.audit.stored_audits.latest(project_id)


def test_says_what_strategies_were_worth_and_stores_it(world: World) -> None:
    world.label_colours(20)

    outcome = world.application.audit.audit_strategies.audit("birds", progress=no_progress, runs=3)

    report = world.application.audit.stored_audits.latest("birds")
    assert outcome == {
        "verdict": report.verdict,
        "stop": report.audit.stop.sentence,
        "course": report.course.reason,
        "images": 60,
    }


def test_the_projects_own_strategy_is_among_those_that_are_replayed(world: World) -> None:
    world.add_project("fish", head="nearest-class-mean", strategy="entropy(random_share=0.1)")
    world.label_colours(20, project_id="fish")

    report = audit(world, "fish", strategies=["least-confidence"])

    assert [each.name for each in report.audit.strategies] == [
        "random",
        "least-confidence",
        "entropy(random_share=0.1)",
    ]


def test_held_out_images_count_too_and_stay_held_out(world: World) -> None:
    world.label_colours(20)
    world.train()
    before = {image.image_id: image.split for image in world.stores.images.labeled("birds")}

    report = audit(world)

    assert Split.HELD_OUT in before.values()
    assert report.audit.images == 60
    assert {image.image_id: image.split for image in world.stores.images.labeled("birds")} == before


def test_images_that_cannot_be_read_are_left_out_and_listed(world: World) -> None:
    (gone, *_) = world.label_colours(20)
    world.artifacts.delete_under(f"images/{gone[:2]}")

    report = audit(world)

    assert report.audit.images == 59
    assert [each.image for each in report.left_out] == [gone]


def test_where_the_head_is_left_to_us_it_is_the_current_versions(world: World) -> None:
    world.label_colours(20)
    world.train()
    world.stores.projects.update(replace(world.project(), head="auto"))

    assert audit(world, strategies=[]).audit.head == "nearest-class-mean"


def test_texts_of_classes_are_taken_from_the_encoder() -> None:
    encoders: dict[str, Encoder] = {NAME: ColourEncoder(), "openclip:colours/tiny": ColourTextEncoder()}
    world = World(encoders=encoders)
    world.add_project(encoder="openclip:colours/tiny", head="zero-shot-blend")
    world.label_colours(20)

    assert audit(world, strategies=[]).audit.head == "zero-shot-blend"


def test_with_too_few_labels_it_says_how_many_are_missing(world: World) -> None:
    world.label_colours(5)

    with pytest.raises(NotReady, match="there are 15: label 35 more"):
        audit(world)


def test_several_labels_an_image_are_refused(world: World) -> None:
    world.add_project("fish", multi_label=True, head="sigmoid-regression")

    with pytest.raises(InvalidInput, match="one label per image, but images of fish may have several"):
        audit(world, "fish")


def test_deleted_project_leaves_no_audit(world: World) -> None:
    world.label_colours(20)
    audit(world)

    world.application.projects.change_projects.delete(world.project())

    assert not world.artifacts.exists("audits/birds/latest.json")


def test_project_that_is_deleted_while_it_is_audited_leaves_no_audit(world: World) -> None:
    world.label_colours(20)

    def delete(fraction: float, message: str) -> None:
        if message == "writing the report":
            world.application.projects.change_projects.delete(world.project())

    with pytest.raises(NotFound, match="birds"):
        world.application.audit.audit_strategies.audit("birds", progress=Progress(report=delete), runs=3)

    assert not world.artifacts.exists("audits/birds/latest.json")


def test_audit_that_cannot_be_read_counts_as_none(world: World) -> None:
    world.artifacts.put("audits/birds/latest.json", b'{"of": "another time"}')

    assert world.application.audit.stored_audits.newest("birds") is None


def test_a_project_that_changes_its_strategy_is_ranked_anew(world: World) -> None:
    world.stores.projects.update(replace(world.project(), strategy="auto"))
    world.label_colours(20)
    world.drop(*JobKind)

    choice = audit(world, strategies=[]).course

    assert choice.strategy == "auto(random_share=0.5)"
    assert world.queued() == [JobKind.RANK]


def test_a_project_that_names_a_strategy_meanwhile_is_not_ranked_anew(world: World) -> None:
    world.stores.projects.update(replace(world.project(), strategy="auto"))
    world.label_colours(20)
    world.drop(*JobKind)

    def name_one(fraction: float, message: str) -> None:
        if message == "writing the report":
            world.stores.projects.update(replace(world.project(), strategy="entropy"))

    world.application.audit.audit_strategies.audit("birds", progress=Progress(report=name_one), runs=3, strategies=[])

    assert world.queued() == []


def test_a_project_that_names_its_strategy_is_not_ranked_anew(world: World) -> None:
    world.label_colours(20)
    world.drop(*JobKind)

    audit(world, strategies=[])

    assert world.queued() == []
