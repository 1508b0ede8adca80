"""Builds the use cases that commands run alone, without the rest of the application."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from service.adapters.class_folders import ClassFolders, read_class_folders
from service.adapters.simulation_folder import SimulationFolder
from service.adapters.worker_processes import processes_that_fit, run_in_processes
from service.bootstrap.build import encoder_loader, utc_now
from service.bootstrap.from_settings import image_limits
from service.locations import embeddings_url
from service.ports import SimulationStore
from service.settings import Settings
from service.usecases.comparison.compare_data_set import CompareDataSet
from service.usecases.comparison.compare_encoded import CompareEncodedImages
from service.usecases.simulation.simulate_data_set import SimulateDataSet
from service.usecases.simulation.simulate_encoded import SimulateEncodedImages


def open_data_set(folder: Path) -> ClassFolders:
    """Open a folder with one folder of images per class.

    Raises: InvalidInput.
    """
    return read_class_folders(folder)


@contextmanager
def held_simulation(folder: Path) -> Iterator[SimulationStore]:
    """Open the folder of a simulation's results, for this process alone.

    Raises: InvalidInput, StorageUnavailable.
    """
    store = SimulationFolder(path=folder)
    with store.held():
        yield store


def build_compare_data_set(settings: Settings) -> CompareDataSet:
    """Build the comparison on a folder: it needs the embedding cache, and no running service."""
    from service.adapters.lance_embedding_cache import LanceEmbeddingCache  # noqa: PLC0415  takes half a second to import

    return CompareDataSet(
        cache=LanceEmbeddingCache(embeddings_url(settings)),
        load_encoder=encoder_loader(settings),
        limits=image_limits(settings),
        compare_encoded=CompareEncodedImages(clock=utc_now, seconds=time.perf_counter),
    )


def build_simulate_data_set(settings: Settings) -> SimulateDataSet:
    """Build the simulation on a folder: it needs the embedding cache and processes, and no running service."""
    from service.adapters.lance_embedding_cache import LanceEmbeddingCache  # noqa: PLC0415  takes half a second to import

    return SimulateDataSet(
        cache=LanceEmbeddingCache(embeddings_url(settings)),
        load_encoder=encoder_loader(settings),
        limits=image_limits(settings),
        simulate_encoded=build_simulate_encoded(),
    )


def build_simulate_encoded() -> SimulateEncodedImages:
    """Build the simulation on embeddings that exist already."""
    return SimulateEncodedImages(
        clock=utc_now, seconds=time.perf_counter, run_all=run_in_processes, processes_that_fit=processes_that_fit
    )
