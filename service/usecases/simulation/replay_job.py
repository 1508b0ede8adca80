"""Runs one job of a simulation: reads its arrays, replays labeling, and stores every round."""

import numpy as np

from ml.comparison.timing import Seconds
from ml.comparison.trial import EncodedImages, LabeledImages
from ml.errors import InvalidHeadOptions, MissingSideInformation
from ml.heads.registry import head_recipe
from ml.simulation.grid import replay_run
from ml.types import ClassTexts, Targets
from service.domain.errors import InvalidInput
from service.domain.experiments.simulation import CLASSES, TEST_ROWS, ReplayJob, embeddings_name, texts_name
from service.ports import SimulationStore
from service.reports.simulation.run_csv import run_to_csv


def replay_job(job: ReplayJob, *, store: SimulationStore, seconds: Seconds) -> None:
    """Replay one run and store its rounds. The same job gives the same content, except for the times.

    Raises: InvalidInput: the head cannot be trained on these images; StorageUnavailable.
    """
    targets = _targets(store, classes=len(job.labels))
    images = LabeledImages(names=tuple(map(str, range(len(targets)))), targets=targets, labels=job.labels)
    test = store.array(TEST_ROWS) if store.has_array(TEST_ROWS) else None
    try:
        rounds = list(
            replay_run(job.plan, job.configuration, job.run, images, _encoded(job, store), test=test, seconds=seconds)
        )
    except (InvalidHeadOptions, MissingSideInformation) as error:
        raise InvalidInput(
            f"{job.configuration.head} on {job.configuration.encoder} cannot be trained: {error}"
        ) from error
    learning_rate = getattr(head_recipe(job.configuration.head), "learning_rate", None)
    store.write_run(
        job.configuration, job.run, run_to_csv(job.configuration, job.run, rounds, learning_rate=learning_rate)
    )


def _targets(store: SimulationStore, *, classes: int) -> Targets:
    of_image = store.array(CLASSES)
    targets: Targets = of_image[:, np.newaxis] == np.arange(classes)
    return targets


def _encoded(job: ReplayJob, store: SimulationStore) -> EncodedImages:
    texts = None
    if job.logit_scale is not None:
        texts = ClassTexts(embeddings=store.array(texts_name(job.encoder.name)), logit_scale=job.logit_scale)
    return EncodedImages(encoder=job.encoder, embeddings=store.array(embeddings_name(job.encoder.name)), texts=texts)
