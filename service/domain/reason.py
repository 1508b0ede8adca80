"""Says in one sentence why an image is asked for."""

from collections.abc import Iterator

from service.domain.ranking import NearestImage, Why

AT_RANDOM = "chosen at random, to judge fairly"
# Before the first version every class is as likely as the others: two of them would be named for their place alone.
NOTHING_MEASURED = "no version has seen it yet"


def full_reason(measured: str, why: Why | None, *, at_random: bool) -> str:
    """Put together what is known, like "between Coast (41 %) and Open country (38 %); stands for 37 images of ...".

    Args: measured: what the strategy's measure says of the image; it is not why an image was drawn at random.
    """
    return "; ".join([AT_RANDOM if at_random else measured, *(_parts(why) if why else ())])


def _parts(why: Why) -> Iterator[str]:
    if why.nearest_labeled:
        yield f"nearest labeled image: {_nearest(why.nearest_labeled[0])}"
    yield _standing(why.stands_for)


def _nearest(image: NearestImage) -> str:
    return f"{' and '.join(image.labels) or 'without a label'}, distance {image.distance:.2f}"


def _standing(images: int) -> str:
    if not images:
        return "looks like one that is asked for before it"
    return f"stands for {images} image{'' if images == 1 else 's'} of the pool"
