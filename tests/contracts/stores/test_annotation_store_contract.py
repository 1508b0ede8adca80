"""Contract of all annotation stores."""

import pytest

from service.domain.annotations.annotation import AnnotationState, PutResult
from service.domain.errors import NotFound
from tests.contracts.storing import NOON, Stores, add_image, add_task, after_noon, an_annotation

LS = "label-studio"


def delete(stores: Stores, *external_ids: str, seconds: float = 10) -> int:
    return stores.annotations.delete("birds", origin=LS, external_ids=external_ids, at=after_noon(seconds))


def test_an_annotation_comes_back_as_it_was_put(stores: Stores) -> None:
    annotation = an_annotation("1", "owl", "jay, the blue", state=AnnotationState.SKIPPED)

    recorded = stores.annotations.put(annotation)

    assert recorded == PutResult(changed=True, revision=1)
    assert stores.annotations.of_image("birds", "a") == [annotation]


def test_the_same_state_twice_is_no_change(stores: Stores) -> None:
    stores.annotations.put(an_annotation("1"))

    again = stores.annotations.put(an_annotation("1"))

    assert again == PutResult(changed=False, revision=1)


def test_a_newer_state_replaces_an_older_one(stores: Stores) -> None:
    stores.annotations.put(an_annotation("1", "owl"))

    recorded = stores.annotations.put(an_annotation("1", "jay", updated_at=after_noon(1)))

    assert recorded == PutResult(changed=True, revision=2)
    assert [a.labels for a in stores.annotations.of_image("birds", "a")] == [("jay",)]


def test_an_older_state_that_arrives_late_is_left_out(stores: Stores) -> None:
    stores.annotations.put(an_annotation("1", "jay", updated_at=after_noon(1)))

    recorded = stores.annotations.put(an_annotation("1", "owl"))

    assert recorded == PutResult(changed=False, revision=1)
    assert [a.labels for a in stores.annotations.of_image("birds", "a")] == [("jay",)]


def test_of_two_states_of_one_instant_the_later_arrival_counts(stores: Stores) -> None:
    stores.annotations.put(an_annotation("1", "owl"))

    recorded = stores.annotations.put(an_annotation("1", "jay"))

    assert recorded.changed
    assert [a.labels for a in stores.annotations.of_image("birds", "a")] == [("jay",)]


def test_microseconds_decide(stores: Stores) -> None:
    stores.annotations.put(an_annotation("1", "owl", updated_at=after_noon(0.000002)))

    recorded = stores.annotations.put(an_annotation("1", "jay", updated_at=after_noon(0.000001)))

    assert not recorded.changed


def test_origins_do_not_meet(stores: Stores) -> None:
    stores.annotations.put(an_annotation("1", "owl"))

    stores.annotations.put(an_annotation("1", "jay", origin="http"))

    assert len(stores.annotations.of_image("birds", "a")) == 2
    assert stores.annotations.external_ids("birds", origin="http") == {"1"}


def test_projects_do_not_meet(stores: Stores) -> None:
    stores.annotations.put(an_annotation("1"))

    stores.annotations.put(an_annotation("1", project_id="fish"))

    assert stores.annotations.tally("birds", since_revision=0).changed == 1
    assert [a.project_id for a in stores.annotations.of_image("fish", "a")] == ["fish"]


def test_a_task_not_fetched_yet_leads_to_its_image_later(stores: Stores) -> None:
    source_id = add_task(stores, 1)
    annotation = an_annotation("1", source_id=source_id)
    stores.annotations.put(annotation)

    stores.images.add_image("birds", "a", source_id=source_id)

    assert stores.annotations.of_image("birds", "a") == [annotation]


def test_a_deleted_annotation_is_gone_from_its_image(stores: Stores) -> None:
    stores.annotations.put(an_annotation("1"))
    stores.annotations.put(an_annotation("2"))

    changed = delete(stores, "1")

    assert changed == 1
    assert stores.annotations.external_ids("birds", origin=LS) == {"2"}
    assert [a.external_id for a in stores.annotations.of_image("birds", "a")] == ["2"]


def test_a_deletion_counts_as_one_change(stores: Stores) -> None:
    stores.annotations.put(an_annotation("1"))

    delete(stores, "1")
    delete(stores, "1", seconds=20)

    assert stores.annotations.tally("birds", since_revision=0).revision == 2


def test_a_creation_that_arrives_after_its_deletion_stays_deleted(stores: Stores) -> None:
    changed = delete(stores, "1")

    recorded = stores.annotations.put(an_annotation("1"))

    assert changed == 0
    assert recorded == PutResult(changed=False, revision=0)
    assert stores.annotations.external_ids("birds", origin=LS) == set()


def test_a_deletion_wins_over_its_own_instant(stores: Stores) -> None:
    delete(stores, "1", seconds=0)

    assert not stores.annotations.put(an_annotation("1", updated_at=NOON)).changed


def test_a_deletion_older_than_what_is_known_is_left_out(stores: Stores) -> None:
    stores.annotations.put(an_annotation("1", updated_at=after_noon(30)))

    changed = delete(stores, "1", seconds=10)

    assert changed == 0
    assert stores.annotations.external_ids("birds", origin=LS) == {"1"}


def test_what_is_put_newer_than_its_deletion_lives_again(stores: Stores) -> None:
    stores.annotations.put(an_annotation("1"))
    delete(stores, "1")

    recorded = stores.annotations.put(an_annotation("1", "jay", updated_at=after_noon(11)))

    assert recorded == PutResult(changed=True, revision=3)


def test_deleting_the_same_id_twice_in_one_call_changes_it_once(stores: Stores) -> None:
    stores.annotations.put(an_annotation("1"))

    assert delete(stores, "1", "1", "unseen", "unseen") == 1


def test_annotations_of_an_image_are_oldest_first(stores: Stores) -> None:
    stores.annotations.put(an_annotation("1", updated_at=after_noon(2)))
    stores.annotations.put(an_annotation("2", updated_at=after_noon(1)))
    stores.annotations.put(an_annotation("3", updated_at=after_noon(2)))

    found = stores.annotations.of_image("birds", "a")

    assert [a.external_id for a in found] == ["2", "1", "3"]


def test_the_tally_counts_changes_since_a_revision(stores: Stores) -> None:
    first = stores.annotations.put(an_annotation("1"))
    stores.annotations.put(an_annotation("2"))
    stores.annotations.put(an_annotation("2", "jay", updated_at=after_noon(1)))

    tally = stores.annotations.tally("birds", since_revision=first.revision)

    assert (tally.revision, tally.changed) == (3, 2)


def test_the_tally_tells_when_the_newest_change_was_recorded(stores: Stores) -> None:
    stores.annotations.put(an_annotation("1"))
    earlier = stores.annotations.tally("birds", since_revision=0).last_change

    stores.annotations.put(an_annotation("2"))

    later = stores.annotations.tally("birds", since_revision=0).last_change
    assert earlier is not None
    assert later is not None
    assert later > earlier


def test_without_changes_the_tally_is_empty(stores: Stores) -> None:
    recorded = stores.annotations.put(an_annotation("1"))

    tally = stores.annotations.tally("birds", since_revision=recorded.revision)

    assert (tally.revision, tally.changed, tally.last_change) == (1, 0, None)


def test_the_trained_revision_starts_at_zero_and_never_falls(stores: Stores) -> None:
    before = stores.annotations.trained_revision("birds")

    stores.annotations.record_trained_revision("birds", 5)
    stores.annotations.record_trained_revision("birds", 4)

    assert before == 0
    assert stores.annotations.trained_revision("birds") == 5


def test_thousands_of_annotations_are_deleted_at_once(stores: Stores) -> None:
    add_image(stores, "a")
    for number in range(50):
        stores.annotations.put(an_annotation(f"{number}"))

    changed = delete(stores, *(f"{number}" for number in range(6_000)))

    assert changed == 50
    assert stores.images.pool("birds") == ["a"]


@pytest.mark.parametrize("stores", ["sql"], indirect=True)
def test_an_annotation_for_an_unknown_project_or_source_is_not_stored(stores: Stores) -> None:
    with pytest.raises(NotFound):
        stores.annotations.put(an_annotation(project_id="nobody"))
    with pytest.raises(NotFound):
        stores.annotations.put(an_annotation(source_id=12_345))


def test_a_missing_annotation_no_longer_counts_but_does_when_it_is_told_again(stores: Stores) -> None:
    annotation = an_annotation("1", "owl", origin=LS)
    stores.annotations.put(annotation)

    changed = stores.annotations.mark_missing("birds", origin=LS, external_ids=["1", "never seen"])
    while_missing = stores.annotations.external_ids("birds", origin=LS)
    recorded = stores.annotations.put(annotation)

    assert (changed, while_missing) == (1, set())
    assert recorded == PutResult(changed=True, revision=3)
    assert stores.annotations.of_image("birds", "a") == [annotation]


def test_a_deleted_annotation_is_not_made_missing(stores: Stores) -> None:
    stores.annotations.put(an_annotation("1", "owl", origin=LS))
    delete(stores, "1")

    assert stores.annotations.mark_missing("birds", origin=LS, external_ids=["1"]) == 0
    assert not stores.annotations.put(an_annotation("1", "owl", origin=LS)).changed


def test_labels_of_a_removed_task_are_not_made_missing(stores: Stores) -> None:
    source = add_task(stores, 7, "a")
    stores.annotations.put(an_annotation("1", "owl", origin=LS, source_id=source, image_id=None))
    stores.images.remove_tasks("birds", [7])

    assert stores.annotations.mark_missing("birds", origin=LS, external_ids=["1"]) == 0
    assert [image.labels for image in stores.images.labeled("birds")] == [("owl",)]
