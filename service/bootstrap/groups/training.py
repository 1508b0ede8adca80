"""Builds the use cases that train versions: retraining rule, training, fine-tuning, promotion."""

from dataclasses import dataclass

from service.bootstrap.adapters import Adapters
from service.bootstrap.groups.audit import AuditUseCases
from service.bootstrap.groups.images import ImageUseCases
from service.bootstrap.groups.serving import ServingUseCases
from service.ports import VersionStore
from service.settings import Settings
from service.usecases.labeled.labeled_splits import LabeledSplits
from service.usecases.training.choose_head import ChooseHead
from service.usecases.training.finetune_encoder import FinetuneEncoder
from service.usecases.training.finish_version import FinishVersion
from service.usecases.training.prepare_images import PrepareImages
from service.usecases.training.promote_version import PromoteVersion
from service.usecases.training.queue_retrainings import QueueRetrainings
from service.usecases.training.train_candidate import TrainCandidate
from service.usecases.training.train_version import TrainVersion
from service.usecases.training.tune_network import TuneNetwork


@dataclass(frozen=True, kw_only=True)
class TrainingUseCases:
    """Use cases that train, fine-tune and promote versions, and the store for routes that only read."""

    store: VersionStore
    retraining: QueueRetrainings
    train_version: TrainVersion
    finetune_encoder: FinetuneEncoder
    promote_version: PromoteVersion


def build_training(
    settings: Settings, a: Adapters, serving: ServingUseCases, images: ImageUseCases, audit: AuditUseCases
) -> TrainingUseCases:
    """Build the use cases.

    Args:
        images: embeds the annotated images.
        audit: queues an audit when there are enough new labels.
    """
    labeled_splits = LabeledSplits(images=a.images, cache=a.cache)
    train_candidate = _train_candidate(serving, labeled_splits)
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
            labeled_splits=labeled_splits,
            encoders=serving.encoders,
            train_candidate=train_candidate,
            embed_images=images.embed_images,
            served_versions=serving.served_versions,
            finish_version=finish_version,
            queue_audits=audit.queue_audits,
        ),
        finetune_encoder=FinetuneEncoder(
            projects=a.projects,
            labeled_splits=labeled_splits,
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


def _retraining(a: Adapters, serving: ServingUseCases) -> QueueRetrainings:
    return QueueRetrainings(
        projects=a.projects,
        annotations=a.annotations,
        versions=a.versions,
        encoders=serving.encoders,
        queue=a.queue,
        clock=a.clock,
    )


def _train_candidate(serving: ServingUseCases, labeled_splits: LabeledSplits) -> TrainCandidate:
    return TrainCandidate(
        labeled_splits=labeled_splits,
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
