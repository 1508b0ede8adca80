"""Builds the application: its use cases, on any adapters."""

import time
from dataclasses import dataclass

from service.bootstrap.adapters import Adapters, build_adapters
from service.bootstrap.from_settings import basic_auth_header, image_limits, project_defaults
from service.domain.project_defaults import ProjectDefaults
from service.settings import Settings
from service.usecases.add_images import AddImages
from service.usecases.annotate_images import AnnotateImages
from service.usecases.audit_strategies import AuditStrategies
from service.usecases.change_projects import ChangeProjects
from service.usecases.choose_course import ChooseCourse
from service.usecases.choose_head import ChooseHead
from service.usecases.compare_encoded import CompareEncoded
from service.usecases.compare_heads import CompareHeads
from service.usecases.embed_images import EmbedImages
from service.usecases.embed_then_rank import EmbedThenRank
from service.usecases.embedder import Embedder
from service.usecases.explain_ranking import ExplainRanking
from service.usecases.finetune_encoder import FinetuneEncoder
from service.usecases.finetuned_encoders import FinetunedEncoders
from service.usecases.gather_pool import GatherPool
from service.usecases.image_reader import ImageReader
from service.usecases.label_studio_annotations import LabelStudioAnnotations
from service.usecases.label_studio_projects import LabelStudioProjects
from service.usecases.labeled_sides import LabeledSides
from service.usecases.loaded_encoders import LoadedEncoders
from service.usecases.predict_tasks import PredictTasks
from service.usecases.predictor import Predictor
from service.usecases.prepare_images import PrepareImages
from service.usecases.promote_version import PromoteVersion
from service.usecases.push_predictions import PushPredictions
from service.usecases.queue_audits import QueueAudits
from service.usecases.rank_pool import RankPool
from service.usecases.receive_event import ReceiveEvent
from service.usecases.reconcile import Reconcile
from service.usecases.resume_failed import ResumeFailed
from service.usecases.retraining import Retraining
from service.usecases.save_version import SaveVersion
from service.usecases.served_versions import ServedVersions
from service.usecases.side_information import SideInformationSource
from service.usecases.stored_audits import StoredAudits
from service.usecases.stored_comparisons import StoredComparisons
from service.usecases.suggest_images import SuggestImages
from service.usecases.track_version import TrackVersion
from service.usecases.train_candidate import TrainCandidate
from service.usecases.train_version import TrainVersion
from service.usecases.tune_network import TuneNetwork


@dataclass(frozen=True, kw_only=True)
class Application:
    """Everything that routes, jobs and commands call."""

    settings: Settings
    adapters: Adapters
    project_defaults: ProjectDefaults
    embedder: Embedder
    predictor: Predictor
    change_projects: ChangeProjects
    add_images: AddImages
    annotate_images: AnnotateImages
    promote_version: PromoteVersion
    retraining: Retraining
    label_studio_projects: LabelStudioProjects
    receive_event: ReceiveEvent
    predict_tasks: PredictTasks
    embed_images: EmbedImages
    embed_then_rank: EmbedThenRank
    train_version: TrainVersion
    finetune_encoder: FinetuneEncoder
    rank_pool: RankPool
    suggest_images: SuggestImages
    compare_heads: CompareHeads
    stored_comparisons: StoredComparisons
    audit_strategies: AuditStrategies
    stored_audits: StoredAudits
    push_predictions: PushPredictions
    reconcile: Reconcile
    resume_failed: ResumeFailed

    def close(self) -> None:
        """Write what is not yet in the embedding cache."""
        self.embedder.close()


def build_application(settings: Settings) -> Application:
    """The application on its real adapters. Nothing is loaded or connected before it is needed."""
    return assemble(settings, build_adapters(settings))


@dataclass(frozen=True, kw_only=True)
class _Serving:
    """What turns images into embeddings and embeddings into answers."""

    reader: ImageReader
    encoders: LoadedEncoders
    finetuned_encoders: FinetunedEncoders
    embedder: Embedder
    served_versions: ServedVersions
    predictor: Predictor


@dataclass(frozen=True, kw_only=True)
class _Trainings:
    """What every job that makes a version goes through."""

    labeled_sides: LabeledSides
    train_candidate: TrainCandidate
    embed_images: EmbedImages
    save_version: SaveVersion
    promote_version: PromoteVersion
    track_version: TrackVersion


@dataclass(frozen=True, kw_only=True)
class _Learning:
    """What turns annotations into versions and rankings."""

    embed_images: EmbedImages
    promote_version: PromoteVersion
    retraining: Retraining
    train_version: TrainVersion
    finetune_encoder: FinetuneEncoder
    rank_pool: RankPool
    compare_heads: CompareHeads
    audit_strategies: AuditStrategies


@dataclass(frozen=True, kw_only=True)
class _Mirroring:
    """What speaks with Label Studio, called or calling."""

    label_studio_projects: LabelStudioProjects
    receive_event: ReceiveEvent
    predict_tasks: PredictTasks
    push_predictions: PushPredictions
    reconcile: Reconcile


def assemble(settings: Settings, adapters: Adapters) -> Application:
    """The use cases on any adapters."""
    a = adapters
    defaults = project_defaults(settings)
    serving = _serving(settings, a)
    learning = _learning(settings, a, serving)
    mirroring = _mirroring(settings, a, defaults, serving, learning)
    return Application(
        settings=settings,
        adapters=a,
        project_defaults=defaults,
        change_projects=_change_projects(a, defaults, serving),
        add_images=AddImages(images=a.images, artifacts=a.artifacts, queue=a.queue, limits=image_limits(settings)),
        annotate_images=AnnotateImages(images=a.images, annotations=a.annotations, clock=a.clock),
        embedder=serving.embedder,
        predictor=serving.predictor,
        embed_images=learning.embed_images,
        embed_then_rank=EmbedThenRank(
            projects=a.projects,
            images=a.images,
            rankings=a.rankings,
            embed_images=learning.embed_images,
            queue=a.queue,
        ),
        promote_version=learning.promote_version,
        retraining=learning.retraining,
        train_version=learning.train_version,
        finetune_encoder=learning.finetune_encoder,
        rank_pool=learning.rank_pool,
        suggest_images=SuggestImages(images=a.images, rankings=a.rankings, leases=a.leases, clock=a.clock),
        compare_heads=learning.compare_heads,
        stored_comparisons=StoredComparisons(a.artifacts),
        audit_strategies=learning.audit_strategies,
        stored_audits=StoredAudits(a.artifacts),
        label_studio_projects=mirroring.label_studio_projects,
        receive_event=mirroring.receive_event,
        predict_tasks=mirroring.predict_tasks,
        push_predictions=mirroring.push_predictions,
        reconcile=mirroring.reconcile,
        resume_failed=ResumeFailed(projects=a.projects, queue=a.queue, clock=a.clock),
    )


def _change_projects(a: Adapters, defaults: ProjectDefaults, serving: _Serving) -> ChangeProjects:
    return ChangeProjects(
        projects=a.projects,
        artifacts=a.artifacts,
        finetuned_encoders=serving.finetuned_encoders,
        queue=a.queue,
        defaults=defaults,
        clock=a.clock,
    )


def _serving(settings: Settings, a: Adapters) -> _Serving:
    encoders = LoadedEncoders(a.load_encoder, a.artifacts)
    served_versions = ServedVersions(a.artifacts)
    embedder = Embedder(
        encoders=encoders, cache=a.cache, limits=image_limits(settings), max_waiting=settings.max_waiting_images
    )
    return _Serving(
        reader=ImageReader(
            images=a.images, artifacts=a.artifacts, fetcher=a.fetcher, timeout_seconds=settings.fetch_timeout_seconds
        ),
        encoders=encoders,
        finetuned_encoders=FinetunedEncoders(a.artifacts),
        embedder=embedder,
        served_versions=served_versions,
        predictor=Predictor(embedder=embedder, served_versions=served_versions),
    )


def _learning(settings: Settings, a: Adapters, serving: _Serving) -> _Learning:
    embed_images = EmbedImages(
        projects=a.projects,
        images=a.images,
        cache=a.cache,
        encoders=serving.encoders,
        reader=serving.reader,
        limits=image_limits(settings),
    )
    promote_version = PromoteVersion(
        projects=a.projects,
        versions=a.versions,
        served_versions=serving.served_versions,
        finetuned_encoders=serving.finetuned_encoders,
        queue=a.queue,
    )
    shared = _shared_by_trainings(a, serving, embed_images, promote_version)
    return _Learning(
        embed_images=embed_images,
        promote_version=promote_version,
        retraining=Retraining(
            projects=a.projects,
            annotations=a.annotations,
            versions=a.versions,
            encoders=serving.encoders,
            queue=a.queue,
            clock=a.clock,
        ),
        train_version=_train_version(a, serving, shared),
        finetune_encoder=_finetune_encoder(settings, a, serving, shared),
        rank_pool=_rank_pool(a, serving, embed_images),
        compare_heads=_compare_heads(settings, a, serving, embed_images),
        audit_strategies=_audit_strategies(a, serving, embed_images),
    )


def _shared_by_trainings(
    a: Adapters, serving: _Serving, embed_images: EmbedImages, promote_version: PromoteVersion
) -> _Trainings:
    labeled_sides = LabeledSides(images=a.images, cache=a.cache)
    return _Trainings(
        labeled_sides=labeled_sides,
        train_candidate=_train_candidate(a, serving, labeled_sides),
        embed_images=embed_images,
        save_version=SaveVersion(versions=a.versions, artifacts=a.artifacts, clock=a.clock),
        promote_version=promote_version,
        track_version=TrackVersion(versions=a.versions, tracker=a.tracker),
    )


def _train_version(a: Adapters, serving: _Serving, shared: _Trainings) -> TrainVersion:
    return TrainVersion(
        projects=a.projects,
        annotations=a.annotations,
        labeled_sides=shared.labeled_sides,
        encoders=serving.encoders,
        train_candidate=shared.train_candidate,
        embed_images=shared.embed_images,
        served_versions=serving.served_versions,
        save_version=shared.save_version,
        promote_version=shared.promote_version,
        track_version=shared.track_version,
        queue_audits=QueueAudits(stored_audits=StoredAudits(a.artifacts), queue=a.queue, clock=a.clock),
    )


def _finetune_encoder(settings: Settings, a: Adapters, serving: _Serving, shared: _Trainings) -> FinetuneEncoder:
    return FinetuneEncoder(
        projects=a.projects,
        labeled_sides=shared.labeled_sides,
        finetuned_encoders=serving.finetuned_encoders,
        tune_network=TuneNetwork(
            versions=a.versions,
            prepare_images=PrepareImages(images=a.images, reader=serving.reader, limits=image_limits(settings)),
            load_network=a.load_network,
            finetuned_encoders=serving.finetuned_encoders,
            device=settings.device,
        ),
        embed_images=shared.embed_images,
        encoders=serving.encoders,
        train_candidate=shared.train_candidate,
        served_versions=serving.served_versions,
        save_version=shared.save_version,
        promote_version=shared.promote_version,
        track_version=shared.track_version,
    )


def _rank_pool(a: Adapters, serving: _Serving, embed_images: EmbedImages) -> RankPool:
    return RankPool(
        projects=a.projects,
        images=a.images,
        rankings=a.rankings,
        gather_pool=GatherPool(
            images=a.images, cache=a.cache, encoders=serving.encoders, side_information=_side_information(a, serving)
        ),
        explain_ranking=ExplainRanking(images=a.images, cache=a.cache),
        embed_images=embed_images,
        served_versions=serving.served_versions,
        choose_course=ChooseCourse(StoredAudits(a.artifacts)),
        queue=a.queue,
        clock=a.clock,
    )


def _compare_heads(settings: Settings, a: Adapters, serving: _Serving, embed_images: EmbedImages) -> CompareHeads:
    return CompareHeads(
        projects=a.projects,
        images=a.images,
        cache=a.cache,
        encoders=serving.encoders,
        side_information=_side_information(a, serving),
        embed_images=embed_images,
        reader=serving.reader,
        limits=image_limits(settings),
        compare_encoded=CompareEncoded(clock=a.clock, seconds=time.perf_counter),
        stored_comparisons=StoredComparisons(a.artifacts),
    )


def _audit_strategies(a: Adapters, serving: _Serving, embed_images: EmbedImages) -> AuditStrategies:
    stored_audits = StoredAudits(a.artifacts)
    return AuditStrategies(
        projects=a.projects,
        images=a.images,
        cache=a.cache,
        encoders=serving.encoders,
        side_information=_side_information(a, serving),
        embed_images=embed_images,
        served_versions=serving.served_versions,
        stored_audits=stored_audits,
        choose_course=ChooseCourse(stored_audits),
        queue=a.queue,
        clock=a.clock,
        seconds=time.perf_counter,
    )


def _train_candidate(a: Adapters, serving: _Serving, labeled_sides: LabeledSides) -> TrainCandidate:
    side_information = _side_information(a, serving)
    return TrainCandidate(
        labeled_sides=labeled_sides,
        choose_head=ChooseHead(served_versions=serving.served_versions, side_information=side_information),
        side_information=side_information,
    )


def _side_information(a: Adapters, serving: _Serving) -> SideInformationSource:
    return SideInformationSource(
        encoders=serving.encoders, artifacts=a.artifacts, served_versions=serving.served_versions
    )


def _mirroring(
    settings: Settings, a: Adapters, defaults: ProjectDefaults, serving: _Serving, learning: _Learning
) -> _Mirroring:
    projects = LabelStudioProjects(projects=a.projects, queue=a.queue, clock=a.clock, defaults=defaults)
    annotations = LabelStudioAnnotations(images=a.images, annotations=a.annotations)
    return _Mirroring(
        label_studio_projects=projects,
        receive_event=ReceiveEvent(
            label_studio_projects=projects,
            label_studio_annotations=annotations,
            images=a.images,
            annotations=a.annotations,
            retraining=learning.retraining,
            queue=a.queue,
        ),
        predict_tasks=_predict_tasks(settings, a, annotations, serving),
        push_predictions=_push_predictions(settings, a, serving),
        reconcile=_reconcile(settings, a, annotations, learning.retraining),
    )


def _predict_tasks(
    settings: Settings, a: Adapters, annotations: LabelStudioAnnotations, serving: _Serving
) -> PredictTasks:
    return PredictTasks(
        images=a.images,
        label_studio_annotations=annotations,
        predictor=serving.predictor,
        embedder=serving.embedder,
        reader=serving.reader,
        rankings=a.rankings,
        queue=a.queue,
        deadline_seconds=settings.label_studio_predict_seconds,
        order=settings.label_studio_order,
    )


def _push_predictions(settings: Settings, a: Adapters, serving: _Serving) -> PushPredictions:
    return PushPredictions(
        projects=a.projects,
        images=a.images,
        rankings=a.rankings,
        cache=a.cache,
        served_versions=serving.served_versions,
        connect=a.connect,
        order=settings.label_studio_order,
        keep_old=settings.label_studio_keep_old_predictions,
    )


def _reconcile(
    settings: Settings, a: Adapters, annotations: LabelStudioAnnotations, retraining: Retraining
) -> Reconcile:
    return Reconcile(
        projects=a.projects,
        images=a.images,
        annotations=a.annotations,
        label_studio_annotations=annotations,
        retraining=retraining,
        connect=a.connect,
        queue=a.queue,
        basic_auth_header=basic_auth_header(settings),
        order=settings.label_studio_order,
    )
