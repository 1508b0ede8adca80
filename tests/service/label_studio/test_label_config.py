"""Parsing label configs: the served control, and the error for each unusable label config."""

import json
from pathlib import Path

import pytest

from service.domain.errors import InvalidLabelConfig
from service.label_studio.label_config import parse_label_config

RECORDINGS = Path(__file__).parents[2] / "recordings"
IMAGE = '<Image name="image" value="$image"/>'
AB = '<Choice value="A"/><Choice value="B"/>'


def recorded(name: str) -> str:
    recording = json.loads((RECORDINGS / name).read_text())
    return str(recording["request"]["body"]["label_config"])


def test_single_choice_is_served_with_its_labels_in_order() -> None:
    control = parse_label_config(recorded("04-predict-one-task.json"))

    assert control.kind == "choices"
    assert (control.from_name, control.to_name, control.image_key) == ("cls", "image", "image")
    assert control.labels == ("Coast", "Forest", "Highway")
    assert not control.multi_label
    assert control.other_controls == ()


def test_multiple_choice_is_multi_label() -> None:
    assert parse_label_config(recorded("07-predict-multiple-choice.json")).multi_label


def test_taxonomy_is_served_by_its_leaves() -> None:
    control = parse_label_config(recorded("08-predict-taxonomy.json"))

    assert control.kind == "taxonomy"
    assert control.labels == ("Nature/Coast", "Nature/Forest", "Man-made/Highway")
    assert control.paths == (("Nature", "Coast"), ("Nature", "Forest"), ("Man-made", "Highway"))


def test_aliases_are_the_labels() -> None:
    assert parse_label_config(recorded("09-predict-alias.json")).labels == ("c", "f", "h")


def test_the_first_of_two_controls_is_served_and_the_other_named() -> None:
    control = parse_label_config(recorded("10-predict-two-choices.json"))

    assert control.from_name == "scene"
    assert control.other_controls == ("quality",)
    assert "'scene'" in control.statement
    assert "leaves alone: quality" in control.statement


def test_a_control_of_something_else_than_the_image_is_passed_over() -> None:
    config = (
        f'<View>{IMAGE}<Text name="text" value="$text"/><Choices name="mood" toName="text">{AB}</Choices>'
        f'<Choices name="drawn" toName="image" perRegion="true">{AB}</Choices>'
        f'<Choices name="cls" toName="text,image">{AB}</Choices></View>'
    )

    control = parse_label_config(config)

    assert (control.from_name, control.to_name) == ("cls", "image")


def test_labels_inside_a_view_inside_the_control_count() -> None:
    config = f'<View>{IMAGE}<Choices name="cls" toName="image"><View>{AB}</View><!-- more --></Choices></View>'

    assert parse_label_config(config).labels == ("A", "B")


def test_names_of_any_script_are_kept() -> None:
    config = f'<View>{IMAGE}<Choices name="cls" toName="image"><Choice value="Küste &amp; Meer"/>{AB}</Choices></View>'

    assert parse_label_config(config).labels[0] == "Küste & Meer"


@pytest.mark.parametrize(
    ("label_config", "lacks"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("<View>", "not well-formed"),
        ("not xml", "not well-formed"),
        ("<View/>", "no <Image>"),
        (f'<View><Text name="t" value="$t"/><Choices name="c" toName="t">{AB}</Choices></View>', "no <Image>"),
        (f"<View>{IMAGE}</View>", "no <Choices> or <Taxonomy>"),
        (f'<View>{IMAGE}<RectangleLabels name="r" toName="image"/></View>', "no <Choices> or <Taxonomy>"),
        (f'<View>{IMAGE}<Choices name="c" toName="image"/></View>', "has no <Choice>"),
        (f'<View>{IMAGE}<Taxonomy name="c" toName="image"/></View>', "has no <Choice>"),
        (f'<View>{IMAGE}<Choices name="c" toName="image" value="$options"/></View>', "from each task"),
        (f'<View>{IMAGE}<Taxonomy name="c" toName="image" apiUrl="http://x"/></View>', "from elsewhere"),
        (f'<View>{IMAGE}<Choices name="c" toName="image">{AB}{AB}</Choices></View>', "more than once"),
        (f'<View>{IMAGE}<Choices name="c" toName="image"><Choice/></Choices></View>', "without a value"),
        (
            f'<View>{IMAGE}<Choices name="c" toName="image"><Choice value="N">{AB}</Choice></Choices></View>',
            "Choice inside",
        ),
        (
            f'<View><Image name="image" value="a.jpg"/><Choices name="c" toName="image">{AB}</Choices></View>',
            "task key",
        ),
        (
            f'<View><Image name="image" valueList="$pages"/><Choices name="c" toName="image">{AB}</Choices></View>',
            "valueList",
        ),
        ('<!DOCTYPE v [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><View>&b;</View>', "document type"),
        ('<!DOCTYPE v SYSTEM "file:///etc/passwd"><View/>', "document type"),
        ("<View>" + " " * 1_000_000 + "</View>", "longer than"),
        ("<a>" * 5000 + "</a>" * 5000, "cannot read"),
    ],
)
def test_what_cannot_be_served_is_named(label_config: str, lacks: str) -> None:
    with pytest.raises(InvalidLabelConfig, match=lacks):
        parse_label_config(label_config)
