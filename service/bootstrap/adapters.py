"""Bundles one adapter per port; `build` chooses the real ones, tests put doubles here."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ml.encoders.base import Encoder
from service.domain.projects.project import LabelStudioLink
from service.ports import (
    AnnotationStore,
    ArtifactStore,
    Clock,
    EmbeddingCache,
    ExperimentTracker,
    ImageFetcher,
    ImageStore,
    JobQueue,
    LabelStudio,
    LeaseStore,
    ProjectStore,
    RankingStore,
    VersionStore,
)

if TYPE_CHECKING:
    from ml.encoders.frozen import Network


@dataclass(frozen=True, kw_only=True)
class Adapters:
    """One adapter per port; tests put doubles here."""

    projects: ProjectStore
    images: ImageStore
    annotations: AnnotationStore
    versions: VersionStore
    rankings: RankingStore
    leases: LeaseStore
    artifacts: ArtifactStore
    cache: EmbeddingCache
    queue: JobQueue
    fetcher: ImageFetcher
    connect: Callable[[LabelStudioLink], LabelStudio]
    load_encoder: Callable[[str], Encoder]
    load_network: Callable[[str], "Network"]
    tracker: ExperimentTracker | None
    clock: Clock
