"""Diagnoses the connection between Label Studio and Margin without changing anything."""

from service.domain.errors import LabelStudioError
from service.ports import LabelStudio
from service.usecases.label_studio.connection import UNCERTAINTY_SAMPLING, find_our_backend, webhook_defects

# Label Studio's abbreviation of the state "connected".
CONNECTED = "CO"


def diagnose_connection(
    label_studio: LabelStudio, project_id: int, *, version_name: str, basic_auth_header: str | None, order: bool
) -> list[str]:
    """Find what prevents events from arriving, or the next task from following our ranking.

    Args: the same as for `repair_connection`, which repairs what is found here.
    Returns: one sentence per problem; empty if there is none.
    """
    try:
        project = label_studio.project(project_id)
        backends = label_studio.backends(project_id)
        webhooks = label_studio.webhooks(project_id)
    except LabelStudioError as error:
        return [str(error)]
    ours = find_our_backend(backends, version_name)
    if ours is None:
        return [f"project {project_id} has no ML backend that is Margin: connect it under Settings, Model"]
    problems = webhook_defects(ours, webhooks, basic_auth_header)
    if ours.state != CONNECTED:
        problems.append(f"Label Studio shows our ML backend {ours.id} in state {ours.state!r}")
    if order and project.sampling != UNCERTAINTY_SAMPLING:
        problems.append(f"project {project_id} serves tasks by {project.sampling!r}, not by {UNCERTAINTY_SAMPLING!r}")
    if order and version_name in label_studio.prediction_versions(project_id) and project.model_version != version_name:
        problems.append(
            f"project {project_id} orders tasks by {project.model_version!r}, the version is {version_name!r}"
        )
    return problems
