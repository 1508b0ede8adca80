"""Checks that a project's encoder, head, strategy and schedule exist and fit together, before it is stored."""

from croniter import CroniterBadDateError, croniter

from ml.classifier.auto_head import head_option
from ml.encoders.registry import check_encoder_name, has_text_side
from ml.strategies.registry import strategy
from service.domain.errors import InvalidInput
from service.domain.projects.project import Project, RetrainingRule


def check_project(project: Project) -> None:
    """Check all fields of a project. Raises: InvalidInput, UnknownEncoder, UnknownHead, UnknownStrategy."""
    check_encoder_name(project.encoder)
    strategy(project.strategy)
    if head_option(project.head).multi_label not in (project.multi_label, None):
        kind = "multi-label" if project.multi_label else "single-label"
        raise InvalidInput(f"head {project.head!r} does not serve {kind} projects")
    check_text_side(project.head, project.encoder)
    check_cron(project.retraining)


def check_text_side(head: str, encoder: str) -> None:
    """Check that an encoder has a text side if the head needs one. Raises: InvalidInput."""
    if head_option(head).needs_texts and not has_text_side(encoder):
        raise InvalidInput(
            f"head {head!r} needs an encoder with a text side, which {encoder!r} does not have: "
            "choose an openclip: encoder, or another head"
        )


def check_cron(rule: RetrainingRule) -> None:
    """Check the cron expression of a retraining rule. Raises: InvalidInput: it is invalid, or its time never comes."""
    if rule.cron is None:
        return
    if not croniter.is_valid(rule.cron):
        raise InvalidInput(f"retraining.cron {rule.cron!r} is not a cron expression such as '0 3 * * *'")
    try:
        croniter(rule.cron).get_next()
    except CroniterBadDateError as error:
        raise InvalidInput(f"retraining.cron {rule.cron!r} names a time that never comes") from error
