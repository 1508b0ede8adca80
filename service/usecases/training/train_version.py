"""The train job: makes a version from all usable annotations, and promotes it if it is not worse on held-out images."""

import logging
from typing import Any

from ml.errors import InvalidHeadOptions, MissingSideInformation, NotEnoughLabels
from ml.evaluation.promotion import PromotionDecision
from service.domain.errors import DamagedVersion, NotReady
from service.domain.job import Progress
from service.domain.projects.project import Project
from service.ports import AnnotationStore, ProjectStore
from service.usecases.audit.queue_audits import QueueAudits
from service.usecases.images.embed_images import EmbedImages
from service.usecases.labeled.labeled_splits import LabeledSplits
from service.usecases.serving.loaded_encoders import LoadedEncoders
from service.usecases.serving.served_versions import ServedVersions
from service.usecases.training.compare_with_current import compare_with_current
from service.usecases.training.finish_version import FinishVersion
from service.usecases.training.train_candidate import Candidate, TrainCandidate

logger = logging.getLogger(__name__)


class TrainVersion:
    """Trains, evaluates, saves and, unless it is worse than the current one, promotes a version."""

    def __init__(
        self,
        *,
        projects: ProjectStore,
        annotations: AnnotationStore,
        labeled_splits: LabeledSplits,
        encoders: LoadedEncoders,
        train_candidate: TrainCandidate,
        embed_images: EmbedImages,
        served_versions: ServedVersions,
        finish_version: FinishVersion,
        queue_audits: QueueAudits,
    ) -> None:
        self._projects = projects
        self._annotations = annotations
        self._labeled_splits = labeled_splits
        self._encoders = encoders
        self._train_candidate = train_candidate
        self._embed_images = embed_images
        self._served_versions = served_versions
        self._finish_version = finish_version
        self._queue_audits = queue_audits

    def train(self, project_id: str, *, progress: Progress) -> dict[str, Any]:
        """Train a version. Returns: its number and whether it was promoted, or why nothing could be trained.

        Raises: NotReady: too few labels are left because annotated images could not be read.
        """
        project = self._projects.get(project_id)
        revision = self._annotations.tally(project_id, since_revision=0).revision
        embedded = self._embed_images.embed(project, progress=progress.part(0, 0.3), annotated_only=True)
        try:
            outcome = self._train(project, progress)
        except NotEnoughLabels as error:
            if embedded["unreadable"]:
                message = f"{embedded['unreadable']} annotated images could not be read, and without them {error}"
                raise NotReady(message) from error
            outcome = not_trained(project, error)
        except (MissingSideInformation, InvalidHeadOptions) as error:
            outcome = not_trained(project, error)
        # Not after a failure: annotations that were not trained on still count as new, and a later job uses them.
        self._annotations.record_trained_revision(project_id, revision)
        return outcome

    def _train(self, project: Project, progress: Progress) -> dict[str, Any]:
        labeled = self._labeled_splits.labeled(project)
        identity = self._encoders.identity(project.encoder)
        candidate = self._train_candidate.train(project, identity, labeled, progress=progress.part(0.3, 1))
        decision = self._decide(project, candidate)
        version = self._finish_version.finish(project, candidate, decision, annotations=len(labeled))
        self._queue_audits.queue_if_due(project, labeled)
        return {"version": version.number, "promoted": version.promoted, "reasons": list(version.reasons)}

    def _decide(self, project: Project, candidate: Candidate) -> PromotionDecision:
        """Compare with the current version on the same held-out images, or promote if it is not comparable."""
        try:
            current = self._served_versions.current(project)
        except DamagedVersion as error:
            return PromotionDecision(promoted=True, reasons=(str(error),))
        if current is not None and current.classifier.encoder.key != candidate.classifier.encoder.key:
            return PromotionDecision(
                promoted=True, reasons=("the project's encoder changed since the current version",)
            )
        return compare_with_current(project, candidate, current, candidate.held_out)


def not_trained(project: Project, error: Exception) -> dict[str, Any]:
    """Make the result of a training that needs something else first; the error names it."""
    logger.info("project %s was not trained: %s", project.id, error)
    return {"version": None, "promoted": False, "reasons": [str(error)]}
