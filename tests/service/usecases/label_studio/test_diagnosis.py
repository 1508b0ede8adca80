"""The diagnosis names what is wrong and changes nothing."""

from service.domain.errors import LabelStudioError
from service.domain.label_studio import TaskPrediction
from service.usecases.label_studio.connection import repair_connection
from service.usecases.label_studio.diagnosis import diagnose_connection
from tests.doubles.label_studio import InMemoryLabelStudio
from tests.service.usecases.label_studio.test_connection import BASIC, VERSION, backend, label_studio, webhook


def remove_webhooks(studio: InMemoryLabelStudio) -> None:
    for hook in studio.webhooks(1):
        studio.delete_webhook(hook.id)


def test_a_project_without_our_backend_is_named() -> None:
    said = diagnose_connection(label_studio(), 1, version_name=VERSION, basic_auth_header=None, order=False)

    assert said == ["project 1 has no ML backend that is Margin: connect it under Settings, Model"]


def test_a_missing_webhook_and_another_order_are_named_and_left() -> None:
    studio = label_studio(backend())
    remove_webhooks(studio)

    said = diagnose_connection(studio, 1, version_name=VERSION, basic_auth_header=None, order=True)

    assert said == [
        "no webhook sends events to http://margin:9090/webhook",
        "project 1 serves tasks by 'Sequential sampling', not by 'Uncertainty sampling'",
    ]
    assert studio.webhooks(1) == []


def test_doubled_and_unsigned_webhooks_are_named() -> None:
    studio = label_studio(backend())
    remove_webhooks(studio)
    studio.save_webhook(1, webhook())
    studio.save_webhook(1, webhook())

    said = diagnose_connection(studio, 1, version_name=VERSION, basic_auth_header=BASIC, order=False)

    unsigned, doubled = (hook.id for hook in studio.webhooks(1))
    assert said == [
        f"webhook {doubled} sends each event a second time",
        f"webhook {unsigned} did not carry our Authorization",
    ]


def test_a_backend_that_label_studio_lost_is_named_with_its_state() -> None:
    studio = label_studio(backend(state="DI"))

    found = diagnose_connection(studio, 1, version_name=VERSION, basic_auth_header=None, order=False)

    assert "Label Studio shows our ML backend 1 in state 'DI'" in found


def test_tasks_that_are_ordered_by_another_version_are_named() -> None:
    studio = label_studio(backend())
    repair_connection(studio, 1, version_name=VERSION, basic_auth_header=None, order=True)
    studio.import_predictions(1, [TaskPrediction(task_id=1, result=(), score=0.5, model_version=VERSION)])

    found = diagnose_connection(studio, 1, version_name=VERSION, basic_auth_header=None, order=True)

    assert found == [f"project 1 orders tasks by 'Margin', the version is {VERSION!r}"]


def test_nothing_is_wrong_after_the_repair() -> None:
    studio = label_studio(backend())
    repair_connection(studio, 1, version_name=VERSION, basic_auth_header=BASIC, order=True)

    assert diagnose_connection(studio, 1, version_name=VERSION, basic_auth_header=BASIC, order=True) == []


def test_a_label_studio_that_refuses_is_a_sentence() -> None:
    class Refusing:
        def __getattr__(self, _name: str) -> object:
            raise LabelStudioError("Label Studio answered 401")

    said = diagnose_connection(Refusing(), 1, version_name=VERSION, basic_auth_header=None, order=True)  # type: ignore[arg-type]

    assert said == ["Label Studio answered 401"]
