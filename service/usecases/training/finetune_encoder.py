"""The fine-tuning job: trains a new encoder on a project's labels, and promotes it if it is not worse."""

import logging
from typing import Any

from ml.encoders.registry import can_be_tuned, tunable_encoders
from ml.errors import CannotFinetune, InvalidHeadOptions, MissingSideInformation, NotEnoughLabels
from ml.evaluation.promotion import MIN_HELD_OUT, PromotionDecision
from ml.finetuning.options import FinetuningOptions
from service.domain.errors import DamagedVersion, NotReady
from service.domain.images.image import LabeledImage, Split
from service.domain.job import Progress
from service.domain.projects.project import Project
from service.ports import ProjectStore
from service.usecases.images.embed_images import EmbedImages
from service.usecases.labeled.labeled_splits import LabeledSplits
from service.usecases.serving.finetuned_encoders import FinetunedEncoders
from service.usecases.serving.loaded_encoders import LoadedEncoders
from service.usecases.serving.served_versions import ServedVersion, ServedVersions
from service.usecases.training.compare_with_current import common_rows, compare_with_current
from service.usecases.training.finish_version import FinishVersion
from service.usecases.training.train_candidate import Candidate, TrainCandidate
from service.usecases.training.tune_network import TuneNetwork

logger = logging.getLogger(__name__)

# These end the job with a reason and a remedy, not as a failure.
REFUSALS = (NotReady, DamagedVersion, CannotFinetune, NotEnoughLabels, MissingSideInformation, InvalidHeadOptions)


class FinetuneEncoder:
    """Fine-tunes on the training images, embeds again, and promotes unless that is worse on the held-out images.

    Each fine-tuning starts from the published encoder, even if the project's own is a fine-tuned one, so that the
    result depends only on the labels and the options.
    """

    def __init__(
        self,
        *,
        projects: ProjectStore,
        labeled_splits: LabeledSplits,
        finetuned_encoders: FinetunedEncoders,
        tune_network: TuneNetwork,
        embed_images: EmbedImages,
        encoders: LoadedEncoders,
        train_candidate: TrainCandidate,
        served_versions: ServedVersions,
        finish_version: FinishVersion,
    ) -> None:
        self._projects = projects
        self._labeled_splits = labeled_splits
        self._finetuned_encoders = finetuned_encoders
        self._tune_network = tune_network
        self._embed_images = embed_images
        self._encoders = encoders
        self._train_candidate = train_candidate
        self._served_versions = served_versions
        self._finish_version = finish_version

    def finetune(self, project_id: str, *, progress: Progress, options: dict[str, Any] | None = None) -> dict[str, Any]:
        """Fine-tune the project's encoder. Args: options: fields of `FinetuningOptions` that differ from the defaults.

        Returns: the version's number and encoder, whether it was promoted and why, and the history by epoch; or why
            there is no version.
        Raises: UnknownEncoder, EncoderUnavailable.
        """
        project = self._projects.get(project_id)
        try:
            return self._finetune(project, FinetuningOptions.model_validate(options or {}), progress)
        except REFUSALS as error:
            logger.info("the encoder of %s was not fine-tuned: %s", project_id, error)
            return {"version": None, "promoted": False, "reasons": [str(error)]}

    def base(self, project: Project) -> str:
        """Name the encoder whose network is fine-tuned.

        Raises: NotReady: it cannot be fine-tuned, or there is no version to compare with; UnknownEncoder,
            EncoderUnavailable.
        """
        base = self._finetuned_encoders.base(project.encoder)
        if not can_be_tuned(base):
            raise NotReady(
                f"encoder {base!r} cannot be fine-tuned: change the project's to one of {tunable_encoders()}"
            )
        if project.current_version is None:
            raise NotReady("a fine-tuned encoder has to be compared with the current version: train one first")
        return base

    def _finetune(self, project: Project, options: FinetuningOptions, progress: Progress) -> dict[str, Any]:
        base = self.base(project)
        labeled = self._comparable(project, progress.part(0, 0.05))
        train = [image for image in labeled if image.split is Split.TRAIN]
        tuned = self._tune_network.tune(project, base, train, options, progress=progress.part(0.05, 0.7))
        made = f"the last {options.blocks} blocks of {base} fine-tuned on {tuned.images} images"
        if tuned.name is None or tuned.number is None:
            reasons = [f"{made}: no epoch was better than no training on the images set aside for validation"]
            return {"version": None, "promoted": False, "reasons": reasons, **tuned.history}
        candidate, decision = self._evaluate(project, tuned.name, labeled, progress.part(0.7, 1))
        decision = PromotionDecision(promoted=decision.promoted, reasons=(made, *decision.reasons))
        version = self._finish_version.finish(
            project, candidate, decision, annotations=len(labeled), number=tuned.number, encoder=tuned.name
        )
        return {
            "version": version.number,
            "encoder": tuned.name,
            "promoted": version.promoted,
            "reasons": list(version.reasons),
            **tuned.history,
        }

    def _comparable(self, project: Project, progress: Progress) -> list[LabeledImage]:
        """Return the labeled images with their split, once embedded for the current version.

        Raises: NotReady: too few of them are held out; DamagedVersion.
        """
        current = self._current(project)
        self._embed_images.embed(
            project, progress=progress, annotated_only=True, encoder=current.classifier.encoder.name
        )
        labeled = self._labeled_splits.labeled(project)
        held_out = self._labeled_splits.embeddings(project, current.classifier.encoder, labeled, Split.HELD_OUT)
        if len(held_out.image_ids) < MIN_HELD_OUT:
            raise NotReady(
                f"{MIN_HELD_OUT} held-out images are needed to compare with the current version, there are "
                f"{len(held_out.image_ids)}: a fifth of the annotated images is held out, so annotate more images first"
            )
        return labeled

    def _evaluate(
        self, project: Project, encoder: str, labeled: list[LabeledImage], progress: Progress
    ) -> tuple[Candidate, PromotionDecision]:
        """Train a head on the new embeddings and decide; before a promotion all other images are embedded too."""
        self._embed_images.embed(project, progress=progress.part(0, 0.4), annotated_only=True, encoder=encoder)
        identity = self._encoders.identity(encoder)
        candidate = self._train_candidate.train(project, identity, labeled, progress=progress.part(0.4, 0.6))
        decision = self._decide(project, candidate, labeled)
        if decision.promoted:
            self._embed_images.embed(project, progress=progress.part(0.6, 1), retry_failed=False, encoder=encoder)
            # Decided again: embedding may have taken long, and another version may be current by now.
            decision = self._decide(project, candidate, labeled)
        return candidate, decision

    def _decide(self, project: Project, candidate: Candidate, labeled: list[LabeledImage]) -> PromotionDecision:
        now = self._projects.get(project.id)
        if now.encoder != project.encoder:
            return _refused(f"the project's encoder was changed to {now.encoder} during the fine-tuning")
        current = self._current(now)
        seen = self._labeled_splits.embeddings(project, current.classifier.encoder, labeled, Split.HELD_OUT)
        if len(common_rows(candidate.held_out, seen)[0]) < MIN_HELD_OUT:
            return _refused("too few held-out images could be read to compare with the current version")
        return compare_with_current(project, candidate, current, seen)

    def _current(self, project: Project) -> ServedVersion:
        current = self._served_versions.current(project)
        if current is None:
            raise NotReady("a fine-tuned encoder has to be compared with the current version: train one first")
        return current


def _refused(reason: str) -> PromotionDecision:
    return PromotionDecision(promoted=False, reasons=(reason,))
