"""The train job: a new version from all usable annotations, judged on held-out images, promoted or not."""

import logging
from dataclasses import dataclass
from typing import Any

from ml.classifier import Classifier
from ml.encoder import Embeddings, EncoderIdentity
from ml.evaluation import Evaluation, evaluate, judge
from ml.head import NotEnoughLabels, Probabilities, Targets
from ml.promotion import PromotionDecision, decide_promotion
from ml.saved_version import pack
from ml.split import assign_sides, rarest_labels
from ml.targets import targets_of
from ml.training import train_classifier
from service.domain.errors import DamagedVersion, NotReady
from service.domain.image import LabeledImage, Side
from service.domain.project import Project
from service.domain.version import Version
from service.ports import (
    AnnotationStore,
    ArtifactStore,
    Clock,
    EmbeddingCache,
    ImageStore,
    Progress,
    ProjectStore,
    VersionStore,
)
from service.usecases.embed_images import EmbedImages
from service.usecases.job_progress import part_of
from service.usecases.loaded_encoders import LoadedEncoders
from service.usecases.promote_version import PromoteVersion
from service.usecases.served_versions import ServedVersions, version_key

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class LabeledEmbeddings:
    """One side of the evaluation: embeddings (images, dimension) and targets (images, labels), rows together."""

    embeddings: Embeddings
    targets: Targets


class TrainVersion:
    """Trains, evaluates, saves and, unless it is worse than the current one, promotes a version."""

    def __init__(
        self,
        *,
        projects: ProjectStore,
        images: ImageStore,
        annotations: AnnotationStore,
        versions: VersionStore,
        artifacts: ArtifactStore,
        cache: EmbeddingCache,
        encoders: LoadedEncoders,
        embed_images: EmbedImages,
        served_versions: ServedVersions,
        promote_version: PromoteVersion,
        clock: Clock,
    ) -> None:
        self._projects = projects
        self._images = images
        self._annotations = annotations
        self._versions = versions
        self._artifacts = artifacts
        self._cache = cache
        self._encoders = encoders
        self._embed_images = embed_images
        self._served_versions = served_versions
        self._promote_version = promote_version
        self._clock = clock

    def run(self, project_id: str, *, progress: Progress) -> dict[str, Any]:
        """Returns: the version's number and whether it was promoted, or why nothing could be trained.

        Raises: NotReady: too few labels are left because annotated images could not be read.
        """
        project = self._projects.get(project_id)
        revision = self._annotations.tally(project_id, since_revision=0).revision
        embedded = self._embed_images.run(project_id, progress=part_of(progress, 0, 0.3), annotated_only=True)
        try:
            outcome = self._train(project, progress)
        except NotEnoughLabels as error:
            if embedded["unreadable"]:
                message = f"{embedded['unreadable']} annotated images could not be read, and without them {error}"
                raise NotReady(message) from error
            logger.info("project %s was not trained: %s", project_id, error)
            outcome = {"version": None, "promoted": False, "reasons": [str(error)]}
        # Not after a failure: what it did not take in still counts as new, and is tried again later.
        self._annotations.record_trained_revision(project_id, revision)
        return outcome

    def _train(self, project: Project, progress: Progress) -> dict[str, Any]:
        labeled = self._split(project, usable(project, self._images.labeled(project.id, among=project.active_labels)))
        identity = self._encoders.identity(project.encoder)
        train = self._labeled_embeddings(project, identity, labeled, Side.TRAIN)
        held_out = self._labeled_embeddings(project, identity, labeled, Side.HELD_OUT)

        progress(0.3, f"training on {len(train.targets)} images")
        classifier = train_classifier(
            embeddings=train.embeddings,
            targets=train.targets,
            labels=project.active_labels,
            head_name=project.head,
            encoder=identity,
            seed=project.seed,
        )
        progress(0.8, f"evaluating on {len(held_out.targets)} held-out images")
        probabilities = classifier.probabilities(held_out.embeddings)
        evaluation = evaluate_held_out(project, probabilities, held_out.targets)
        decision = self._decide(project, classifier, probabilities, held_out)
        number = self._save(project, classifier, evaluation, decision, annotations=len(labeled))
        if decision.promoted:
            self._promote_version.make_current(project, number)
        return {"version": number, "promoted": decision.promoted, "reasons": list(decision.reasons)}

    def _split(self, project: Project, labeled: list[LabeledImage]) -> list[LabeledImage]:
        """Give images that have no side yet one for ever."""
        known = {image.image_id: image.side is Side.HELD_OUT for image in labeled if image.side is not None}
        strata = rarest_labels({image.image_id: image.labels for image in labeled})
        new = assign_sides(strata, known, seed=project.seed)
        sides = {image_id: Side.HELD_OUT if held_out else Side.TRAIN for image_id, held_out in new.items()}
        self._images.record_sides(project.id, sides)
        return [
            LabeledImage(image_id=image.image_id, labels=image.labels, side=image.side or sides[image.image_id])
            for image in labeled
        ]

    def _labeled_embeddings(
        self, project: Project, identity: EncoderIdentity, labeled: list[LabeledImage], side: Side
    ) -> LabeledEmbeddings:
        """Those of the side's images that could be embedded; unreadable ones cannot train."""
        labels_of = {image.image_id: image.labels for image in labeled if image.side is side}
        cached = self._cache.read(identity, list(labels_of))
        targets = targets_of([labels_of[image_id] for image_id in cached.image_ids], project.active_labels)
        return LabeledEmbeddings(embeddings=cached.matrix, targets=targets)

    def _decide(
        self, project: Project, candidate: Classifier, probabilities: Probabilities, held_out: LabeledEmbeddings
    ) -> PromotionDecision:
        """Compare with the current version on the same held-out images; another encoder's cannot be fed with them.

        Args: probabilities: the candidate's, of the held-out images.
        """
        try:
            current = self._served_versions.current(project)
        except DamagedVersion as error:
            return PromotionDecision(promoted=True, reasons=(str(error),))
        if current is not None and current.classifier.encoder.key != candidate.encoder.key:
            return PromotionDecision(
                promoted=True, reasons=("the project's encoder changed since the current version",)
            )
        return decide_promotion(
            candidate=judge(probabilities, held_out.targets, multi_label=project.multi_label),
            current=None
            if current is None
            else judge(current.probabilities(held_out.embeddings), held_out.targets, multi_label=project.multi_label),
            candidate_labels=candidate.labels,
            current_labels=() if current is None else current.classifier.labels,
            seed=project.seed,
        )

    def _save(
        self,
        project: Project,
        classifier: Classifier,
        evaluation: Evaluation | None,
        decision: PromotionDecision,
        *,
        annotations: int,
    ) -> int:
        """Write the version whole, then list it; a crash between leaves files that nothing points to."""
        number = self._versions.next_number(project.id)
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


def usable(project: Project, labeled: list[LabeledImage]) -> list[LabeledImage]:
    """Without images that have several labels where one is wanted: the project took several once."""
    return [image for image in labeled if project.multi_label or len(image.labels) == 1]


def evaluate_held_out(project: Project, probabilities: Probabilities, targets: Targets) -> Evaluation | None:
    """Evaluate on images training never saw, or None while there are none."""
    if not len(targets):
        return None
    return evaluate(probabilities, targets, labels=project.active_labels, multi_label=project.multi_label)
