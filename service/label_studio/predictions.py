"""Writes predictions as Label Studio stores them: what annotators find filled in, and the score that orders tasks."""

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
    """Fill a task in with what a version says about its image.

    The region holds the calibrated confidence and, behind it, the reason. A prediction that abstained has no region,
    and its score all the same.

    Args: ordered: whether Label Studio shall serve tasks in our order; else the score is the confidence.
    """
    confidence = max(prediction.probabilities, default=0.0)
    return TaskPrediction(
        task_id=task_id,
        result=_result(mirrored, prediction, priority.reason),
        score=priority.score if ordered else confidence,
        model_version=mirrored.project.version_name(prediction.version),
    )


def order_alone(project: Project, *, task_id: int, priority: QueryPriority) -> TaskPrediction:
    """Give a task its place in the order before the first version: no region, just the score."""
    return _without_region(project, task_id, priority.score)


def empty_prediction(project: Project, task_id: int) -> TaskPrediction:
    """Give a task no answer; Label Studio counts it as predicted by this version and serves it last."""
    return _without_region(project, task_id, LAST)


def as_stored(prediction: TaskPrediction) -> dict[str, Any]:
    """JSON of a prediction as the answer to /predict holds it, and as Label Studio validates it."""
    return {
        "result": list(prediction.result),
        "score": prediction.score,
        "model_version": prediction.model_version,
    }


def as_imported(prediction: TaskPrediction) -> dict[str, Any]:
    """JSON of a prediction for Label Studio's import, which names the task, too."""
    return {"task": prediction.task_id} | as_stored(prediction)


def prediction_faults(label_config: str, predictions: Sequence[Mapping[str, Any]]) -> list[list[str]]:
    """List what Label Studio's own validator says against each prediction, in order.

    Hand in many, it reads the config once: with 300 labels, 500 predictions take 0.01 s in one call, 0.7 s in a call
    each.

    Args: predictions: as `as_stored` writes them.
    """
    from label_studio_sdk.label_interface.interface import LabelInterface  # noqa: PLC0415 - half a second to import

    validate: Callable[..., list[str]] = LabelInterface(label_config).validate_prediction
    return [validate(dict(prediction), return_errors=True) for prediction in predictions]


@dataclass(frozen=True, kw_only=True)
class LabelConfidence:
    """A label to show to people and its calibrated confidence in 0..1."""

    label: str
    confidence: float


def build_result(
    control: ServedControl, chosen: Sequence[LabelConfidence], *, reason: str | None = None
) -> list[dict[str, Any]]:
    """Give the `result` of a prediction: one region with all chosen labels, or no region when none is chosen.

    The region's score is the confidence of the least certain of them.

    Args: reason: why the image is asked for, if it is; people read it behind the labels.
    """
    return [_region(control, [_value(control, each.label) for each in chosen], chosen, reason)] if chosen else []


def build_branch_result(
    control: ServedControl, confidences: Sequence[LabelConfidence], *, at_least: float, reason: str | None = None
) -> list[dict[str, Any]]:
    """Give the `result` of a prediction that is sure of no leaf: the deepest branch of a taxonomy that it is sure of.

    Args: confidences: of all labels; at_least: how probable the leaves of a branch must be together; reason: as above.
    Returns: no region where no branch is, or the label config takes leaves only.
    """
    if not control.takes_branches:
        return []
    together: dict[tuple[str, ...], float] = {}
    path_of = dict(zip(control.labels, control.paths, strict=True))
    for each in confidences:
        path = path_of[each.label]
        for depth in range(1, len(path)):
            together[path[:depth]] = together.get(path[:depth], 0.0) + each.confidence
    sure = [path for path, confidence in together.items() if confidence >= at_least]
    if not sure:
        return []
    branch = max(sure, key=lambda path: (len(path), together[path]))
    shown = LabelConfidence(label="/".join(branch), confidence=min(together[branch], 1.0))
    return [_region(control, [list(branch)], [shown], reason)]


def _without_region(project: Project, task_id: int, score: float) -> TaskPrediction:
    return TaskPrediction(
        task_id=task_id, result=(), score=score, model_version=project.version_name(project.current_version)
    )


def _result(mirrored: MirroredProject, prediction: Prediction, reason: str | None) -> list[dict[str, Any]]:
    """Regions of the labels or, where it is sure of none, of a branch of the taxonomy that it is sure of."""
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
        # One text: Label Studio shows several without anything between them.
        "meta": {"text": ["; ".join(sentences)]},
    }


def _value(control: ServedControl, label: str) -> str | list[str]:
    if control.kind == "choices":
        return label
    return list(control.paths[control.labels.index(label)])
