"""Builds what commands run by themselves, without the rest of the application."""

import time

from service.adapters.worker_processes import processes_that_fit, run_in_processes
from service.addresses import embeddings_url
from service.bootstrap.adapters import encoder_loader, image_limits, utc_now
from service.settings import Settings
from service.usecases.compare_data_set import CompareDataSet
from service.usecases.compare_encoded import CompareEncoded
from service.usecases.simulate_data_set import SimulateDataSet
from service.usecases.simulate_encoded import SimulateEncoded


def build_compare_data_set(settings: Settings) -> CompareDataSet:
    """What compares on a folder: it needs the embedding cache, and nothing that runs."""
    from service.adapters.lance_embedding_cache import LanceEmbeddingCache  # noqa: PLC0415  takes half a second to import

    return CompareDataSet(
        cache=LanceEmbeddingCache(embeddings_url(settings)),
        load_encoder=encoder_loader(settings),
        limits=image_limits(settings),
        compare_encoded=CompareEncoded(clock=utc_now, seconds=time.perf_counter),
    )


def build_simulate_data_set(settings: Settings) -> SimulateDataSet:
    """What replays labeling on a folder: it needs the embedding cache and processes, and nothing that runs."""
    from service.adapters.lance_embedding_cache import LanceEmbeddingCache  # noqa: PLC0415  takes half a second to import

    return SimulateDataSet(
        cache=LanceEmbeddingCache(embeddings_url(settings)),
        load_encoder=encoder_loader(settings),
        limits=image_limits(settings),
        simulate_encoded=build_simulate_encoded(),
    )


def build_simulate_encoded() -> SimulateEncoded:
    """What replays labeling on embeddings that somebody has already."""
    return SimulateEncoded(
        clock=utc_now, seconds=time.perf_counter, run_all=run_in_processes, processes_that_fit=processes_that_fit
    )
