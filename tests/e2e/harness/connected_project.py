"""A Label Studio project of digits that is connected to Margin, and the person who labels it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tests.e2e.harness.digits import Digit
from tests.e2e.harness.label_studio_client import LabelStudioClient, Region, choice, choices_config
from tests.e2e.harness.margin_process import MarginProcess
from tests.waiting import wait_until

# Training takes a second or two, but far longer on a busy machine.
PATIENCE_SECONDS = 180.0
POLL_SECONDS = 0.3
# Label Studio puts eight hexadecimal digits and a dash before the name of an upload.
PREFIX = 9


@dataclass(frozen=True, kw_only=True)
class ConnectedProject:
    """One project in Label Studio and in Margin. It polls instead of sleeping; every wait has a generous limit."""

    people: LabelStudioClient
    margin: MarginProcess
    id: int
    backend_id: int
    shown: dict[str, Digit]

    @property
    def margin_id(self) -> str:
        """Margin's id of the project."""
        return f"label-studio-{self.id}"

    @property
    def path(self) -> str:
        """The path of the project's routes in Margin."""
        return f"/v1/projects/{self.margin_id}"

    def digit_of(self, task: dict[str, Any]) -> Digit | None:
        """Return the digit that the task shows, or None if its file is not an image."""
        return self.shown.get(str(task["data"]["image"]).rpartition("/")[2][PREFIX:])

    def tasks_by_label(self) -> dict[str, list[int]]:
        """Return the ids of the tasks without annotations, by the label of their digit."""
        found: dict[str, list[int]] = {}
        for task in self.people.tasks(self.id):
            digit = self.digit_of(task)
            if digit is not None and not task["annotations"]:
                found.setdefault(digit.label, []).append(int(task["id"]))
        return found

    def annotate(self, label: str, task_ids: Sequence[int]) -> list[int]:
        """Annotate tasks with a label of `choices_config`. Returns: ids of the annotations."""
        return [self.people.annotate(task_id, choice(label)) for task_id in task_ids]

    def annotate_next(self, count: int) -> list[dict[str, Any]]:
        """Label this many tasks correctly, in the order that Label Studio serves them; skip what is no image."""
        served: list[dict[str, Any]] = []
        while len(served) < count and (task := self.people.next_task(self.id)) is not None:
            digit = self.digit_of(task)
            if digit is None:
                self.people.skip(task["id"])
                continue
            self.people.annotate(task["id"], choice(digit.label))
            served.append(task)
        return served

    def versions(self) -> list[dict[str, Any]]:
        """Return Margin's versions, newest first."""
        versions: list[dict[str, Any]] = self.margin.get(f"{self.path}/versions")["versions"]
        return versions

    def current_version(self) -> str:
        """Return the name of the current version."""
        number = self.margin.get(self.path)["current_version"]
        return f"margin-{self.margin_id}-v{number or 0}"

    def train(self) -> dict[str, Any]:
        """Press "Start training" in Label Studio when no job is running. Returns: the new version."""
        self.wait_until_idle()
        before = len(self.versions())
        self.people.start_training(self.backend_id)
        self.wait_for_versions(before + 1)
        self.settle()
        return self.versions()[0]

    def wait_for_versions(self, count: int) -> None:
        """Wait until this many versions exist."""
        wait_until(lambda: len(self.versions()) >= count, seconds=PATIENCE_SECONDS, every_seconds=POLL_SECONDS)

    def wait_until_idle(self) -> None:
        """Wait until Margin has no jobs left."""
        wait_until(lambda: self.margin.is_idle(self.margin_id), seconds=PATIENCE_SECONDS, every_seconds=POLL_SECONDS)

    def settle(self) -> None:
        """Wait until Margin has no jobs left and Label Studio uses the current version."""
        wait_until(self._is_settled, seconds=PATIENCE_SECONDS, every_seconds=POLL_SECONDS)

    def predicted(self) -> dict[int, list[Region]]:
        """Return the current version's predictions that Label Studio stores: regions by task."""
        version = self.current_version()
        return {
            int(prediction["task"]): prediction["result"]
            for prediction in self.people.predictions(self.id)
            if prediction["model_version"] == version
        }

    def accuracy(self) -> float:
        """Return the accuracy on tasks without annotations, from the predictions that Label Studio stores."""
        predicted = self.predicted()
        right = Counter(
            _choice_of(predicted.get(task_id, [])) == label
            for label, task_ids in self.tasks_by_label().items()
            for task_id in task_ids
        )
        return right[True] / right.total()

    def annotated_images(self) -> dict[str, list[str]]:
        """Return Margin's annotated images: labels by image id."""
        return {image["id"]: image["labels"] for image in self.margin.images(self.margin_id, state="annotated")}

    def _is_settled(self) -> bool:
        idle = self.margin.is_idle(self.margin_id)
        return idle and self.people.project(self.id)["model_version"] == self.current_version()


def connect_digits(
    people: LabelStudioClient,
    margin: MarginProcess,
    digits: Sequence[Digit],
    *,
    title: str,
    label_config: str | None = None,
) -> ConnectedProject:
    """Create a project, upload the digits, connect Margin, and wait until Margin has read every image."""
    labels = list(dict.fromkeys(digit.label for digit in digits))
    project_id = people.create_project(title, label_config or choices_config(labels))
    people.upload(project_id, {digit.file_name: digit.png for digit in digits})
    backend = people.connect(project_id, margin.url)
    project = ConnectedProject(
        people=people,
        margin=margin,
        id=project_id,
        backend_id=int(backend["id"]),
        shown={digit.file_name: digit for digit in digits},
    )
    wait_until(
        lambda: len(margin.images(project.margin_id)) >= len(digits) and margin.is_idle(project.margin_id),
        seconds=PATIENCE_SECONDS,
        every_seconds=POLL_SECONDS,
    )
    return project


def _choice_of(result: Sequence[Region]) -> str | None:
    return result[0]["value"]["choices"][0] if result else None
