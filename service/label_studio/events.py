"""Parses the events that Label Studio sends to the webhook into one small class per kind of event."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from service.domain.errors import InvalidInput
from service.domain.label_studio import LabelStudioAnnotation, LabelStudioTask

# The largest 64-bit integer that databases store.
LARGEST_ID = 2**63 - 1


@dataclass(frozen=True, kw_only=True)
class EventProject:
    """The Label Studio project of an event, as the event describes it."""

    key: str
    id: int
    title: str
    label_config: str


@dataclass(frozen=True, kw_only=True)
class AnnotationsChanged:
    """Annotations were created or changed, including skipped ones; with the tasks they belong to."""

    project: EventProject
    annotations: tuple[LabelStudioAnnotation, ...]
    tasks: tuple[LabelStudioTask, ...]


@dataclass(frozen=True, kw_only=True)
class AnnotationsDeleted:
    """Annotations were deleted; Label Studio sends only their ids."""

    project: EventProject
    annotation_ids: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class TasksCreated:
    """Tasks were imported; annotations inside the import are not reported."""

    project: EventProject
    tasks: tuple[LabelStudioTask, ...]


@dataclass(frozen=True, kw_only=True)
class TasksDeleted:
    """Tasks were deleted."""

    project: EventProject
    task_ids: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class ProjectUpdated:
    """The project itself changed, for example its title, label config or model version."""

    project: EventProject


@dataclass(frozen=True, kw_only=True)
class StartTraining:
    """Somebody requested training, or Label Studio counted enough annotations."""

    project: EventProject


@dataclass(frozen=True, kw_only=True)
class IgnoredEvent:
    """An event that Margin does not use; project is None if the event names none."""

    action: str
    project: EventProject | None


LabelStudioEvent = (
    AnnotationsChanged
    | AnnotationsDeleted
    | TasksCreated
    | TasksDeleted
    | ProjectUpdated
    | StartTraining
    | IgnoredEvent
)


def parse_event(body: object) -> LabelStudioEvent:
    """Parse a webhook's body. Raises: InvalidInput: the message names the key that is missing or wrong."""
    whole = _mapping(body, "the webhook's body")
    action = _text(whole, "action")
    read = _READERS.get(action)
    if read is not None:
        return read(whole)
    return IgnoredEvent(action=action, project=_project(whole) if "project" in whole else None)


def project_key(project: Mapping[str, Any]) -> str:
    """Return the key by which /setup and /predict name this project.

    Raises: InvalidInput: id or created_at is missing or wrong.
    """
    return project_key_at(_integer(project, "id"), _moment(project, "created_at"))


def project_key_at(project_id: int, created_at: datetime) -> str:
    """Format Label Studio's "<id>.<created unix seconds>", with fractions of a second cut off."""
    return f"{project_id}.{int(created_at.timestamp())}"


def read_annotation(annotation: object, *, task_id: int | None = None) -> LabelStudioAnnotation:
    """Parse an annotation. Args: task_id: its task, if the annotation does not name it. Raises: InvalidInput."""
    whole = _mapping(annotation, "annotation")
    result = whole.get("result")
    if not isinstance(result, list) or not all(isinstance(region, Mapping) for region in result):
        raise InvalidInput("key 'result' of an annotation must be a list of regions")
    return LabelStudioAnnotation(
        id=_integer(whole, "id"),
        task_id=task_id if task_id is not None else _integer(whole, "task"),
        result=result,
        was_cancelled=whole.get("was_cancelled") is True,
        annotator=_annotator(whole.get("completed_by")),
        updated_at=_moment(whole, "updated_at"),
    )


def read_task(task: object) -> LabelStudioTask:
    """Parse a task, with its annotations if they are included. Raises: InvalidInput."""
    whole = _mapping(task, "task")
    task_id = _integer(whole, "id")
    return LabelStudioTask(
        id=task_id,
        data=_mapping(whole.get("data"), "key 'data' of a task"),
        annotations=tuple(read_annotation(each, task_id=task_id) for each in whole.get("annotations") or ()),
    )


def _annotations_changed(whole: Mapping[str, Any]) -> AnnotationsChanged:
    return AnnotationsChanged(
        project=_project(whole),
        annotations=tuple(read_annotation(each) for each in _one_or_more(whole, "annotation")),
        tasks=tuple(read_task(each) for each in _one_or_more(whole, "task", optional=True)),
    )


def _annotations_deleted(whole: Mapping[str, Any]) -> AnnotationsDeleted:
    return AnnotationsDeleted(project=_project(whole), annotation_ids=_ids(whole, "annotations"))


def _tasks_created(whole: Mapping[str, Any]) -> TasksCreated:
    tasks = tuple(read_task(each) for each in _one_or_more(whole, "tasks"))
    return TasksCreated(project=_project(whole), tasks=tasks)


def _tasks_deleted(whole: Mapping[str, Any]) -> TasksDeleted:
    return TasksDeleted(project=_project(whole), task_ids=_ids(whole, "tasks"))


def _project_updated(whole: Mapping[str, Any]) -> ProjectUpdated:
    return ProjectUpdated(project=_project(whole))


def _start_training(whole: Mapping[str, Any]) -> StartTraining:
    return StartTraining(project=_project(whole))


_READERS: Mapping[str, Callable[[Mapping[str, Any]], LabelStudioEvent]] = {
    "ANNOTATION_CREATED": _annotations_changed,
    "ANNOTATION_UPDATED": _annotations_changed,
    "ANNOTATIONS_CREATED": _annotations_changed,
    "ANNOTATIONS_DELETED": _annotations_deleted,
    "TASKS_CREATED": _tasks_created,
    "TASKS_DELETED": _tasks_deleted,
    "PROJECT_UPDATED": _project_updated,
    "START_TRAINING": _start_training,
}


def _project(whole: Mapping[str, Any]) -> EventProject:
    project = _mapping(whole.get("project"), "key 'project'")
    return EventProject(
        key=project_key(project),
        id=_integer(project, "id"),
        title=_text(project, "title"),
        label_config=_text(project, "label_config"),
    )


def _annotator(completed_by: object) -> str:
    """Return the user's id. Label Studio sends an id, a whole user, or nothing for an imported annotation."""
    user = completed_by.get("id") if isinstance(completed_by, Mapping) else completed_by
    return "unknown" if user is None else str(user)


def _ids(whole: Mapping[str, Any], key: str) -> tuple[int, ...]:
    return tuple(_integer(_mapping(each, f"an item of {key!r}"), "id") for each in _one_or_more(whole, key))


def _one_or_more(whole: Mapping[str, Any], key: str, *, optional: bool = False) -> list[Any]:
    """Return a list: under the same key Label Studio sends either one object or a list of objects."""
    if optional and whole.get(key) is None:
        return []
    found = whole.get(key)
    if not isinstance(found, Mapping | list):
        raise InvalidInput(f"key {key!r} must be an object or a list of objects, not {_shown(found)}")
    return found if isinstance(found, list) else [found]


def _mapping(value: object, name: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise InvalidInput(f"{name} must be an object, not {_shown(value)}")
    return value


def _integer(whole: Mapping[str, Any], key: str) -> int:
    value = whole.get(key)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= LARGEST_ID:
        raise InvalidInput(f"key {key!r} must be a whole number from 0 to {LARGEST_ID}, not {_shown(value)}")
    return value


def _text(whole: Mapping[str, Any], key: str) -> str:
    value = whole.get(key)
    if not isinstance(value, str):
        raise InvalidInput(f"key {key!r} must be a text, not {_shown(value)}")
    return value


def _moment(whole: Mapping[str, Any], key: str) -> datetime:
    text = _text(whole, key)
    try:
        moment = datetime.fromisoformat(text)
        in_utc = moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:  # converted to UTC, a time can fall outside the years 1 to 9999
        raise InvalidInput(f"key {key!r} must be a time, not {_shown(text)}") from error
    if moment.tzinfo is None:
        raise InvalidInput(f"key {key!r} must be a time with a time zone, not {_shown(text)}")
    return in_utc


def _shown(value: object) -> str:
    return "nothing" if value is None else repr(value)[:80]
