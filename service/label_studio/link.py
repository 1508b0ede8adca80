"""Links a project to the Label Studio project that it mirrors, and to the control that Margin serves there."""

from dataclasses import dataclass

from service.domain.errors import LabelStudioError, NotFound
from service.domain.label_studio import LabelStudioProject
from service.domain.projects.project import LabelStudioLink, Project
from service.label_studio.events import project_key_at
from service.label_studio.label_config import ServedControl, parse_label_config


@dataclass(frozen=True, kw_only=True)
class MirroredProject:
    """A project with the Label Studio project that it mirrors and the control that Margin serves there."""

    project: Project
    link: LabelStudioLink
    control: ServedControl


def mirrored_project(project: Project) -> MirroredProject:
    """Read the label config of a linked project. Raises: NotFound: it mirrors no Label Studio project."""
    link = link_of(project)
    return MirroredProject(project=project, link=link, control=parse_label_config(link.label_config))


def link_of(project: Project) -> LabelStudioLink:
    """Return the link of a project to Label Studio. Raises: NotFound: it mirrors no Label Studio project."""
    if project.label_studio is None:
        raise NotFound("Label Studio link of project", project.id)
    return project.label_studio


def require_same_project(found: LabelStudioProject, link: LabelStudioLink) -> None:
    """Check that the number still means the same project in Label Studio, whose database may have been created again.

    Raises: LabelStudioError.
    """
    key = project_key_at(found.id, found.created_at)
    if key != link.key:
        raise LabelStudioError(
            f"Label Studio's project {link.project_id} is now {key}, not {link.key}: its database was created again, "
            "so nothing is read from it or sent to it for the old project"
        )
