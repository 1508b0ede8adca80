"""Jobs of a simulation, one per run, and the names of the arrays that they read."""

from dataclasses import dataclass

from ml.encoders.base import EncoderIdentity
from ml.simulation.grid import Configuration, GridPlan


@dataclass(frozen=True, kw_only=True)
class ReplayJob:
    """One run of one configuration. Small, as it is sent to another process, which reads the arrays from the store.

    Attributes: labels: the classes, in the order of the targets; logit_scale: of the encoder's texts, None without;
        rounds: number of rounds that the run will have.
    """

    plan: GridPlan
    configuration: Configuration
    run: int
    labels: tuple[str, ...]
    encoder: EncoderIdentity
    logit_scale: float | None
    rounds: int


CLASSES, TEST_ROWS = "classes", "test-rows"


def embeddings_name(encoder: str) -> str:
    """Name the array of an encoder's embeddings."""
    return f"embeddings {encoder}"


def texts_name(encoder: str) -> str:
    """Name the array of an encoder's embeddings of the class texts."""
    return f"texts {encoder}"
