"""Builds the use cases that rank the pool of a project and suggest its images to annotators."""

from dataclasses import dataclass

from service.bootstrap.adapters import Adapters
from service.bootstrap.groups.audit import AuditUseCases
from service.bootstrap.groups.images import ImageUseCases
from service.bootstrap.groups.serving import ServingUseCases
from service.ports import RankingStore
from service.usecases.ranking.explain_ranking import ExplainRanking
from service.usecases.ranking.gather_pool import GatherPool
from service.usecases.ranking.rank_pool import RankPool
from service.usecases.ranking.suggest_images import SuggestImages


@dataclass(frozen=True, kw_only=True)
class RankingUseCases:
    """Use cases that rank pools and suggest images, and the store for routes that only read."""

    store: RankingStore
    rank_pool: RankPool
    suggest_images: SuggestImages


def build_ranking(
    a: Adapters, serving: ServingUseCases, images: ImageUseCases, audit: AuditUseCases
) -> RankingUseCases:
    """Build the use cases.

    Args: audit: chooses the strategy of projects that leave it open.
    """
    gather_pool = GatherPool(
        images=a.images, cache=a.cache, encoders=serving.encoders, side_information=serving.side_information
    )
    return RankingUseCases(
        store=a.rankings,
        rank_pool=RankPool(
            projects=a.projects,
            images=a.images,
            rankings=a.rankings,
            gather_pool=gather_pool,
            explain_ranking=ExplainRanking(images=a.images, cache=a.cache),
            embed_images=images.embed_images,
            served_versions=serving.served_versions,
            choose_strategy=audit.choose_strategy,
            queue=a.queue,
            clock=a.clock,
        ),
        suggest_images=SuggestImages(images=a.images, rankings=a.rankings, leases=a.leases, clock=a.clock),
    )
