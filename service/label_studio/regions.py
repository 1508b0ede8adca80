"""Reads the chosen labels from the regions of an annotation."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from service.label_studio.label_config import ServedControl


def read_labels(control: ServedControl, result: Sequence[Mapping[str, Any]]) -> tuple[str, ...] | None:
    """Read the labels that an annotation chose with the served control; None if it did not use that control.

    A label that is no longer in the label config is kept by its name. A taxonomy may give several leaves.
    """
    values = [region["value"] for region in result if _is_of(control, region)]
    if not values:
        return None
    return tuple(dict.fromkeys(label for value in values for label in _labels(control, value)))


def _is_of(control: ServedControl, region: Mapping[str, Any]) -> bool:
    return (
        region.get("from_name") == control.from_name
        and region.get("type") == control.kind
        and isinstance(region.get("value"), Mapping)
    )


def _labels(control: ServedControl, value: Mapping[str, Any]) -> Iterator[str]:
    chosen = value.get(control.kind)
    for each in chosen if isinstance(chosen, list) else [chosen]:
        if isinstance(each, str):
            yield each
        elif isinstance(each, list) and each:
            yield "/".join(str(part) for part in each)
