"""One replay of a simulation that somebody has to run, and the names of the arrays that it needs."""

from dataclasses import dataclass

from ml.encoders.base import EncoderIdentity
from ml.simulation.grid import Configuration, GridPlan


@dataclass(frozen=True, kw_only=True)
class ReplayJob:
    """One run of one arm; small, since it goes to another process, which finds the arrays in the store.

    Attributes: labels: the classes, in the order of the targets; logit_scale: of the encoder's texts, None without;
        rounds: how many it will have.
    """

    plan: GridPlan
    arm: Configuration
    run: int
    labels: tuple[str, ...]
    encoder: EncoderIdentity
    logit_scale: float | None
    rounds: int


CLASSES, TEST_ROWS = "classes", "test-rows"


def embeddings_name(encoder: str) -> str:
    """The name of the array of an encoder's embeddings."""
    return f"embeddings {encoder}"


def texts_name(encoder: str) -> str:
    """The name of the array of the classes' texts as an encoder sees them."""
    return f"texts {encoder}"
