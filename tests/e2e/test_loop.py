"""The main loop: annotations improve the next pre-annotations, and the most doubtful image comes first."""

import logging
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.e2e.conftest import RETRAIN_AFTER
from tests.e2e.harness.connected_project import PATIENCE_SECONDS, POLL_SECONDS, ConnectedProject
from tests.e2e.harness.digits import NAMES, digits
from tests.e2e.harness.label_studio_client import LabelStudioClient, choices_config
from tests.e2e.harness.margin_process import MarginProcess
from tests.waiting import wait_until

logger = logging.getLogger(__name__)

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]

LABELS = NAMES[:8]
EACH = 20
ROUNDS = 5
SERVED = 6
# In twelve simulated runs with other first labels, the accuracy ended at 0.80 to 0.91 and rose by at least 0.35.
RISE = 0.2
ENOUGH = 0.7


@dataclass(kw_only=True)
class Story:
    """The observations while a person labels a project from its first image."""

    project: ConnectedProject
    connected: dict[str, Any]
    before_labels: list[dict[str, Any]] = field(default_factory=list)
    accuracies: list[float] = field(default_factory=list)
    served: list[dict[str, Any]] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)
    scores: dict[int, float] = field(default_factory=dict)


@pytest.fixture(scope="module")
def story(people: LabelStudioClient, margin: MarginProcess) -> Story:
    """Connect a project, query before any label, label in rounds, and record the state after each."""
    scans = digits(*LABELS, each=EACH)
    project_id = people.create_project("digits", choices_config(LABELS))
    people.upload(project_id, {scan.file_name: scan.png for scan in scans} | {"broken.png": b"not an image"})
    connected = people.connect(project_id, margin.url)
    project = ConnectedProject(
        people=people,
        margin=margin,
        id=project_id,
        backend_id=int(connected["id"]),
        shown={scan.file_name: scan for scan in scans},
    )
    story = Story(project=project, connected=connected)
    people.retrieve_predictions(project_id, [int(task["id"]) for task in people.tasks(project_id)][:20])
    story.before_labels = people.predictions(project_id)
    for number in range(1, ROUNDS + 1):
        project.annotate_next(RETRAIN_AFTER)
        project.wait_for_versions(number)
        project.settle()
        story.accuracies.append(project.accuracy())
    logger.info("accuracy on tasks not annotated after each %d labels: %s", RETRAIN_AFTER, story.accuracies)
    story.expected = [image["image"] for image in margin.get(f"{project.path}/rankings/latest", limit=SERVED)["images"]]
    version = project.current_version()
    story.scores = {
        int(each["task"]): each["score"] for each in people.predictions(project_id) if each["model_version"] == version
    }
    story.served = project.annotate_next(SERVED)
    return story


def test_label_studio_calls_margin_connected(story: Story) -> None:
    assert story.connected["state"] == "CO", story.connected


def test_exactly_one_webhook_tells_margin_of_all_events(story: Story, margin: MarginProcess) -> None:
    webhooks = story.project.people.webhooks(story.project.id)

    assert [(hook["url"], hook["send_for_all_actions"]) for hook in webhooks] == [(f"{margin.url}/webhook", True)]


def test_before_any_label_predictions_are_empty_and_no_error(story: Story) -> None:
    assert len(story.before_labels) >= 20
    assert all(prediction["result"] == [] for prediction in story.before_labels)


def test_annotations_alone_lead_to_promoted_versions(story: Story) -> None:
    versions = story.project.versions()

    assert len(versions) >= ROUNDS
    assert versions[-1]["promoted"]
    assert versions[-1]["annotations"] >= RETRAIN_AFTER


def test_predictions_get_better_with_annotations(story: Story) -> None:
    first, last = story.accuracies[0], story.accuracies[-1]

    assert last >= first + RISE, story.accuracies
    assert last >= ENOUGH, story.accuracies


def test_every_readable_task_of_the_pool_has_a_prediction_of_the_version(story: Story) -> None:
    project = story.project

    unannotated = {task_id for task_ids in project.tasks_by_label().values() for task_id in task_ids}

    assert unannotated <= set(project.predicted())


def test_setup_predict_and_stored_predictions_name_the_same_version(story: Story) -> None:
    project = story.project

    said_by_setup = project.people.backend(project.backend_id)["model_version"]
    said_by_predict = project.people.probe(project.backend_id)
    stored = {prediction["model_version"] for prediction in project.people.predictions(project.id)}

    assert said_by_setup == project.current_version()
    assert project.current_version() in str(said_by_predict)
    assert stored == {project.current_version()}


def test_label_studio_samples_by_the_predictions_of_our_version(story: Story) -> None:
    described = story.project.people.project(story.project.id)

    assert described["sampling"] == "Uncertainty sampling"
    assert described["model_version"] == story.project.current_version()


def test_tasks_are_served_in_the_order_of_our_ranking(story: Story) -> None:
    served = [story.project.digit_of(task) for task in story.served]

    assert [digit.image_id for digit in served if digit is not None] == story.expected


def test_tasks_are_served_by_rising_score_from_the_lowest(story: Story) -> None:
    scores = [story.scores[int(task["id"])] for task in story.served]

    assert scores == sorted(story.scores.values())[:SERVED]


def test_tasks_that_are_asked_for_say_why(story: Story) -> None:
    served = {int(task["id"]) for task in story.served}

    predictions = [each for each in story.project.people.predictions(story.project.id) if int(each["task"]) in served]

    assert len(predictions) == SERVED
    for prediction in predictions:
        (text,) = prediction["result"][0]["meta"]["text"]
        assert "; nearest labeled image: " in text
        assert text.endswith(" of the pool")


def test_a_file_that_is_no_image_is_recorded_and_stops_nothing(story: Story) -> None:
    project = story.project

    wait_until(
        lambda: len(project.margin.images(project.margin_id, state="unreadable")) == 1,
        seconds=PATIENCE_SECONDS,
        every_seconds=POLL_SECONDS,
    )

    assert len(project.margin.images(project.margin_id)) == len(LABELS) * EACH + 1
