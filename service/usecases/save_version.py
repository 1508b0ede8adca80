"""Saves a new version, its files before its entry in the list."""

import logging

from ml.classifier import Classifier
from ml.evaluation import Evaluation
from ml.promotion import PromotionDecision
from ml.saved_version import pack
from service.domain.artifact_keys import version_key
from service.domain.project import Project
from service.domain.version import Version
from service.ports import ArtifactStore, Clock, VersionStore

logger = logging.getLogger(__name__)


class SaveVersion:
    """Gives a classifier its number and keeps it for good."""

    def __init__(self, *, versions: VersionStore, artifacts: ArtifactStore, clock: Clock) -> None:
        self._versions = versions
        self._artifacts = artifacts
        self._clock = clock

    def save(
        self,
        project: Project,
        classifier: Classifier,
        evaluation: Evaluation | None,
        decision: PromotionDecision,
        *,
        annotations: int,
        number: int | None = None,
    ) -> int:
        """Write the version whole, then list it; a crash between leaves files that nothing points to.

        Args: number: one that was reserved for it before; the next one when None.
        """
        number = self._versions.next_number(project.id) if number is None else number
        for file, content in pack(classifier, {"project": project.id, "version": number}).items():
            self._artifacts.put(version_key(project.id, number, file), content)
        self._versions.add(
            Version(
                project_id=project.id,
                number=number,
                created_at=self._clock(),
                labels=classifier.labels,
                head=classifier.head_name,
                encoder_key=classifier.encoder.key,
                annotations=annotations,
                promoted=decision.promoted,
                reasons=decision.reasons,
                evaluation=None if evaluation is None else evaluation.as_json(),
            )
        )
        logger.info("version %d of %s: %s", number, project.id, "; ".join(decision.reasons))
        return number
