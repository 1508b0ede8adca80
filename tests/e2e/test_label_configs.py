"""Label configs beside the plain one: Label Studio's own validator accepts the predictions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pytest

from tests.e2e.harness.connected_project import ConnectedProject, connect_digits
from tests.e2e.harness.digits import digits
from tests.e2e.harness.label_studio_client import LabelStudioClient, Region, choice, choices_config
from tests.e2e.harness.margin_process import MarginProcess
from tests.validation import validate_predictions

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]

ALIASES = (
    '<View><Image name="image" value="$image"/><Choices name="label" toName="image">'
    '<Choice value="A round zero" alias="0"/><Choice value="A straight one" alias="1"/></Choices></View>'
)
TAXONOMY = (
    '<View><Image name="image" value="$image"/><Taxonomy name="label" toName="image">'
    '<Choice value="Round"><Choice value="Zero"/></Choice><Choice value="Straight"><Choice value="One"/></Choice>'
    "</Taxonomy></View>"
)


def leaf(*path: str) -> list[Region]:
    """Return the result of an annotation that chose this leaf of `TAXONOMY`."""
    return [{"from_name": "label", "to_name": "image", "type": "taxonomy", "value": {"taxonomy": [list(path)]}}]


@dataclass(frozen=True, kw_only=True)
class Form:
    """A label config, and the answers of people under it for each digit."""

    name: str
    label_config: str
    answers: Mapping[str, Sequence[Region]]


FORMS = (
    Form(
        name="several choices",
        label_config=choices_config(["round", "straight", "thin"], several=True),
        answers={"zero": choice("round"), "one": choice("straight", "thin")},
    ),
    Form(name="aliases", label_config=ALIASES, answers={"zero": choice("0"), "one": choice("1")}),
    Form(
        name="taxonomy",
        label_config=TAXONOMY,
        answers={"zero": leaf("Round", "Zero"), "one": leaf("Straight", "One")},
    ),
)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_predictions_come_back_in_the_shape_of_the_label_config(
    form: Form, people: LabelStudioClient, margin: MarginProcess
) -> None:
    scans = digits("zero", "one", each=8)
    project = connect_digits(people, margin, scans, title=form.name, label_config=form.label_config)
    waiting = project.tasks_by_label()
    for label, answer in form.answers.items():
        for task_id in waiting[label][:4]:
            people.annotate(task_id, answer)

    project.train()

    assert refused(project, form) == []
    values = [region["value"] for result in project.predicted().values() for region in result]
    assert len(values) >= 6, "eight tasks were left, and zeros and ones are easy to tell"
    assert {str(value) for value in values} <= {str(value) for value in possible(form)}


def refused(project: ConnectedProject, form: Form) -> list[str]:
    """Return the errors of Label Studio's own validator for the stored predictions."""
    stored = project.people.predictions(project.id)
    return validate_predictions(
        form.label_config, [{key: each[key] for key in ("result", "score", "model_version")} for each in stored]
    )


def possible(form: Form) -> list[dict[str, object]]:
    """Return the values that people gave; with several choices, also parts of an answer."""
    given = [dict(region["value"]) for answer in form.answers.values() for region in answer]
    parts = [{"choices": [each]} for value in given for each in value.get("choices", [])]
    return given + parts
