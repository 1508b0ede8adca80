"""Builds the use cases that compare heads and encoders on a project's labels."""

import time
from dataclasses import dataclass

from service.bootstrap.adapters import Adapters
from service.bootstrap.groups.images import ImageUseCases
from service.bootstrap.groups.serving import ServingUseCases
from service.reports.comparison.record import ComparisonRecord
from service.usecases.comparison.compare_encoded import CompareEncodedImages
from service.usecases.comparison.compare_heads import CompareHeads
from service.usecases.stored_records import COMPARISONS, StoredRecords


@dataclass(frozen=True, kw_only=True)
class ComparisonUseCases:
    """Use cases that compare heads and encoders, and keep the newest comparison."""

    compare_heads: CompareHeads
    stored_comparisons: StoredRecords[ComparisonRecord]


def build_comparison(a: Adapters, serving: ServingUseCases, images: ImageUseCases) -> ComparisonUseCases:
    """Build the use cases.

    Args: images: embeds the annotated images with each encoder that is compared.
    """
    stored_comparisons = StoredRecords(a.artifacts, COMPARISONS)
    return ComparisonUseCases(
        compare_heads=CompareHeads(
            projects=a.projects,
            images=a.images,
            cache=a.cache,
            encoders=serving.encoders,
            side_information=serving.side_information,
            embed_images=images.embed_images,
            reader=serving.image_reader,
            limits=serving.limits,
            compare_encoded=CompareEncodedImages(clock=a.clock, seconds=time.perf_counter),
            stored_comparisons=stored_comparisons,
        ),
        stored_comparisons=stored_comparisons,
    )
