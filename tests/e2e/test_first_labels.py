"""Before the first label, Label Studio serves tasks in the order of the strategy, not of the upload."""

import pytest

from tests.e2e.harness.connected_project import ConnectedProject, connect_digits
from tests.e2e.harness.digits import digits
from tests.e2e.harness.label_studio_client import LabelStudioClient
from tests.e2e.harness.margin_process import MarginProcess

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]

# Too few to start a training.
SERVED = 5


@pytest.fixture(scope="module")
def project(people: LabelStudioClient, margin: MarginProcess) -> ConnectedProject:
    """Return a project without any labels."""
    project = connect_digits(people, margin, digits("one", "seven", "eight", each=8), title="first labels")
    project.settle()
    return project


def test_the_first_tasks_are_those_of_the_first_ranking_in_its_order(project: ConnectedProject) -> None:
    ranking = project.margin.get(f"{project.path}/rankings/latest", limit=SERVED)

    served = [project.digit_of(task) for task in project.annotate_next(SERVED)]

    assert (ranking["version"], ranking["strategy"]) == (None, "auto")
    assert [digit.image_id for digit in served if digit] == [image["image"] for image in ranking["images"]]


def test_until_there_is_a_version_nothing_is_filled_in(project: ConnectedProject) -> None:
    predictions = project.people.predictions(project.id)

    assert len(predictions) == len(project.shown)
    assert all(prediction["result"] == [] for prediction in predictions)
    assert {prediction["model_version"] for prediction in predictions} == {f"margin-{project.margin_id}-v0"}
