"""What a simulation is made of: one replay that somebody has to run, and where its results are kept."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from numpy.typing import NDArray

from ml.encoder import EncoderIdentity
from ml.grid import Arm, GridPlan


@dataclass(frozen=True, kw_only=True)
class ReplayJob:
    """One run of one arm; small, since it goes to another process, which finds the arrays in the store.

    Attributes: labels: the classes, in the order of the targets; logit_scale: of the encoder's texts, None without;
        rounds: how many it will have.
    """

    plan: GridPlan
    arm: Arm
    run: int
    labels: tuple[str, ...]
    encoder: EncoderIdentity
    logit_scale: float | None
    rounds: int


class SimulationStore(Protocol):
    """Keeps what was done of one grid, so that a simulation goes on where it was stopped; goes to other processes.

    All that is written is there whole, or not at all. Raises: StorageUnavailable, from all of it.
    """

    @property
    def place(self) -> str:
        """What people know it by."""
        ...

    def require(self, part: Mapping[str, object]) -> None:
        """Args: part: of a grid, as JSON would write it.

        Raises: InvalidInput: it holds a grid in which that is otherwise, or other things.
        """
        ...

    def claim(self, grid: Mapping[str, object]) -> None:
        """Take it for this grid, as JSON would write it.

        Raises: InvalidInput: it holds another one, or other things.
        """
        ...

    def has_array(self, name: str) -> bool: ...

    def write_array(self, name: str, array: NDArray[Any]) -> None: ...

    def array(self, name: str) -> NDArray[Any]:
        """Not read, but mapped into memory: all processes share it."""
        ...

    def run(self, arm: Arm, run: int) -> str | None:
        """What was written for it; None where nothing was."""
        ...

    def write_run(self, arm: Arm, run: int, content: str) -> None: ...

    def write_result(self, name: str, content: bytes) -> None: ...


# Runs all jobs, in as many processes, and says after each how many are done. Args: work, jobs, processes, done.
RunAll = Callable[[Callable[[ReplayJob], None], Sequence[ReplayJob], int, Callable[[int], None]], None]

CLASSES, TEST_ROWS = "classes", "test-rows"


def embeddings_name(encoder: str) -> str:
    """The name of the array of an encoder's embeddings."""
    return f"embeddings {encoder}"


def texts_name(encoder: str) -> str:
    """The name of the array of the classes' texts as an encoder sees them."""
    return f"texts {encoder}"
