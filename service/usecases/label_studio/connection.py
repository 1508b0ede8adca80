"""Keeps a Label Studio project connected: its events arrive, and its next task follows our ranking."""

from urllib.parse import urlsplit, urlunsplit

from service.domain.errors import LabelStudioError
from service.domain.label_studio import LabelStudioBackend, LabelStudioWebhook
from service.domain.projects.project import VERSION_NAME_PREFIX
from service.ports import LabelStudio

UNCERTAINTY_SAMPLING = "Uncertainty sampling"


def repair_connection(
    label_studio: LabelStudio,
    project_id: int,
    *,
    version_name: str,
    basic_auth_header: str | None,
    order: bool,
) -> list[str]:
    """Make Label Studio send each event to us once, signed, and sample by prediction score if `order` is on.

    Args: version_name: the current answer of /setup; basic_auth_header: the Authorization that our routes require.
    Returns: one sentence per problem found; empty if there was none.
    Raises: LabelStudioError.
    """
    problems = _repair_sampling(label_studio, project_id) if order else []
    backends = label_studio.backends(project_id)
    ours = find_our_backend(backends, version_name)
    if ours is None:
        return [*problems, _no_backend(project_id, backends)]
    same = [each for each in backends if _address(each.url) == _address(ours.url)]
    if len(same) > 1:
        problems.append(
            f"project {project_id} has {len(same)} ML backends at {_shown(ours.url)}: it requests each training once"
            " per backend; delete all but one under Settings, Model"
        )
    return problems + _repair_webhooks(label_studio, project_id, ours, basic_auth_header)


def publish_order(label_studio: LabelStudio, project_id: int, version_name: str) -> list[str]:
    """Make Label Studio order tasks by the imported predictions of this version.

    Label Studio silently falls back to a random order if the project's model version does not name these predictions,
    so the model version is checked at the end. Renaming our ML backend keeps live predictions. Pinning the version, the
    second choice, turns them off.

    Returns: one sentence per change or problem.
    Raises: LabelStudioError: the project does not follow the version.
    """
    if not label_studio.prediction_versions(project_id).get(version_name):
        return [f"project {project_id} has no predictions of {version_name} yet: its order stays as it is"]
    messages = _rename_our_backend(label_studio, project_id, version_name)
    if label_studio.project(project_id).model_version != version_name:
        label_studio.pin_model_version(project_id, version_name)
        messages.append(f"pinned {version_name} as the model version of project {project_id}")
    followed = label_studio.project(project_id).model_version
    if followed != version_name:
        raise LabelStudioError(
            f"project {project_id} should order its tasks by {version_name}, but still follows {followed!r}"
        )
    return messages


def find_our_backend(backends: list[LabelStudioBackend], version_name: str) -> LabelStudioBackend | None:
    """Find the ML backend with our version, else one with a version name of ours, else the only one if it has none."""
    exact = [each for each in backends if version_name in (each.model_version, each.title)]
    similar = [each for each in backends if (each.model_version or each.title).startswith(VERSION_NAME_PREFIX)]
    unknown = [each for each in backends if not each.model_version]
    candidates = exact or similar or (unknown if len(backends) == 1 else [])
    return candidates[0] if candidates else None


def webhook_defects(
    ours: LabelStudioBackend, webhooks: list[LabelStudioWebhook], basic_auth_header: str | None
) -> list[str]:
    """List what prevents our ML backend from getting each event exactly once, one sentence per defect."""
    same = _webhooks_to(ours, webhooks)
    if not same:
        return [f"no webhook sends events to {_shown(_webhook_url(ours))}"]
    first, *doubled = same
    defects = [f"webhook {hook.id} sends each event a second time" for hook in doubled]
    if _wanted(first.url, first, basic_auth_header) != first:
        defects.append(f"webhook {first.id} {_defect(first)}")
    return defects


def _webhook_url(ours: LabelStudioBackend) -> str:
    return f"{ours.url.rstrip('/')}/webhook"


def _webhooks_to(ours: LabelStudioBackend, webhooks: list[LabelStudioWebhook]) -> list[LabelStudioWebhook]:
    """List the webhooks that send to our ML backend, oldest first."""
    same = [hook for hook in webhooks if _address(hook.url) == _address(_webhook_url(ours))]
    return sorted(same, key=lambda hook: hook.id)


def _repair_sampling(label_studio: LabelStudio, project_id: int) -> list[str]:
    sampling = label_studio.project(project_id).sampling
    if sampling == UNCERTAINTY_SAMPLING:
        return []
    label_studio.set_sampling(project_id, UNCERTAINTY_SAMPLING)
    return [f"project {project_id} served tasks by {sampling!r}: set to {UNCERTAINTY_SAMPLING!r}"]


def _no_backend(project_id: int, backends: list[LabelStudioBackend]) -> str:
    if not backends:
        return f"project {project_id} has no ML backend: connect Margin under Settings, Model"
    return f"project {project_id} has {len(backends)} ML backends and none of them is Margin: connect it"


def _repair_webhooks(
    label_studio: LabelStudio, project_id: int, ours: LabelStudioBackend, basic_auth_header: str | None
) -> list[str]:
    url = _webhook_url(ours)
    same = _webhooks_to(ours, label_studio.webhooks(project_id))
    if not same:
        label_studio.save_webhook(project_id, _wanted(url, None, basic_auth_header))
        return [
            f"project {project_id} sent no events to {_shown(url)}: webhook created (Label Studio does not create"
            " it if its protection against private addresses is half on: set SSRF_PROTECTION_ENABLED=false there)"
        ]
    problems = []
    first, *doubled = same
    wanted = _wanted(first.url, first, basic_auth_header)
    if wanted != first:
        label_studio.save_webhook(project_id, wanted)
        problems.append(f"webhook {first.id} of project {project_id} {_defect(first)}: repaired")
    for hook in doubled:
        label_studio.delete_webhook(hook.id)
        problems.append(f"webhook {hook.id} of project {project_id} sent each event a second time: removed")
    return problems


def _wanted(url: str, found: LabelStudioWebhook | None, basic_auth_header: str | None) -> LabelStudioWebhook:
    headers = dict(found.headers) if found else {}
    # With a login inside the address the events are signed already.
    if basic_auth_header is not None and "@" not in urlsplit(url).netloc:
        headers = {name: value for name, value in headers.items() if name.lower() != "authorization"}
        headers["Authorization"] = basic_auth_header
    return LabelStudioWebhook(
        id=found.id if found else 0,
        url=url,
        headers=headers,
        send_payload=True,
        send_for_all_actions=True,
        is_active=True,
    )


def _defect(webhook: LabelStudioWebhook) -> str:
    if not webhook.is_active:
        return "was switched off"
    if not webhook.send_for_all_actions:
        return "sent some events only"
    if not webhook.send_payload:
        return "sent events without their content"
    return "did not carry our Authorization"


def _rename_our_backend(label_studio: LabelStudio, project_id: int, version_name: str) -> list[str]:
    ours = find_our_backend(label_studio.backends(project_id), version_name)
    if ours is None or ours.title == version_name:
        return []
    try:
        label_studio.rename_backend(project_id, ours, version_name)
    except LabelStudioError as error:
        # Label Studio calls us back before it renames. If that call fails, pinning still gives the right order.
        return [f"ML backend {ours.id} of project {project_id} could not be renamed: {error}"]
    return []


def _address(url: str) -> tuple[str, str]:
    """Return the parts of an address to compare: without the login and the final slash."""
    parts = urlsplit(url)
    return parts.netloc.rpartition("@")[2].lower(), parts.path.rstrip("/")


def _shown(url: str) -> str:
    """Remove a login from an address, for messages."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
