"""Builds what trains versions: when to retrain, training, fine-tuning, promotion."""

from dataclasses import dataclass

from service.bootstrap.adapters import Adapters
from service.bootstrap.audit import AuditUseCases
from service.bootstrap.images import ImageUseCases
from service.bootstrap.serving import ServingUseCases
from service.ports import VersionStore
from service.settings import Settings
from service.usecases.choose_head import ChooseHead
from service.usecases.finetune_encoder import FinetuneEncoder
from service.usecases.finish_version import FinishVersion
from service.usecases.labeled_sides import LabeledSides
from service.usecases.prepare_images import PrepareImages
from service.usecases.promote_version import PromoteVersion
from service.usecases.retraining import Retraining
from service.usecases.train_candidate import TrainCandidate
from service.usecases.train_version import TrainVersion
from service.usecases.tune_network import TuneNetwork


@dataclass(frozen=True, kw_only=True)
class TrainingUseCases:
    """Train, fine-tune and promote versions; the store is for whoever lists them."""

    store: VersionStore
    retraining: Retraining
    train_version: TrainVersion
    finetune_encoder: FinetuneEncoder
    promote_version: PromoteVersion


def build_training(
    settings: Settings, a: Adapters, serving: ServingUseCases, images: ImageUseCases, audit: AuditUseCases
) -> TrainingUseCases:
    """Args: images: embeds those that are annotated; audit: queues one when there are enough new labels."""
    labeled_sides = LabeledSides(images=a.images, cache=a.cache)
    train_candidate = _train_candidate(serving, labeled_sides)
    finish_version = FinishVersion(
        projects=a.projects,
        versions=a.versions,
        artifacts=a.artifacts,
        queue=a.queue,
        tracker=a.tracker,
        clock=a.clock,
    )
    return TrainingUseCases(
        store=a.versions,
        retraining=_retraining(a, serving),
        train_version=TrainVersion(
            projects=a.projects,
            annotations=a.annotations,
            labeled_sides=labeled_sides,
            encoders=serving.encoders,
            train_candidate=train_candidate,
            embed_images=images.embed_images,
            served_versions=serving.served_versions,
            finish_version=finish_version,
            queue_audits=audit.queue_audits,
        ),
        finetune_encoder=FinetuneEncoder(
            projects=a.projects,
            labeled_sides=labeled_sides,
            finetuned_encoders=serving.finetuned_encoders,
            tune_network=_tune_network(settings, a, serving),
            embed_images=images.embed_images,
            encoders=serving.encoders,
            train_candidate=train_candidate,
            served_versions=serving.served_versions,
            finish_version=finish_version,
        ),
        promote_version=PromoteVersion(
            projects=a.projects,
            versions=a.versions,
            served_versions=serving.served_versions,
            finetuned_encoders=serving.finetuned_encoders,
            queue=a.queue,
        ),
    )


def _retraining(a: Adapters, serving: ServingUseCases) -> Retraining:
    return Retraining(
        projects=a.projects,
        annotations=a.annotations,
        versions=a.versions,
        encoders=serving.encoders,
        queue=a.queue,
        clock=a.clock,
    )


def _train_candidate(serving: ServingUseCases, labeled_sides: LabeledSides) -> TrainCandidate:
    return TrainCandidate(
        labeled_sides=labeled_sides,
        choose_head=ChooseHead(served_versions=serving.served_versions, side_information=serving.side_information),
        side_information=serving.side_information,
    )


def _tune_network(settings: Settings, a: Adapters, serving: ServingUseCases) -> TuneNetwork:
    return TuneNetwork(
        versions=a.versions,
        prepare_images=PrepareImages(images=a.images, reader=serving.image_reader, limits=serving.limits),
        load_network=a.load_network,
        finetuned_encoders=serving.finetuned_encoders,
        device=settings.device,
    )
