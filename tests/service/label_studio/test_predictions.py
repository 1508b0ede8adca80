"""Predictions in Label Studio's format, checked by its own validator."""

from typing import Any

import pytest

from service.domain.label_studio import TaskPrediction
from service.label_studio.label_config import parse_label_config
from service.label_studio.prediction_score import QueryPriority
from service.label_studio.predictions import (
    LabelConfidence,
    as_imported,
    as_stored,
    build_branch_result,
    build_result,
    empty_prediction,
    order_alone,
    prediction_faults,
)
from tests.contracts.storing import a_project
from tests.validation import validate_predictions

IMAGE = '<Image name="image" value="$image"/>'
CHOICES = f"""<View>{IMAGE}<Choices name="cls" toName="image" choice="multiple">
<Choice value="Coast"/><Choice value="Forest" alias="f"/></Choices></View>"""
TAXONOMY = f"""<View>{IMAGE}<Taxonomy name="tax" toName="image">
<Choice value="Nature"><Choice value="Coast"/><Choice value="a/b"/></Choice></Taxonomy></View>"""


def sure(label: str, confidence: float = 0.934) -> LabelConfidence:
    return LabelConfidence(label=label, confidence=confidence)


def prediction(result: list[dict[str, Any]], score: object = 0.5) -> dict[str, Any]:
    return {"result": result, "score": score, "model_version": "margin-p-v1"}


def test_a_label_becomes_a_region_with_an_honest_number() -> None:
    result = build_result(parse_label_config(CHOICES), [sure("Coast")])

    assert result == [
        {
            "from_name": "cls",
            "to_name": "image",
            "type": "choices",
            "value": {"choices": ["Coast"]},
            "score": 0.934,
            "meta": {"text": ["Coast 93 %"]},
        }
    ]


def test_several_labels_share_a_region_with_the_lowest_confidence() -> None:
    result = build_result(parse_label_config(CHOICES), [sure("Coast", 0.9), sure("f", 0.6)])

    assert result[0]["value"] == {"choices": ["Coast", "f"]}
    assert result[0]["score"] == 0.6


def test_the_reason_stands_behind_the_labels_in_one_text() -> None:
    control = parse_label_config(CHOICES)

    result = build_result(control, [sure("Coast", 0.9), sure("f", 0.6)], reason="between Coast (90 %) and f (60 %)")

    assert result[0]["meta"] == {"text": ["Coast 90 %; f 60 %; between Coast (90 %) and f (60 %)"]}
    assert validate_predictions(CHOICES, [prediction(result)]) == []


def test_a_branch_has_its_reason_too() -> None:
    result = build_branch_result(
        parse_label_config(DEEP), each_of(DEEP, 0.5, 0.4, 0.05, 0.05), at_least=0.9, reason="torn"
    )

    assert result[0]["meta"] == {"text": ["Nature/Water 90 %; torn"]}
    assert validate_predictions(DEEP, [prediction(result)]) == []


def test_no_label_is_no_region() -> None:
    assert build_result(parse_label_config(CHOICES), []) == []


def test_a_taxonomy_label_becomes_its_path() -> None:
    result = build_result(parse_label_config(TAXONOMY), [sure("Nature/a/b")])

    assert result[0]["value"] == {"taxonomy": [["Nature", "a/b"]]}


DEEP = f"""<View>{IMAGE}<Taxonomy name="tax" toName="image">
<Choice value="Nature"><Choice value="Water"><Choice value="Coast"/><Choice value="River"/></Choice>
<Choice value="Forest"/></Choice><Choice value="Street"/></Taxonomy></View>"""


@pytest.mark.parametrize(
    ("confidences", "path", "shown"),
    [
        ((0.5, 0.4, 0.05, 0.05), ["Nature", "Water"], "Nature/Water 90 %"),
        ((0.4, 0.2, 0.35, 0.05), ["Nature"], "Nature 95 %"),
    ],
)
def test_where_no_leaf_is_sure_the_deepest_branch_that_is_gets_chosen(
    confidences: tuple[float, ...], path: list[str], shown: str
) -> None:
    result = build_branch_result(parse_label_config(DEEP), each_of(DEEP, *confidences), at_least=0.9)

    assert result[0]["value"] == {"taxonomy": [path]}
    assert result[0]["meta"] == {"text": [shown]}
    assert result[0]["score"] == pytest.approx(sum(confidences[: 2 if len(path) == 2 else 3]))
    assert validate_predictions(DEEP, [prediction(result)]) == []


@pytest.mark.parametrize(
    ("label_config", "confidences"),
    [
        (DEEP, (0.2, 0.2, 0.2, 0.4)),
        (DEEP, (0.0, 0.0, 0.1, 0.9)),
        (DEEP.replace("<Taxonomy ", '<Taxonomy leafsOnly="true" '), (0.5, 0.4, 0.05, 0.05)),
        (CHOICES, (0.5, 0.5)),
    ],
    ids=["no branch is sure", "a leaf at the top has no branch", "leaves only", "no taxonomy"],
)
def test_where_no_branch_may_be_chosen_either_there_is_no_region(
    label_config: str, confidences: tuple[float, ...]
) -> None:
    control = parse_label_config(label_config)

    assert build_branch_result(control, each_of(label_config, *confidences), at_least=0.8) == []


def each_of(label_config: str, *confidences: float) -> list[LabelConfidence]:
    """Pair the labels of a label config with these confidences, in order."""
    return [
        sure(label, confidence)
        for label, confidence in zip(parse_label_config(label_config).labels, confidences, strict=True)
    ]


@pytest.mark.parametrize("label_config", [CHOICES, TAXONOMY])
def test_label_studios_validator_accepts_what_is_built(label_config: str) -> None:
    control = parse_label_config(label_config)
    predictions = [prediction(build_result(control, [sure(label)])) for label in control.labels]

    assert validate_predictions(label_config, [*predictions, prediction([])]) == []


def test_the_validator_names_the_prediction_and_its_fault() -> None:
    result = build_result(parse_label_config(CHOICES), [sure("Coast")])
    unknown = [{**result[0], "value": {"choices": ["Desert"]}}]
    elsewhere = [{**result[0], "from_name": "other"}]

    faults = validate_predictions(CHOICES, [prediction(result), prediction(unknown), prediction(elsewhere)])

    assert [fault.partition(":")[0] for fault in faults] == ["prediction 1", "prediction 2"]
    assert "Desert" in faults[0]
    assert "other" in faults[1]


def test_a_score_that_is_no_number_is_a_fault() -> None:
    assert validate_predictions(CHOICES, [prediction([], score="high")])


def test_faults_stand_in_the_order_of_the_predictions() -> None:
    result = build_result(parse_label_config(CHOICES), [sure("Coast")])
    fine, unknown = prediction(result), prediction([{**result[0], "value": {"choices": ["Desert"]}}])

    faults = prediction_faults(CHOICES, [fine, unknown, fine])

    assert [bool(those) for those in faults] == [False, True, False]


def test_what_is_most_worth_labeling_has_the_lowest_score_and_comes_first() -> None:
    project = a_project()
    priorities = [QueryPriority(worth=worth, reason=None) for worth in (1.0, 0.75, 0.0)]

    placed = [order_alone(project, task_id=1, priority=priority).score for priority in priorities]

    assert placed == [0.0, 0.25, 1.0]
    assert empty_prediction(project, 1).score == 1.0


def test_import_names_the_task_beside_what_is_stored() -> None:
    placed = TaskPrediction(task_id=7, result=({"id": "r"},), score=0.25, model_version="margin-birds-v2")

    assert as_stored(placed) == {"result": [{"id": "r"}], "score": 0.25, "model_version": "margin-birds-v2"}
    assert as_imported(placed) == {"task": 7} | as_stored(placed)
