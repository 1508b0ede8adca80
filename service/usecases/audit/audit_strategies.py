"""The audit job: measures on a project's own labels what its strategy gains, and advises whether to go on labeling."""

from collections.abc import Sequence
from typing import Any

from ml.audit.audit import Audit, AuditPlan, audit
from ml.classifier.auto_head import AUTO_HEAD, head_option
from ml.comparison.timing import Seconds
from ml.comparison.trial import EncodedImages, LabeledImages
from ml.encoders.registry import has_text_side
from ml.errors import NothingToAudit, NothingToReplay
from ml.heads.registry import default_head, head_recipe
from ml.strategies.registry import strategy
from service.domain.errors import DamagedVersion, InvalidInput, NotReady
from service.domain.experiments.audit_request import DEFAULT_LABELS_PER_CLASS, DEFAULT_RIVALS, DEFAULT_RUNS
from service.domain.job import JobKind, JobRequest, Progress
from service.domain.projects.project import Project
from service.ports import Clock, EmbeddingCache, ImageStore, JobQueue, ProjectStore
from service.reports.audit.record import AuditRecord, ChosenStrategy, audit_record
from service.reports.left_out import all_left_out
from service.usecases.audit.choose_strategy import ChooseStrategy
from service.usecases.images.embed_images import EmbedImages
from service.usecases.jobs.enqueue_when_possible import enqueue_when_possible
from service.usecases.labeled.labeled_splits import labeled_embeddings, labeled_images
from service.usecases.labeled.side_information import SideInformationSource
from service.usecases.serving.loaded_encoders import LoadedEncoders
from service.usecases.serving.served_versions import ServedVersions
from service.usecases.stored_records import StoredRecords

EMBEDDING_SHARE, REPORT_SHARE = 0.1, 0.02


class AuditStrategies:
    """Replays labeling on all usable annotations, and stores the result.

    Held-out images are used too: no classifier that is trained here is kept.
    """

    def __init__(
        self,
        *,
        projects: ProjectStore,
        images: ImageStore,
        cache: EmbeddingCache,
        encoders: LoadedEncoders,
        side_information: SideInformationSource,
        embed_images: EmbedImages,
        served_versions: ServedVersions,
        stored_audits: StoredRecords[AuditRecord],
        choose_strategy: ChooseStrategy,
        queue: JobQueue,
        clock: Clock,
        seconds: Seconds,
    ) -> None:
        self._projects = projects
        self._images = images
        self._cache = cache
        self._encoders = encoders
        self._side_information = side_information
        self._embed_images = embed_images
        self._served_versions = served_versions
        self._stored_audits = stored_audits
        self._choose_strategy = choose_strategy
        self._queue = queue
        self._clock = clock
        self._seconds = seconds

    def audit(
        self,
        project_id: str,
        *,
        progress: Progress,
        strategies: Sequence[str] = DEFAULT_RIVALS,
        runs: int = DEFAULT_RUNS,
        labels_per_class: int = DEFAULT_LABELS_PER_CLASS,
        seed: int = 0,
    ) -> dict[str, Any]:
        """Audit a project, and queue a ranking if the audit changes its strategy.

        Args: strategies: to replay beside random and the project's own; the others as in `AuditPlan`.
        Returns: the conclusions, in sentences.
        Raises: InvalidInput: images may have several labels; NotReady: too few labels; NotFound: no such
            project, or not any more.
        """
        project = self._projects.get(project_id)
        check_auditable(project)
        plan = AuditPlan(
            strategy=project.strategy,
            rivals=tuple(strategies),
            runs=runs,
            labels_per_class=labels_per_class,
            seed=seed,
        )
        self._embed_images.embed(project, progress=progress.part(0, EMBEDDING_SHARE), annotated_only=True)
        record = self._audit(project, plan, progress.part(EMBEDDING_SHARE, 1 - REPORT_SHARE))
        progress(1 - REPORT_SHARE, "writing the report")
        # Read again: replays take minutes, and nothing may be stored for a project that was deleted meanwhile.
        project = self._projects.get(project_id)
        before = self._choose_strategy.choose(project)
        self._stored_audits.save(project_id, record)
        self._rank_by_another_strategy(project, before)
        return {
            "verdict": record.verdict,
            "stop": record.audit.stop.sentence,
            "course": record.course.reason,
            "images": record.audit.images,
        }

    def _audit(self, project: Project, plan: AuditPlan, progress: Progress) -> AuditRecord:
        labeled = labeled_images(self._images, project)
        identity = self._encoders.identity(project.encoder)
        embedded = labeled_embeddings(self._cache, identity, labeled, project)
        images = LabeledImages(
            names=embedded.image_ids,
            targets=embedded.targets,
            labels=project.active_labels,
            parents=project.parents,
        )
        head = self._head(project)
        uses_texts = head_recipe(head).uses_texts or any(strategy(name).uses_texts for name in plan.strategies)
        encoded = EncodedImages(
            encoder=identity,
            embeddings=embedded.embeddings,
            texts=self._side_information.texts(project, identity)
            if uses_texts and has_text_side(project.encoder)
            else None,
        )
        return audit_record(
            self._replayed(images, encoded, head, plan, progress),
            title=project.title,
            created_at=self._clock(),
            left_out=all_left_out(
                dict.fromkeys({image.image_id for image in labeled} - set(embedded.image_ids), "it could not be read")
            ),
        )

    def _replayed(
        self, images: LabeledImages, encoded: EncodedImages, head: str, plan: AuditPlan, progress: Progress
    ) -> Audit:
        try:
            return audit(images, encoded, head, plan, seconds=self._seconds, report=progress)
        except (NothingToAudit, NothingToReplay) as error:
            raise NotReady(str(error)) from error

    def _head(self, project: Project) -> str:
        """Choose the head to replay with. For "auto" it is the current version's: a choice per round takes too long."""
        if head_option(project.head).name != AUTO_HEAD:
            return project.head
        try:
            current = self._served_versions.current(project)
        except DamagedVersion:
            current = None
        return default_head(multi_label=False) if current is None else current.classifier.head_name

    def _rank_by_another_strategy(self, project: Project, before: ChosenStrategy | None) -> None:
        now = self._choose_strategy.choose(project)
        if now is not None and now.strategy != (project.strategy if before is None else before.strategy):
            enqueue_when_possible(self._queue, JobRequest(kind=JobKind.RANK, project_id=project.id))


def check_auditable(project: Project) -> None:
    """Refuse multi-label projects. Raises: InvalidInput."""
    if project.multi_label:
        raise InvalidInput(
            f"an audit replays labeling with one label per image, but images of {project.id} may have several"
        )
