"""A changed project gets the jobs that the change makes necessary, and no more."""

from dataclasses import replace
from typing import Any

import pytest

from service.domain.job import JobKind
from service.domain.projects.jobs_after_change import jobs_after_change, jobs_of_new
from service.domain.projects.project import Label, LabelStudioLink, describe_by_prompts, merge_labels, put_under_parents
from tests.contracts.storing import a_project

BEFORE = a_project(current_version=1)
LINK = LabelStudioLink(key="7.1700", project_id=7, hostname="http://ls", label_config="<View/>")


@pytest.mark.parametrize(
    ("change", "jobs"),
    [
        ({"encoder": "openclip:tiny/tag"}, [JobKind.TRAIN]),
        ({"head": "sigmoid-regression"}, [JobKind.TRAIN]),
        ({"multi_label": True}, [JobKind.TRAIN]),
        ({"coverage": 0.95}, [JobKind.TRAIN]),
        ({"strategy": "entropy"}, [JobKind.RANK]),
        ({"strategy": "entropy", "head": "sigmoid-regression"}, [JobKind.TRAIN]),
        ({"title": "Birds of the coast"}, []),
        ({"abstain_below": 0.5}, []),
        ({"labels": put_under_parents(BEFORE.labels, {"owl": "night"})}, []),
        ({"labels": describe_by_prompts(BEFORE.labels, {"owl": ("a photo of an owl",)})}, []),
        ({"labels": merge_labels(BEFORE.labels, ("owl", "kite"))}, []),
    ],
)
def test_what_a_change_makes_stale_is_done_anew(change: dict[str, Any], jobs: list[JobKind]) -> None:
    assert jobs_after_change(BEFORE, replace(BEFORE, **change)) == jobs


def test_a_hierarchy_changes_nothing_where_parents_are_found() -> None:
    clustered = replace(BEFORE, head="hierarchical(parents=clusters)")

    with_parents = replace(clustered, labels=put_under_parents(BEFORE.labels, {"owl": "night"}))

    assert jobs_after_change(clustered, with_parents) == []


def test_what_could_not_be_trained_may_be_trained_after_a_change() -> None:
    refused = replace(BEFORE, current_version=None, head="hierarchical")

    with_parents = replace(refused, labels=put_under_parents(BEFORE.labels, {"owl": "night"}))

    assert jobs_after_change(refused, with_parents) == [JobKind.TRAIN]


def test_before_the_first_version_another_strategy_asks_for_other_images_too() -> None:
    new = replace(BEFORE, current_version=None)

    assert jobs_after_change(new, replace(new, strategy="entropy")) == [JobKind.RANK]


def test_what_changes_the_predictions_that_label_studio_has_pushes_them_anew() -> None:
    linked = replace(BEFORE, label_studio=LINK)

    assert jobs_after_change(linked, replace(linked, abstain_below=0.5)) == [JobKind.RANK]


WITHOUT_LABELS = replace(BEFORE, head="zero-shot")


@pytest.mark.parametrize("current_version", [None, 1])
@pytest.mark.parametrize(
    "labels",
    [
        describe_by_prompts(BEFORE.labels, {"owl": ("a photo of an owl",)}),
        merge_labels(BEFORE.labels, ("owl", "kite")),
    ],
    ids=["prompts", "labels"],
)
def test_a_head_that_needs_no_labels_follows_its_texts(labels: tuple[Label, ...], current_version: int | None) -> None:
    before = replace(WITHOUT_LABELS, current_version=current_version)

    assert jobs_after_change(before, replace(before, labels=labels)) == [JobKind.TRAIN]


def test_a_head_that_needs_no_labels_waits_for_nothing() -> None:
    assert jobs_of_new(replace(WITHOUT_LABELS, current_version=None)) == [JobKind.TRAIN]
    assert jobs_of_new(replace(BEFORE, current_version=None)) == []


def test_a_new_title_trains_no_first_version() -> None:
    before = replace(WITHOUT_LABELS, current_version=None)

    assert jobs_after_change(before, replace(before, title="Birds of the coast")) == []
