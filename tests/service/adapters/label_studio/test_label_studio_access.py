"""Access to each project's Label Studio: one access and one client for all users of an address and key."""

from dataclasses import replace

import pytest

from service.adapters.label_studio.label_studio_access import LabelStudioAccesses
from service.domain.errors import LabelStudioError
from service.domain.projects.project import LabelStudioLink, Project

LINK = LabelStudioLink(
    key="1.1", project_id=1, hostname="http://labels.example", label_config="<View/>", access_token="handed-over"
)


def no_project(project_id: str) -> Project:
    raise AssertionError(f"project {project_id} is not asked for")


def accesses(*, url: str | None = None, api_key: str | None = None) -> LabelStudioAccesses:
    return LabelStudioAccesses(url=url, api_key=api_key, backend_login=None, find_project=no_project)


def test_projects_of_one_label_studio_share_a_client() -> None:
    ours = accesses()

    assert ours.connect(LINK) is ours.connect(replace(LINK, key="2.1", project_id=2))


def test_another_token_is_another_client() -> None:
    ours = accesses()

    assert ours.connect(LINK) is not ours.connect(replace(LINK, access_token="renewed"))


def test_address_that_was_set_comes_before_the_one_handed_over() -> None:
    access = accesses(url="http://set.example/", api_key="set").access(LINK)

    assert access.base_url == "http://set.example"
    assert access.hostnames == ("http://labels.example",)


def test_without_any_key_the_settings_are_named() -> None:
    with pytest.raises(LabelStudioError, match="LABEL_STUDIO_API_KEY"):
        accesses().connect(replace(LINK, access_token=None))
