"""Request for a new project."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from service.domain.projects.project import RetrainingRule


@dataclass(frozen=True, kw_only=True)
class WantedProject:
    """The wanted fields of a new project; None stands for the default.

    parents: the labels of each parent, empty for no hierarchy; prompts: texts by label.
    """

    id: str
    labels: tuple[str, ...]
    title: str | None = None
    multi_label: bool = False
    encoder: str | None = None
    head: str | None = None
    strategy: str | None = None
    seed: int = 0
    coverage: float | None = None
    abstain_below: float | None = None
    parents: Mapping[str, Sequence[str]] = field(default_factory=dict)
    prompts: Mapping[str, Sequence[str]] = field(default_factory=dict)
    retraining: RetrainingRule | None = None
