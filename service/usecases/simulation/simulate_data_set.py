"""Simulates labeling on a labeled data set outside of any project."""

from collections.abc import Callable, Sequence
from dataclasses import asdict

import numpy as np

from ml.comparison.trial import EncodedImages, LabeledImages
from ml.encoders.base import Encoder, TextEncoder
from ml.encoders.class_texts import class_texts
from ml.heads.registry import head_recipe
from ml.images.image import ImageLimits
from ml.labels.targets import targets_of
from ml.simulation.grid import GridPlan
from ml.strategies.registry import strategy
from ml.types import Rows
from service.domain.errors import InvalidInput
from service.domain.experiments.data_set import IdentifiedFile, require_comparable
from service.domain.job import Progress
from service.ports import DataSet, EmbeddingCache, SimulationStore
from service.reports.simulation.record import SimulationRecord
from service.usecases.comparison.embed_data_set import EmbedDataSet, identify
from service.usecases.simulation.simulate_encoded import (
    EncodedDataSet,
    SimulateEncodedImages,
    full_names,
    labeling_split_to_replay,
)
from service.usecases.simulation.two_data_sets import TwoDataSets, is_test_file

# Assumed share of the embedding in the time of a simulation, for the progress.
EMBEDDING_SHARE = 0.2


class SimulateDataSet:
    """Embeds each image once, then replays the grid on the embeddings."""

    def __init__(
        self,
        *,
        cache: EmbeddingCache,
        load_encoder: Callable[[str], Encoder],
        limits: ImageLimits,
        simulate_encoded: SimulateEncodedImages,
    ) -> None:
        self._cache = cache
        self._load_encoder = load_encoder
        self._embed_data_set = EmbedDataSet(cache=cache, limits=limits)
        self._simulate_encoded = simulate_encoded

    def simulate(
        self,
        data_set: DataSet,
        plan: GridPlan,
        store: SimulationStore,
        *,
        test: DataSet | None = None,
        accuracies: Sequence[float] | None = None,
        processes: int | None = None,
        progress: Progress,
    ) -> SimulationRecord:
        """Simulate a grid on a data set. All checks run before anything is embedded; each finished run is stored.

        Args: test: data set to test on, instead of a part of data_set.
        Raises: as `SimulateEncodedImages.simulate`, and UnknownEncoder, EncoderUnavailable.
        """
        plan = full_names(plan)
        store.require(asdict(plan))
        if test is not None:
            data_set = TwoDataSets(data_set, test)
        files, left_out = identify(data_set)
        self._require_replayable(plan, data_set, files, has_test_set=test is not None)
        encoders = [self._load_encoder(name) for name in plan.encoders]
        _require_texts(plan, encoders)
        left_out |= self._embed(encoders, data_set, files, progress.part(0, EMBEDDING_SHARE))
        files = [each for each in files if each.file.name not in left_out]
        self._require_replayable(plan, data_set, files, has_test_set=test is not None)
        encoded = EncodedDataSet(
            title=data_set.title,
            images=_images(data_set, files),
            encoded=[self._encoded(encoder, data_set, files, plan) for encoder in encoders],
            test=_test_rows(files) if test is not None else None,
            left_out=left_out,
        )
        part = progress.part(EMBEDDING_SHARE, 1)
        return self._simulate_encoded.simulate(
            encoded, plan, store, accuracies=accuracies, processes=processes, progress=part
        )

    def _embed(
        self, encoders: Sequence[Encoder], data_set: DataSet, files: Sequence[IdentifiedFile], progress: Progress
    ) -> dict[str, str]:
        """Embed all files by all encoders; returns by name why an image is unreadable."""
        reasons: dict[str, str] = {}
        for place, encoder in enumerate(encoders):
            part = progress.part(place / len(encoders), (place + 1) / len(encoders))
            reasons |= self._embed_data_set.embed(encoder, data_set, files, progress=part)
        return reasons

    @staticmethod
    def _require_replayable(
        plan: GridPlan, data_set: DataSet, files: Sequence[IdentifiedFile], *, has_test_set: bool
    ) -> None:
        """Check that there are enough classes and images. Raises: InvalidInput, NotReady."""
        require_comparable(data_set.labels, [each.file for each in files])
        test = _test_rows(files) if has_test_set else None
        labeling_split_to_replay(plan, _images(data_set, files), test)

    def _encoded(
        self, encoder: Encoder, data_set: DataSet, files: Sequence[IdentifiedFile], plan: GridPlan
    ) -> EncodedImages:
        texts = (
            class_texts(encoder, data_set.labels) if isinstance(encoder, TextEncoder) and _uses_texts(plan) else None
        )
        return EncodedImages(
            encoder=encoder.identity,
            embeddings=self._cache.read(encoder.identity, [each.image_id for each in files]).matrix,
            texts=texts,
        )


def _images(data_set: DataSet, files: Sequence[IdentifiedFile]) -> LabeledImages:
    return LabeledImages(
        names=tuple(each.file.name for each in files),
        targets=targets_of([[each.file.label] for each in files], data_set.labels),
        labels=data_set.labels,
    )


def _test_rows(files: Sequence[IdentifiedFile]) -> Rows:
    return np.flatnonzero([is_test_file(each.file) for each in files])


def _uses_texts(plan: GridPlan) -> bool:
    heads, strategies = map(head_recipe, plan.heads), map(strategy, plan.strategies)
    return any(each.uses_texts for each in heads) or any(each.uses_texts for each in strategies)


def _require_texts(plan: GridPlan, encoders: Sequence[Encoder]) -> None:
    """Check that each encoder has a text side if a head needs class texts. Raises: InvalidInput."""
    for head in plan.heads:
        for encoder in encoders:
            if head_recipe(head).uses_texts and not isinstance(encoder, TextEncoder):
                raise InvalidInput(
                    f"{head} needs texts of the classes, which {encoder.identity.name} cannot make: leave one out"
                )
