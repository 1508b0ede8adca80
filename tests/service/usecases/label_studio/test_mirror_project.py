"""A Label Studio project is mirrored once, and its label config followed."""

from typing import Any

import pytest

from service.domain.errors import InvalidInput, InvalidLabelConfig, NotFound
from service.domain.projects.project import Label, LabelStudioLink, Project, merge_labels
from service.label_studio.link import mirrored_project
from tests.service.assembled import World


def config(*labels: str, choice: str = "single") -> str:
    choices = "".join(f'<Choice value="{label}"/>' for label in labels)
    return (
        '<View><Image name="image" value="$image"/>'
        f'<Choices name="c" toName="image" choice="{choice}">{choices}</Choices></View>'
    )


def a_link(**changes: Any) -> LabelStudioLink:
    values: dict[str, Any] = {
        "key": "7.1700000000",
        "project_id": 7,
        "hostname": "http://ls",
        "label_config": config("owl", "jay"),
        "access_token": "token",
    }
    return LabelStudioLink(**(values | changes))


@pytest.fixture
def world() -> World:
    return World()


def mirror(world: World, link: LabelStudioLink, title: str | None = "Birds") -> tuple[Project, bool]:
    mirrored, changed = world.application.label_studio.label_studio_projects.mirror(
        link.key, link.label_config, title=title, hostname=link.hostname, access_token=link.access_token
    )
    return mirrored.project, changed


def test_a_project_is_made_once(world: World) -> None:
    first, new = mirror(world, a_link())
    second, changed = mirror(world, a_link())

    assert (first, new, changed) == (second, True, False)
    assert (first.id, first.title, first.active_labels) == ("label-studio-7", "Birds", ("owl", "jay"))


def test_a_project_of_the_same_number_made_at_another_time_is_another_project(world: World) -> None:
    first, _ = mirror(world, a_link())
    second, new = mirror(world, a_link(key="7.1800000000"))

    assert new
    assert second.id == "label-studio-7-1800000000"
    assert world.project(first.id) == first


def test_several_labels_per_image_get_a_head_that_serves_them(world: World) -> None:
    project, _ = mirror(world, a_link(label_config=config("owl", "jay", choice="multiple")))

    assert (project.multi_label, project.head) == (True, "sigmoid-regression")


def test_a_config_that_now_allows_several_labels_changes_the_head(world: World) -> None:
    mirror(world, a_link())

    project, changed = mirror(world, a_link(label_config=config("owl", "jay", choice="multiple")))

    assert changed
    assert (project.multi_label, project.head) == (True, "sigmoid-regression")


def test_an_event_without_host_and_token_leaves_those_that_setup_said(world: World) -> None:
    mirror(world, a_link())

    project, changed = mirror(world, a_link(hostname="", access_token=None))

    assert not changed
    assert project.label_studio is not None
    assert (project.label_studio.hostname, project.label_studio.access_token) == ("http://ls", "token")


def test_labels_that_left_are_kept_inactive_and_come_back(world: World) -> None:
    mirror(world, a_link())

    without, _ = mirror(world, a_link(label_config=config("jay", "kite")))
    again, _ = mirror(world, a_link(label_config=config("owl", "jay")))

    assert without.labels == (Label(name="jay"), Label(name="kite"), Label(name="owl", active=False))
    assert again.active_labels == ("owl", "jay")


def test_a_config_that_cannot_be_served_changes_nothing(world: World) -> None:
    project, _ = mirror(world, a_link())

    with pytest.raises(InvalidLabelConfig):
        mirror(world, a_link(label_config="<View/>"))

    assert world.project(project.id) == project


def taxonomy(*branches: str) -> str:
    tree = "".join(branches)
    return f'<View><Image name="image" value="$image"/><Taxonomy name="t" toName="image">{tree}</Taxonomy></View>'


def branch(name: str, *leaves: str) -> str:
    return f'<Choice value="{name}">' + "".join(f'<Choice value="{leaf}"/>' for leaf in leaves) + "</Choice>"


def test_a_taxonomy_is_the_hierarchy(world: World) -> None:
    label_config = taxonomy(branch("night", "owl"), branch("day", "jay", "kite"), '<Choice value="bat"/>')

    project, _ = mirror(world, a_link(label_config=label_config))

    assert project.active_labels == ("night/owl", "day/jay", "day/kite", "bat")
    assert project.parents == ("night", "day", "day", "bat")


def test_a_taxonomy_that_grows_is_followed(world: World) -> None:
    mirror(world, a_link(label_config=taxonomy(branch("night", "owl"))))

    project, changed = mirror(world, a_link(label_config=taxonomy(branch("night", "owl"), branch("day", "jay"))))

    assert changed
    assert project.parents == ("night", "day")


def test_a_flat_label_set_is_no_hierarchy(world: World) -> None:
    for label_config in (config("owl", "jay"), taxonomy('<Choice value="owl"/>', '<Choice value="jay"/>')):
        project, _ = mirror(world, a_link(label_config=label_config))

        assert project.parents is None


def test_the_hierarchy_of_a_taxonomy_is_changed_in_label_studio_only(world: World) -> None:
    project, _ = mirror(world, a_link(label_config=taxonomy(branch("night", "owl"), branch("day", "jay"))))

    with pytest.raises(InvalidInput, match="taxonomy"):
        world.application.projects.change_projects.change(project, parents={"all": list(project.active_labels)})


def test_choices_get_their_hierarchy_here_and_keep_it_when_labels_come(world: World) -> None:
    project, _ = mirror(world, a_link())
    world.application.projects.change_projects.change(project, parents={"night": ["owl"], "day": ["jay"]})

    project, _ = mirror(world, a_link(label_config=config("owl", "jay", "kite")))

    assert project.parents == ("night", "day", "kite")


def test_following_leaves_the_current_version(world: World) -> None:
    project, _ = mirror(world, a_link())
    world.stores.projects.set_current_version(project.id, 3)

    mirror(world, a_link(label_config=config("jay")))

    assert world.project(project.id).current_version == 3


def test_a_project_without_label_studio_has_no_control(world: World) -> None:
    with pytest.raises(NotFound):
        mirrored_project(world.add_project())


def test_merged_labels_are_in_the_wanted_order() -> None:
    known = (Label(name="a"), Label(name="b", active=False), Label(name="c"))

    merged = merge_labels(known, ("c", "d"))

    assert [label for label in merged if label.active] == [Label(name="c"), Label(name="d")]
    assert [label.name for label in merged if not label.active] == ["a", "b"]
    assert merge_labels(merged, ("c", "d")) == merged


def test_a_label_studio_that_says_it_is_elsewhere_is_said_in_the_log(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    mirror(world, a_link())

    mirror(world, a_link(hostname="http://elsewhere"))

    assert "http://elsewhere, before at http://ls" in caplog.text
