"""Writes predictions in Label Studio's format: the labels that annotators find filled in, and the score of a task."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from service.domain.label_studio import TaskPrediction
from service.domain.projects.project import Project
from service.domain.training.prediction import Prediction
from service.label_studio.label_config import ServedControl
from service.label_studio.link import MirroredProject
from service.label_studio.prediction_score import LAST, QueryPriority


def task_prediction(
    mirrored: MirroredProject, prediction: Prediction, *, task_id: int, priority: QueryPriority, ordered: bool
) -> TaskPrediction:
    """Write a version's prediction for a task in Label Studio's format.

    The region holds the calibrated confidence, then the reason. A prediction that abstained has a score, and a region
    only if a branch of the taxonomy is probable enough.

    Args: ordered: whether Label Studio must serve tasks in our order; if not, the score is the confidence.
    """
    confidence = max(prediction.probabilities, default=0.0)
    return TaskPrediction(
        task_id=task_id,
        result=_result(mirrored, prediction, priority.reason),
        score=priority.score if ordered else confidence,
        model_version=mirrored.project.version_name(prediction.version),
    )


def order_alone(project: Project, *, task_id: int, priority: QueryPriority) -> TaskPrediction:
    """Write a prediction that only orders a task, before the first version: it has a score but no region."""
    return _without_region(project, task_id, priority.score)


def empty_prediction(project: Project, task_id: int) -> TaskPrediction:
    """Write a prediction without labels; Label Studio counts the task as predicted and serves it last."""
    return _without_region(project, task_id, LAST)


def as_stored(prediction: TaskPrediction) -> dict[str, Any]:
    """Return a prediction as JSON for the answer to /predict and for Label Studio's validator."""
    return {
        "result": list(prediction.result),
        "score": prediction.score,
        "model_version": prediction.model_version,
    }


def as_imported(prediction: TaskPrediction) -> dict[str, Any]:
    """Return a prediction as JSON for Label Studio's import, which needs the task id too."""
    return {"task": prediction.task_id} | as_stored(prediction)


def prediction_faults(label_config: str, predictions: Sequence[Mapping[str, Any]]) -> list[list[str]]:
    """List the errors that Label Studio's own validator finds in each prediction, in order.

    Pass many at once, since each call parses the label config: with 300 labels, 500 predictions take 0.01 s in one
    call and 0.7 s in one call each.

    Args: predictions: as `as_stored` writes them.
    """
    from label_studio_sdk.label_interface.interface import LabelInterface  # noqa: PLC0415 - half a second to import

    validate: Callable[..., list[str]] = LabelInterface(label_config).validate_prediction
    return [validate(dict(prediction), return_errors=True) for prediction in predictions]


@dataclass(frozen=True, kw_only=True)
class LabelConfidence:
    """A label that people see, and its calibrated confidence in 0..1."""

    label: str
    confidence: float


def build_result(
    control: ServedControl, chosen: Sequence[LabelConfidence], *, reason: str | None = None
) -> list[dict[str, Any]]:
    """Build the `result` of a prediction: one region with all chosen labels, or no region if none is chosen.

    The region's score is the lowest confidence among them.

    Args: reason: why a ranking picked the image, if one did; people read it after the labels.
    """
    return [_region(control, [_value(control, each.label) for each in chosen], chosen, reason)] if chosen else []


def build_branch_result(
    control: ServedControl, confidences: Sequence[LabelConfidence], *, at_least: float, reason: str | None = None
) -> list[dict[str, Any]]:
    """Build the `result` of a prediction that abstained: the deepest branch of the taxonomy that is probable enough.

    Args: confidences: of all labels; at_least: least sum of the probabilities of a branch's leaves; reason: as above.
    Returns: no region if no branch is probable enough, or if the label config accepts leaves only.
    """
    if not control.takes_branches:
        return []
    confidence_of: dict[tuple[str, ...], float] = {}
    path_of = dict(zip(control.labels, control.paths, strict=True))
    for each in confidences:
        path = path_of[each.label]
        for depth in range(1, len(path)):
            confidence_of[path[:depth]] = confidence_of.get(path[:depth], 0.0) + each.confidence
    probable = [path for path, confidence in confidence_of.items() if confidence >= at_least]
    if not probable:
        return []
    branch = max(probable, key=lambda path: (len(path), confidence_of[path]))
    shown = LabelConfidence(label="/".join(branch), confidence=min(confidence_of[branch], 1.0))
    return [_region(control, [list(branch)], [shown], reason)]


def _without_region(project: Project, task_id: int, score: float) -> TaskPrediction:
    return TaskPrediction(
        task_id=task_id, result=(), score=score, model_version=project.version_name(project.current_version)
    )


def _result(mirrored: MirroredProject, prediction: Prediction, reason: str | None) -> list[dict[str, Any]]:
    """Build the regions of the chosen labels or, if the prediction abstained, of a branch of the taxonomy."""
    project = mirrored.project
    confidences = [
        LabelConfidence(label=label, confidence=confidence)
        for label, confidence in zip(project.active_labels, prediction.probabilities, strict=True)
    ]
    if prediction.abstained:
        return build_branch_result(mirrored.control, confidences, at_least=project.abstain_below, reason=reason)
    by_label = {each.label: each for each in confidences}
    return build_result(mirrored.control, [by_label[label] for label in prediction.labels], reason=reason)


def _region(
    control: ServedControl, values: list[str | list[str]], shown: Sequence[LabelConfidence], reason: str | None
) -> dict[str, Any]:
    sentences = [f"{each.label} {100 * each.confidence:.0f} %" for each in shown] + ([reason] if reason else [])
    return {
        "from_name": control.from_name,
        "to_name": control.to_name,
        "type": control.kind,
        "value": {control.kind: values},
        "score": min(each.confidence for each in shown),
        # One text: Label Studio shows several texts without a separator.
        "meta": {"text": ["; ".join(sentences)]},
    }


def _value(control: ServedControl, label: str) -> str | list[str]:
    if control.kind == "choices":
        return label
    return list(control.paths[control.labels.index(label)])
