"""Builds the use cases that audit query strategies on a project's own labels."""

import time
from dataclasses import dataclass

from service.bootstrap.adapters import Adapters
from service.bootstrap.groups.images import ImageUseCases
from service.bootstrap.groups.serving import ServingUseCases
from service.reports.audit.record import AuditRecord
from service.usecases.audit.audit_strategies import AuditStrategies
from service.usecases.audit.choose_strategy import ChooseStrategy
from service.usecases.audit.queue_audits import QueueAudits
from service.usecases.stored_records import AUDITS, StoredRecords


@dataclass(frozen=True, kw_only=True)
class AuditUseCases:
    """Use cases that audit strategies, and choose one by the newest audit."""

    audit_strategies: AuditStrategies
    stored_audits: StoredRecords[AuditRecord]
    choose_strategy: ChooseStrategy
    queue_audits: QueueAudits


def build_audit(a: Adapters, serving: ServingUseCases, images: ImageUseCases) -> AuditUseCases:
    """Build the use cases.

    Args: images: embeds the annotated images before an audit replays them.
    """
    stored_audits = StoredRecords(a.artifacts, AUDITS)
    choose_strategy = ChooseStrategy(stored_audits)
    return AuditUseCases(
        audit_strategies=AuditStrategies(
            projects=a.projects,
            images=a.images,
            cache=a.cache,
            encoders=serving.encoders,
            side_information=serving.side_information,
            embed_images=images.embed_images,
            served_versions=serving.served_versions,
            stored_audits=stored_audits,
            choose_strategy=choose_strategy,
            queue=a.queue,
            clock=a.clock,
            seconds=time.perf_counter,
        ),
        stored_audits=stored_audits,
        choose_strategy=choose_strategy,
        queue_audits=QueueAudits(stored_audits=stored_audits, queue=a.queue, clock=a.clock),
    )
