"""Labels are read back from the regions that Label Studio stores."""

from typing import Any

import pytest

from service.label_studio.label_config import parse_label_config
from service.label_studio.predictions import LabelConfidence, build_result
from service.label_studio.regions import read_labels

IMAGE = '<Image name="image" value="$image"/>'
CHOICES = f"""<View>{IMAGE}<Choices name="cls" toName="image" choice="multiple">
<Choice value="Coast"/><Choice value="Forest" alias="f"/></Choices></View>"""
TAXONOMY = f"""<View>{IMAGE}<Taxonomy name="tax" toName="image">
<Choice value="Nature"><Choice value="Coast"/><Choice value="a/b"/></Choice></Taxonomy></View>"""


def sure(label: str) -> LabelConfidence:
    return LabelConfidence(label=label, confidence=0.934)


@pytest.mark.parametrize("label_config", [CHOICES, TAXONOMY])
def test_every_label_goes_there_and_back(label_config: str) -> None:
    control = parse_label_config(label_config)

    back = [read_labels(control, build_result(control, [sure(label)])) for label in control.labels]

    assert back == [(label,) for label in control.labels]


def test_other_controls_are_not_read() -> None:
    control = parse_label_config(CHOICES)
    other = {"from_name": "quality", "to_name": "image", "type": "choices", "value": {"choices": ["good"]}}

    assert read_labels(control, [other]) is None
    assert read_labels(control, [other, *build_result(control, [sure("Coast")])]) == ("Coast",)


def test_values_that_are_no_label_are_left_out() -> None:
    region = {"from_name": "cls", "to_name": "image", "type": "choices", "value": {"choices": [None, 7, "Coast"]}}

    assert read_labels(parse_label_config(CHOICES), [region]) == ("Coast",)


def test_a_label_that_left_the_config_is_kept_by_name() -> None:
    region = {"from_name": "cls", "to_name": "image", "type": "choices", "value": {"choices": ["Desert"]}}

    assert read_labels(parse_label_config(CHOICES), [region]) == ("Desert",)


@pytest.mark.parametrize(
    "region",
    [
        {},
        {"from_name": "cls", "type": "choices"},
        {"from_name": "cls", "type": "choices", "value": None},
        {"from_name": "cls", "type": "rectangle", "value": {"x": 1}},
        {"type": "relation", "from_id": "a", "to_id": "b"},
    ],
)
def test_a_region_of_another_shape_is_passed_over(region: dict[str, Any]) -> None:
    assert read_labels(parse_label_config(CHOICES), [region]) is None


def test_an_emptied_choice_has_no_labels() -> None:
    region = {"from_name": "cls", "to_name": "image", "type": "choices", "value": {"choices": []}}

    assert read_labels(parse_label_config(CHOICES), [region]) == ()


def test_the_same_label_twice_counts_once() -> None:
    control = parse_label_config(CHOICES)
    result = build_result(control, [sure("Coast")])

    assert read_labels(control, result + result) == ("Coast",)
