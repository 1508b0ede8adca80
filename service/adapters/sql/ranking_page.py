"""Writes a page of a ranking's images as JSON, and reads it back, also if an earlier release wrote it."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from ml.ranking.explanation import ClosestClass
from service.domain.ranking.ranking import NearestImage, RankedImage, Why


def encode_page(images: Sequence[RankedImage]) -> str:
    """Write one list per image: id, worth and reason, and an object with anything else that is known."""
    return json.dumps([_written(image) for image in images], ensure_ascii=False)


def decode_page(page: str) -> list[RankedImage]:
    """Read the images that `encode_page` wrote."""
    return [_read(*image) for image in json.loads(page)]


def _written(image: RankedImage) -> list[Any]:
    known: dict[str, Any] = {}
    if image.at_random:
        known["at_random"] = True
    if image.why is not None:
        known["why"] = asdict(image.why)
    # A pool has up to a million images, of which a few are picked: nothing more is written for the others.
    return [image.image_id, image.worth, image.reason, *([known] if known else [])]


def _read(image_id: str, worth: float, reason: str, known: dict[str, Any] | None = None) -> RankedImage:
    known = known or {}
    why = known.get("why")
    return RankedImage(
        image_id=image_id,
        worth=worth,
        reason=reason,
        at_random=known.get("at_random", False),
        why=None if why is None else _why(why),
    )


def _why(written: dict[str, Any]) -> Why:
    return Why(
        closest_classes=tuple(ClosestClass(**each) for each in written["closest_classes"]),
        nearest_labeled=tuple(
            NearestImage(image_id=each["image_id"], labels=tuple(each["labels"]), distance=each["distance"])
            for each in written["nearest_labeled"]
        ),
        stands_for=written["stands_for"],
    )
