"""Two people who label one project in Label Studio at the same time get different tasks, the first of our ranking."""

from collections.abc import Iterator

import pytest

from tests.e2e.harness.connected_project import ConnectedProject, connect_digits
from tests.e2e.harness.digits import digits
from tests.e2e.harness.label_studio_client import LabelStudioClient, choice
from tests.e2e.harness.label_studio_server import LabelStudioServer
from tests.e2e.harness.margin_process import MarginProcess

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]

# Two tasks per round: together too few to start a training.
ROUNDS = 3


@pytest.fixture(scope="module")
def colleague(label_studio_server: LabelStudioServer) -> Iterator[LabelStudioClient]:
    """Return a second person of the organisation."""
    client = LabelStudioClient(label_studio_server.base_url, label_studio_server.invited_token("colleague@example.com"))
    yield client
    client.close()


@pytest.fixture(scope="module")
def project(people: LabelStudioClient, margin: MarginProcess) -> ConnectedProject:
    """Return a project with a first version, whose ranking Label Studio follows."""
    project = connect_digits(people, margin, digits("two", "five", each=12), title="two annotators")
    for label, task_ids in project.tasks_by_label().items():
        project.annotate(label, task_ids[:2])
    project.train()
    return project


def ranked(project: ConnectedProject, count: int) -> list[str]:
    """Return the images of the newest ranking, most worth labeling first."""
    latest = project.margin.get(f"{project.path}/rankings/latest", limit=count)
    return [image["image"] for image in latest["images"]]


def label_next(project: ConnectedProject, *annotators: LabelStudioClient) -> list[str]:
    """Let both open their next task, and only then label it. Returns: the images, in the order of opening."""
    opened = []
    for annotator in annotators:
        task = annotator.next_task(project.id)
        assert task is not None
        digit = project.digit_of(task)
        assert digit is not None
        opened.append((annotator, int(task["id"]), digit))
    for annotator, task_id, digit in opened:
        annotator.annotate(task_id, choice(digit.label))
    return [digit.image_id for _, _, digit in opened]


def test_two_who_label_at_once_get_different_tasks_in_the_order_of_the_ranking(
    project: ConnectedProject, people: LabelStudioClient, colleague: LabelStudioClient
) -> None:
    expected = ranked(project, 2 * ROUNDS)

    given = [image for _ in range(ROUNDS) for image in label_next(project, people, colleague)]

    assert given == expected


def test_after_a_new_version_both_get_the_first_of_its_ranking(
    project: ConnectedProject, people: LabelStudioClient, colleague: LabelStudioClient
) -> None:
    before = ranked(project, 1)
    version = project.train()

    expected = ranked(project, 2)

    assert version["promoted"]
    assert label_next(project, colleague, people) == expected
    assert before != expected[:1]


def test_an_opened_task_stays_with_who_opened_it(
    project: ConnectedProject, people: LabelStudioClient, colleague: LabelStudioClient
) -> None:
    first, theirs = people.next_task(project.id), colleague.next_task(project.id)
    assert first is not None
    assert theirs is not None

    again = people.next_task(project.id)

    assert again is not None
    assert (again["id"], again["queue"]) == (first["id"], "Task lock")
    assert theirs["id"] != first["id"]
