"""Contract of all project stores."""

from dataclasses import replace
from datetime import timedelta, timezone

import pytest

from service.domain.errors import AlreadyExists, NotFound
from service.domain.projects.project import Label, LabelStudioLink, RetrainingRule
from service.domain.ranking.ranking import NewRanking
from tests.contracts.storing import NOON, Stores, a_project, a_version, add_image, an_annotation

LINK = LabelStudioLink(key="7.1700", project_id=7, hostname="http://ls", label_config="<View/>", access_token="t")


def test_a_project_comes_back_as_it_was_added(stores: Stores) -> None:
    project = a_project(
        "zoo",
        labels=(Label(name="gнu", parent="hoofed", prompts=("a gnu", "")), Label(name='a "quoted" one', active=False)),
        multi_label=True,
        seed=7,
        coverage=0.999,
        abstain_below=1 / 3,
        retraining=RetrainingRule(after_annotations=3, after_seconds=9, cron="0 3 * * *"),
        label_studio=LINK,
    )

    stores.projects.add(project)

    assert stores.projects.get("zoo") == project


def test_a_time_in_another_zone_comes_back_as_the_same_instant_in_utc(stores: Stores) -> None:
    there = NOON.astimezone(timezone(timedelta(hours=9)))

    stores.projects.add(a_project("zoo", created_at=there))

    assert stores.projects.get("zoo").created_at == NOON


def test_a_second_project_of_the_same_id_is_refused(stores: Stores) -> None:
    with pytest.raises(AlreadyExists):
        stores.projects.add(a_project("birds", title="Others"))

    assert stores.projects.get("birds").title == "Birds"


def test_a_second_project_for_the_same_label_studio_project_is_refused(stores: Stores) -> None:
    stores.projects.add(a_project("zoo", label_studio=LINK))

    with pytest.raises(AlreadyExists):
        stores.projects.add(a_project("farm", label_studio=LINK))


def test_an_unknown_project_is_not_found(stores: Stores) -> None:
    with pytest.raises(NotFound):
        stores.projects.get("nobody")
    with pytest.raises(NotFound):
        stores.projects.update(a_project("nobody"))
    with pytest.raises(NotFound):
        stores.projects.set_current_version("nobody", 1)
    with pytest.raises(NotFound):
        stores.projects.delete("nobody")


def test_a_project_is_found_by_its_label_studio_key(stores: Stores) -> None:
    stores.projects.add(a_project("zoo", label_studio=LINK))

    found = stores.projects.find_by_label_studio_key("7.1700")

    assert found is not None
    assert found.id == "zoo"
    assert stores.projects.find_by_label_studio_key("8.1700") is None


def test_pages_follow_the_bytes_of_the_id(stores: Stores) -> None:
    for project_id in ("a-b", "B", "ab", "é"):
        stores.projects.add(a_project(project_id))

    first = stores.projects.page(after=None, limit=3)
    second = stores.projects.page(after=first[-1].id, limit=10)

    assert [p.id for p in first] == ["B", "a-b", "ab"]
    assert [p.id for p in second] == ["birds", "fish", "é"]


def test_an_update_leaves_the_current_version_alone(stores: Stores) -> None:
    old = stores.projects.get("birds")
    stores.projects.set_current_version("birds", 4)

    stores.projects.update(replace(old, title="Owls", label_studio=LINK))

    assert stores.projects.get("birds") == replace(old, title="Owls", label_studio=LINK, current_version=4)


def test_a_version_can_bring_its_encoder_along(stores: Stores) -> None:
    old = stores.projects.get("birds")

    stores.projects.set_current_version("birds", 4, encoder="tuned")
    stores.projects.set_current_version("birds", 5)

    assert stores.projects.get("birds") == replace(old, current_version=5, encoder="tuned")


def test_a_deleted_project_takes_all_that_belongs_to_it_along(stores: Stores) -> None:
    add_image(stores, "a")
    stores.annotations.put(an_annotation())
    stores.versions.add(a_version(stores.versions.next_number("birds")))
    stores.rankings.add(
        NewRanking(
            project_id="birds",
            version=1,
            strategy="margin",
            seed=0,
            created_at=NOON,
            pool_size=0,
            images=(),
        )
    )

    stores.projects.delete("birds")
    stores.projects.add(a_project("birds"))

    assert stores.images.readable("birds") == []
    assert stores.annotations.external_ids("birds", origin="label-studio") == set()
    assert stores.annotations.tally("birds", since_revision=0).revision == 0
    assert stores.versions.page("birds", before=None, limit=9) == []
    assert stores.versions.next_number("birds") == 1
    with pytest.raises(NotFound):
        stores.rankings.latest("birds", limit=1, after=0)
