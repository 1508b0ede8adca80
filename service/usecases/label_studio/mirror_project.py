"""Mirrors a Label Studio project as a project of Margin, and follows its label config."""

import logging
import re
from dataclasses import replace

from ml.labels.hierarchy import parents_of_paths
from service.domain.errors import AlreadyExists
from service.domain.projects.jobs_after_change import jobs_after_change, jobs_of_new
from service.domain.projects.project import Label, LabelStudioLink, Project, merge_labels, put_under_parents
from service.domain.projects.project_defaults import ProjectDefaults
from service.domain.projects.wanted_project import WantedProject
from service.label_studio.label_config import ServedControl, parse_label_config
from service.label_studio.link import MirroredProject, mirrored_project
from service.ports import Clock, JobQueue, ProjectStore
from service.usecases.jobs.enqueue_when_possible import enqueue_all_when_possible
from service.usecases.projects.project_check import check_project

logger = logging.getLogger(__name__)


class LabelStudioProjects:
    """Finds or creates the project that mirrors a Label Studio project."""

    def __init__(
        self,
        *,
        projects: ProjectStore,
        queue: JobQueue,
        clock: Clock,
        defaults: ProjectDefaults,
    ) -> None:
        self._projects = projects
        self._queue = queue
        self._clock = clock
        self._defaults = defaults

    def mirror(
        self,
        key: str,
        label_config: str,
        *,
        title: str | None = None,
        hostname: str = "",
        access_token: str | None = None,
    ) -> tuple[MirroredProject, bool]:
        """Create our project, or bring it in line with Label Studio; what Label Studio left out stays as it is.

        Args: key: Label Studio's own "<id>.<created unix seconds>".
        Returns: the project, and whether it is new or anything of it changed.
        Raises: InvalidLabelConfig: it has no control that Margin can serve.
        """
        control = parse_label_config(label_config)
        link = LabelStudioLink(
            key=key,
            project_id=int(key.partition(".")[0]),
            hostname=hostname,
            label_config=label_config,
            access_token=access_token,
        )
        known = self._projects.find_by_label_studio_key(link.key)
        if known is None:
            return mirrored_project(self._create(link, control, title)), True
        link, title = _keep_known(link, known.label_studio), title or known.title
        if _is_followed(known, link, control, title):
            return MirroredProject(project=known, link=link, control=control), False
        wanted = self._follow(replace(known, title=title), link, control)
        self._projects.update(wanted)
        enqueue_all_when_possible(self._queue, wanted.id, jobs_after_change(known, wanted))
        return MirroredProject(project=wanted, link=link, control=control), True

    def _create(self, link: LabelStudioLink, control: ServedControl, title: str | None) -> Project:
        wanted = WantedProject(
            id=f"label-studio-{link.project_id}",
            title=title or f"Label Studio project {link.project_id}",
            labels=control.labels,
            multi_label=control.multi_label,
        )
        project = self._defaults.complete(wanted, labels=_labels(control), created_at=self._clock(), label_studio=link)
        check_project(project)
        try:
            self._projects.add(project)
        except AlreadyExists:
            found = self._projects.find_by_label_studio_key(link.key)
            if found is not None:  # another request of the same connection was faster
                return found
            # Label Studio's database was created again: the same number now means another project.
            project = replace(project, id=f"{project.id}-{_digits(link.key)}")
            self._projects.add(project)
        enqueue_all_when_possible(self._queue, project.id, jobs_of_new(project))
        logger.info("Label Studio project %s is mirrored as project %s; %s", link.key, project.id, control.statement)
        return project

    def _follow(self, project: Project, link: LabelStudioLink, control: ServedControl) -> Project:
        """Update the label set; removed labels are kept as inactive."""
        labels = _labels(control, project.labels)
        if control.labels != project.active_labels:
            _log_label_change(project, control.labels)
        kind_changed = control.multi_label != project.multi_label
        return replace(
            project,
            labels=labels,
            multi_label=control.multi_label,
            head=self._defaults.head(multi_label=control.multi_label) if kind_changed else project.head,
            label_studio=link,
        )


def _is_followed(project: Project, link: LabelStudioLink, control: ServedControl, title: str) -> bool:
    """Return whether nothing changed: each request brings its label config, which is usually the same as before."""
    new = (link, title, control.labels, control.multi_label)
    return new == (project.label_studio, project.title, project.active_labels, project.multi_label)


def _labels(control: ServedControl, known: tuple[Label, ...] = ()) -> tuple[Label, ...]:
    """Return the control's labels, then removed ones; labels of a taxonomy have its inner nodes as parents."""
    labels = merge_labels(known, control.labels)
    if not control.paths:
        return labels
    return put_under_parents(labels, dict(zip(control.labels, parents_of_paths(control.paths), strict=True)))


def _keep_known(link: LabelStudioLink, known: LabelStudioLink | None) -> LabelStudioLink:
    """Keep the host and the token that /setup sent: webhooks send neither."""
    if known is None:
        return link
    if link.hostname and known.hostname and link.hostname != known.hostname:
        logger.warning("Label Studio project %s is now at %s, before at %s", link.key, link.hostname, known.hostname)
    return replace(link, hostname=link.hostname or known.hostname, access_token=link.access_token or known.access_token)


def _log_label_change(project: Project, wanted: tuple[str, ...]) -> None:
    gone = [name for name in project.active_labels if name not in wanted]
    new = [name for name in wanted if name not in project.active_labels]
    if gone and new and len(gone) == len(new):
        logger.warning(
            "project %s: labels %s were removed and %s added; if labels were renamed, annotations with the old names "
            "stay unused until these names are back",
            project.id,
            ", ".join(gone),
            ", ".join(new),
        )
        return
    logger.info("project %s: removed labels: %s; added: %s", project.id, gone or "none", new or "none")


def _digits(key: str) -> str:
    return re.sub(r"\D", "", key.partition(".")[2])
