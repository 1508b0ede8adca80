"""Contract of all image stores."""

import pytest

from service.domain.annotations.annotation import AnnotationState
from service.domain.errors import NotFound
from service.domain.images.image import ImageFilter, ImageState, LabeledImage, NewSource, SourceKind, Split
from tests.contracts.storing import Stores, add_image, add_source, add_task, after_noon, an_annotation, source_of

EVERYTHING = ImageFilter()
SKIPPED = AnnotationState.SKIPPED


def state_of(stores: Stores, image_id: str) -> ImageState:
    return stores.images.get("birds", image_id).state


def page(stores: Stores, wanted: ImageFilter = EVERYTHING, *, after: str | None = None, limit: int = 99) -> list[str]:
    return [image.id for image in stores.images.page("birds", wanted, after=after, limit=limit)]


def labels_of(stores: Stores) -> dict[str, tuple[str, ...]]:
    return {image.image_id: image.labels for image in stores.images.labeled("birds")}


def test_a_source_of_the_same_address_is_the_same(stores: Stores) -> None:
    first = add_source(stores, "http://x/1", kind=SourceKind.ADDRESS)

    again = add_source(stores, "http://x/1", kind=SourceKind.ADDRESS)
    uploaded = add_source(stores, "http://x/1")
    elsewhere = add_source(stores, "http://x/1", kind=SourceKind.ADDRESS, project_id="fish")

    assert again == first
    assert len({first.id, uploaded.id, elsewhere.id}) == 3


def test_tasks_of_one_address_are_different_sources(stores: Stores) -> None:
    assert add_task(stores, 1, address="/same.jpg") != add_task(stores, 2, address="/same.jpg")


def test_sources_are_added_in_bulk_with_what_is_known_of_their_images(stores: Stores) -> None:
    known = add_task(stores, 2, "old")
    new = [
        NewSource(address="/1.jpg", task_id=1),
        NewSource(address="/2.jpg", task_id=2),
        NewSource(address="/3.jpg", task_id=3, image_id="c"),
        NewSource(address="/4.jpg", task_id=4, image_id="d", error="truncated"),
        NewSource(address="/5.jpg", task_id=5, error="404"),
        NewSource(address="/1.jpg", task_id=1, image_id="a"),
    ]

    added = stores.images.add_sources("birds", SourceKind.LABEL_STUDIO, new)

    assert [source.task_id for source in added] == [1, 2, 3, 4, 5, 1]
    assert added[1].id == known
    assert {s.task_id: (s.image_id, s.error) for s in added} == {
        1: ("a", None),
        2: (None, None),
        3: ("c", None),
        4: ("d", None),
        5: (None, "404"),
    }
    assert [source_of(stores.images, added[i].id) for i in (1, 2, 3, 4, 5)] == [added[i] for i in (1, 2, 3, 4, 5)]
    assert stores.images.pool("birds") == ["a", "c"]
    assert state_of(stores, "d") is ImageState.UNREADABLE


def test_sources_by_the_thousand_keep_their_order(stores: Stores) -> None:
    new = [NewSource(address=f"/{number}.jpg", image_id=f"{number:05}") for number in range(6_000)]

    added = stores.images.add_sources("birds", SourceKind.ADDRESS, new)

    assert [source.address for source in added] == [source.address for source in new]
    assert stores.images.readable("birds") == [source.image_id for source in new]


def test_adding_no_sources_adds_none(stores: Stores) -> None:
    assert stores.images.add_sources("birds", SourceKind.ADDRESS, []) == []


def test_tasks_that_have_a_source_are_known(stores: Stores) -> None:
    add_task(stores, 1)
    add_task(stores, 2, "a")
    add_task(stores, 3)
    add_image(stores, "b")

    stores.images.remove_tasks("birds", [3])

    assert stores.images.task_ids("birds") == {1, 2}
    assert stores.images.task_ids("fish") == set()


def test_sources_that_a_usable_annotation_waits_for_can_be_asked_for_alone(stores: Stores) -> None:
    add_task(stores, 1)
    skipped, awaited = add_task(stores, 2), add_task(stores, 3)
    stores.annotations.put(an_annotation("1", source_id=skipped, state=SKIPPED))
    stores.annotations.put(an_annotation("2", source_id=awaited))

    found = stores.images.unresolved_sources("birds", after=0, limit=9, annotated_only=True)

    assert [source.id for source in found] == [awaited]


def test_sources_that_failed_before_can_be_left_out(stores: Stores) -> None:
    failed, untried = add_task(stores, 1), add_task(stores, 2)
    stores.images.record_source_error("birds", failed, "answered 404")

    with_failed = stores.images.unresolved_sources("birds", after=0, limit=9)
    without = stores.images.unresolved_sources("birds", after=0, limit=9, failed_too=False)

    assert [source.id for source in with_failed] == [failed, untried]
    assert [source.id for source in without] == [untried]


def test_an_address_may_be_as_long_as_an_image(stores: Stores) -> None:
    address = "data:image/png;base64," + "é" * 300_000

    source = add_source(stores, address, kind=SourceKind.ADDRESS)

    assert source_of(stores.images, source.id).address == address


def test_a_task_whose_address_changed_forgets_its_image_and_error(stores: Stores) -> None:
    source_id = add_task(stores, 1, "a")
    stores.images.record_source_error("birds", source_id, "gone")

    again = add_task(stores, 1, address="/data/other.jpg")

    source = source_of(stores.images, source_id)
    assert again == source_id
    assert (source.address, source.image_id, source.error) == ("/data/other.jpg", None, None)


def test_a_task_that_is_told_again_keeps_its_image(stores: Stores) -> None:
    source_id = add_task(stores, 1, "a")

    add_task(stores, 1)

    assert source_of(stores.images, source_id).image_id == "a"


def test_a_source_can_come_with_its_image(stores: Stores) -> None:
    stores.images.add_image("birds", "a", source_id=None)

    stores.images.add_sources("birds", SourceKind.UPLOAD, [NewSource(address="a.jpg", image_id="a")])

    assert stores.images.pool("birds") == ["a"]


def test_an_unknown_source_is_not_found(stores: Stores) -> None:
    elsewhere = add_source(stores, "f.jpg", project_id="fish")

    with pytest.raises(NotFound):
        stores.images.record_source_error("birds", elsewhere.id, "gone")
    with pytest.raises(NotFound):
        stores.images.add_image("birds", "a", source_id=elsewhere.id)


def test_the_sources_of_images_are_oldest_first(stores: Stores) -> None:
    one, two = add_task(stores, 2, "a"), add_task(stores, 1, "a")
    stores.images.add_image("birds", "b", source_id=None)

    found = stores.images.sources_of("birds", ["b", "a", "nobody"])

    assert {image_id: [s.id for s in sources] for image_id, sources in found.items()} == {"a": [one, two]}


def test_sources_without_an_image_wait_in_order_failed_ones_among_them(stores: Stores) -> None:
    waiting = [add_task(stores, number) for number in range(4)]
    add_task(stores, 9, "a")
    stores.images.record_source_error("birds", waiting[1], "404")

    first = stores.images.unresolved_sources("birds", after=0, limit=2)
    second = stores.images.unresolved_sources("birds", after=first[-1].id, limit=9)

    assert [s.id for s in first + second] == waiting
    assert first[1].error == "404"


def test_fetching_a_source_clears_its_error(stores: Stores) -> None:
    source_id = add_task(stores, 1)
    stores.images.record_source_error("birds", source_id, "time-out")

    stores.images.add_image("birds", "a", source_id=source_id)

    assert source_of(stores.images, source_id).error is None


def test_removed_tasks_take_their_images_out_of_the_pool(stores: Stores) -> None:
    add_task(stores, 1, "a")
    add_task(stores, 2)
    add_task(stores, 3, "b")

    removed = stores.images.remove_tasks("birds", [1, 2, 77])

    assert removed == 2
    assert stores.images.pool("birds") == ["b"]
    assert stores.images.count("birds")[ImageState.POOL] == 1
    assert page(stores) == ["b"]
    assert stores.images.unresolved_sources("birds", after=0, limit=9) == []
    assert stores.images.get("birds", "a").id == "a"
    assert stores.images.sources_of("birds", ["a"]) == {}


def test_the_annotations_of_a_removed_task_still_train(stores: Stores) -> None:
    source_id = add_task(stores, 1, "a")
    stores.annotations.put(an_annotation("1", source_id=source_id))

    stores.images.remove_tasks("birds", [1])

    assert labels_of(stores) == {"a": ("owl",)}


def test_an_image_with_another_source_stays_in_the_pool(stores: Stores) -> None:
    add_task(stores, 1, "a")
    add_image(stores, "a")

    stores.images.remove_tasks("birds", [1])

    assert stores.images.pool("birds") == ["a"]


def test_a_removed_task_that_comes_back_brings_its_image_back(stores: Stores) -> None:
    add_task(stores, 1, "a")
    stores.images.remove_tasks("birds", [1])

    add_task(stores, 1)

    assert stores.images.pool("birds") == ["a"]


def test_adding_an_image_twice_is_adding_it_once(stores: Stores) -> None:
    add_image(stores, "a")
    first = stores.images.get("birds", "a")

    add_image(stores, "a")

    assert stores.images.get("birds", "a") == first


def test_an_image_once_unreadable_becomes_readable_again(stores: Stores) -> None:
    add_image(stores, "a", error="truncated")
    before = stores.images.get("birds", "a")

    add_image(stores, "a")

    assert (before.state, before.error) == (ImageState.UNREADABLE, "truncated")
    assert state_of(stores, "a") is ImageState.POOL
    assert stores.images.readable("birds") == ["a"]


def test_an_unknown_image_is_not_found(stores: Stores) -> None:
    with pytest.raises(NotFound):
        stores.images.get("birds", "nobody")


def test_each_image_is_in_one_state(stores: Stores) -> None:
    for image_id in ("annotated", "both", "pool", "skipped", "unreadable"):
        add_image(stores, image_id, error="truncated" if image_id == "unreadable" else None)
    stores.annotations.put(an_annotation("1", image_id="annotated"))
    stores.annotations.put(an_annotation("2", image_id="both", state=SKIPPED))
    stores.annotations.put(an_annotation("3", image_id="both"))
    stores.annotations.put(an_annotation("4", image_id="skipped", state=SKIPPED))
    stores.annotations.put(an_annotation("5", image_id="unreadable"))

    states = {image.id: image.state for image in stores.images.page("birds", EVERYTHING, after=None, limit=9)}

    assert states == {
        "annotated": ImageState.ANNOTATED,
        "both": ImageState.ANNOTATED,
        "pool": ImageState.POOL,
        "skipped": ImageState.SKIPPED,
        "unreadable": ImageState.UNREADABLE,
    }
    assert stores.images.count("birds") == {
        ImageState.POOL: 1,
        ImageState.ANNOTATED: 2,
        ImageState.SKIPPED: 1,
        ImageState.UNREADABLE: 1,
    }
    assert stores.images.pool("birds") == ["pool"]
    assert set(labels_of(stores)) == {"annotated", "both"}


def test_an_annotation_of_any_task_of_an_image_takes_it_out_of_the_pool(stores: Stores) -> None:
    add_task(stores, 1, "a")
    second = add_task(stores, 2, "a")
    skipped = add_task(stores, 3, "b")

    stores.annotations.put(an_annotation("1", source_id=second))
    stores.annotations.put(an_annotation("2", source_id=skipped, state=SKIPPED))

    assert stores.images.pool("birds") == []
    assert state_of(stores, "b") is ImageState.SKIPPED


def test_an_image_is_counted_once_whatever_was_said_of_its_tasks(stores: Stores) -> None:
    sources = {task_id: add_task(stores, task_id, image_id) for task_id, image_id in enumerate("aabbcd", start=1)}
    add_task(stores, 7)
    stores.annotations.put(an_annotation("1", source_id=sources[1]))
    stores.annotations.put(an_annotation("2", source_id=sources[2], state=SKIPPED))
    stores.annotations.put(an_annotation("3", image_id="b", state=SKIPPED))
    stores.annotations.put(an_annotation("4", source_id=sources[4], state=SKIPPED))
    stores.images.remove_tasks("birds", [1, 2, 5])

    counts = stores.images.count("birds")

    assert counts == {
        ImageState.POOL: 1,
        ImageState.ANNOTATED: 1,
        ImageState.SKIPPED: 1,
        ImageState.UNREADABLE: 0,
    }


def test_a_deleted_annotation_gives_its_image_back_to_the_pool(stores: Stores) -> None:
    add_image(stores, "a")
    stores.annotations.put(an_annotation("1"))

    stores.annotations.delete("birds", origin="label-studio", external_ids=["1"], at=after_noon(5))

    assert stores.images.pool("birds") == ["a"]
    assert labels_of(stores) == {}


def test_the_annotation_of_a_task_whose_address_changed_follows_it(stores: Stores) -> None:
    source_id = add_task(stores, 1, "a")
    stores.annotations.put(an_annotation("1", source_id=source_id))

    add_task(stores, 1, "b", address="/data/other.jpg")

    assert labels_of(stores) == {"b": ("owl",)}


def test_most_votes_win(stores: Stores) -> None:
    add_image(stores, "a")
    task = add_task(stores, 1, "a")
    stores.annotations.put(an_annotation("1", "owl"))
    stores.annotations.put(an_annotation("2", "owl", source_id=task))
    stores.annotations.put(an_annotation("3", "jay", updated_at=after_noon(9)))

    assert labels_of(stores) == {"a": ("owl",)}
    assert stores.images.get("birds", "a").labels == ("owl",)


def test_on_a_tie_the_newest_annotation_wins(stores: Stores) -> None:
    add_image(stores, "a")
    stores.annotations.put(an_annotation("1", "jay", updated_at=after_noon(9)))
    stores.annotations.put(an_annotation("2", "owl"))

    assert labels_of(stores) == {"a": ("jay",)}


def test_a_whole_set_of_labels_is_one_vote(stores: Stores) -> None:
    add_image(stores, "a")
    stores.annotations.put(an_annotation("1", "owl", "jay"))
    stores.annotations.put(an_annotation("2", "jay", "owl", updated_at=after_noon(1)))
    stores.annotations.put(an_annotation("3", "owl", updated_at=after_noon(2)))

    assert labels_of(stores) == {"a": ("jay", "owl")}


def test_labeled_images_are_in_order_and_know_their_split(stores: Stores) -> None:
    for image_id in ("b", "a"):
        add_image(stores, image_id)
        stores.annotations.put(an_annotation(image_id, image_id=image_id))
    stores.images.record_splits("birds", {"b": Split.HELD_OUT})

    assert stores.images.labeled("birds") == [
        LabeledImage(image_id="a", labels=("owl",), split=None),
        LabeledImage(image_id="b", labels=("owl",), split=Split.HELD_OUT),
    ]


def test_a_side_once_recorded_never_changes(stores: Stores) -> None:
    add_image(stores, "a")
    stores.images.record_splits("birds", {"a": Split.TRAIN, "nobody": Split.TRAIN})

    stores.images.record_splits("birds", {"a": Split.HELD_OUT})
    add_image(stores, "a")

    assert stores.images.get("birds", "a").split is Split.TRAIN


def test_of_the_pool_only_what_was_marked_last_is_asked_at_random(stores: Stores) -> None:
    for image_id in ("a", "b", "c"):
        add_image(stores, image_id)
    stores.images.mark_asked_at_random("birds", ["a"])
    stores.images.mark_asked_at_random("birds", ["b", "nobody"])

    for image_id in ("a", "b", "c"):
        stores.annotations.put(an_annotation(image_id, image_id=image_id))

    assert [image.asked_at_random for image in stores.images.labeled("birds")] == [False, True, False]


def test_an_image_keeps_how_it_was_asked_once_it_is_labeled(stores: Stores) -> None:
    for image_id in ("a", "b"):
        add_image(stores, image_id)
    stores.images.mark_asked_at_random("birds", ["a"])
    for image_id in ("a", "b"):
        stores.annotations.put(an_annotation(image_id, image_id=image_id))

    stores.images.mark_asked_at_random("birds", ["b"])

    assert [image.asked_at_random for image in stores.images.labeled("birds")] == [True, False]


def test_what_is_asked_at_random_is_one_projects_own(stores: Stores) -> None:
    add_image(stores, "a")
    stores.images.mark_asked_at_random("birds", ["a"])
    stores.images.mark_asked_at_random("fish", [])

    stores.annotations.put(an_annotation("1"))

    assert [image.asked_at_random for image in stores.images.labeled("birds")] == [True]


def test_pages_go_through_all_images_in_order(stores: Stores) -> None:
    for image_id in ("c", "a", "e", "b", "d"):
        add_image(stores, image_id)

    first = page(stores, limit=2)
    second = page(stores, after=first[-1], limit=2)

    assert first + second + page(stores, after=second[-1], limit=2) == ["a", "b", "c", "d", "e"]


def test_images_are_filtered_by_state_and_source(stores: Stores) -> None:
    add_image(stores, "a")
    add_task(stores, 1, "b")
    add_task(stores, 2, "c")
    stores.annotations.put(an_annotation("1", image_id="c"))

    in_pool = page(stores, ImageFilter(state=ImageState.POOL))
    from_tasks = page(stores, ImageFilter(source=SourceKind.LABEL_STUDIO))
    both = page(stores, ImageFilter(state=ImageState.POOL, source=SourceKind.LABEL_STUDIO))

    assert (in_pool, from_tasks, both) == (["a", "b"], ["b", "c"], ["b"])


def test_images_are_filtered_by_the_label_their_annotators_agree_on(stores: Stores) -> None:
    for number, labels in enumerate([("owl",), ("barn owl",), ("jay",), ("jay", "owl"), ("OWL",)]):
        add_image(stores, f"{number}")
        stores.annotations.put(an_annotation(f"{number}", *labels, image_id=f"{number}"))
    stores.annotations.put(an_annotation("5", "jay", image_id="0", updated_at=after_noon(1)))

    assert page(stores, ImageFilter(label="owl")) == ["3"]
    assert page(stores, ImageFilter(label="jay"), limit=2) == ["0", "2"]
    assert page(stores, ImageFilter(label="jay"), after="2", limit=1) == ["3"]
    assert page(stores, ImageFilter(label="%")) == []


def test_a_label_with_quotes_and_signs_is_found(stores: Stores) -> None:
    label = 'the "100%_blue" 鳥\\'
    add_image(stores, "a")
    stores.annotations.put(an_annotation("1", label))

    assert page(stores, ImageFilter(label=label)) == ["a"]


def test_projects_do_not_share_images(stores: Stores) -> None:
    add_image(stores, "a")

    stores.images.add_image("fish", "a", source_id=None, error="truncated")

    assert stores.images.readable("birds") == ["a"]
    assert stores.images.readable("fish") == []


@pytest.mark.parametrize("stores", ["sql"], indirect=True)
def test_nothing_is_added_to_an_unknown_project(stores: Stores) -> None:
    with pytest.raises(NotFound):
        add_source(stores, "x", project_id="nobody")
    with pytest.raises(NotFound):
        stores.images.add_image("nobody", "a", source_id=None)


def test_labels_that_are_not_asked_for_have_no_vote(stores: Stores) -> None:
    add_image(stores, "a")
    for place, label in enumerate(("gone", "gone", "owl")):
        stores.annotations.put(an_annotation(str(place), label, image_id="a", updated_at=after_noon(place)))
    add_image(stores, "b")
    stores.annotations.put(an_annotation("9", "gone", image_id="b"))

    found = stores.images.labeled("birds", among=("owl", "jay"))

    assert {image.image_id: image.labels for image in found} == {"a": ("owl",)}
    assert labels_of(stores) == {"a": ("gone",), "b": ("gone",)}
