"""The sentence that explains why an image was picked."""

from ml.ranking.explanation import ClosestClass
from service.domain.ranking.ranking import Explanation, NearestImage, full_reason

MEASURED = "between Coast (41 %) and Open country (38 %)"


def a_why(*nearest: NearestImage, stands_for: int = 37) -> Explanation:
    return Explanation(
        closest_classes=(ClosestClass(label="Coast", probability=0.41),), nearest_labeled=nearest, stands_for=stands_for
    )


def near(*labels: str) -> NearestImage:
    return NearestImage(image_id="x", labels=labels, distance=0.309)


def test_what_was_measured_comes_first() -> None:
    assert full_reason(MEASURED, a_why(near("Coast"), near("Forest")), at_random=False) == (
        f"{MEASURED}; nearest labeled image: Coast, distance 0.31; stands for 37 images of the pool"
    )


def test_an_image_that_was_not_picked_has_the_short_sentence() -> None:
    assert full_reason(MEASURED, None, at_random=False) == MEASURED


def test_an_image_drawn_at_random_says_so_and_not_what_did_not_count() -> None:
    assert full_reason(MEASURED, a_why(stands_for=1), at_random=True) == (
        "chosen at random, for a fair evaluation; stands for 1 image of the pool"
    )


def test_a_neighbour_with_several_labels_or_none_is_named_too() -> None:
    several, none = (full_reason("x", a_why(near(*labels)), at_random=False) for labels in (("owl", "jay"), ()))

    assert "image: owl and jay, distance" in several
    assert "image: without a label, distance" in none


def test_an_image_that_looks_like_one_asked_for_before_says_so() -> None:
    assert full_reason("x", a_why(stands_for=0), at_random=False) == "x; looks like an image that was picked before it"
