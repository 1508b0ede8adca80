"""A project: one labeling problem with its label set, encoder, head recipe and strategy."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

# What the names of all our versions begin with, so that they are known as ours elsewhere.
VERSION_NAME_PREFIX = "margin-"
# Below, a label set promises too little to be asked for; above, only thousands of images could show that it holds.
LEAST_COVERAGE, MOST_COVERAGE = 0.5, 0.999


@dataclass(frozen=True, kw_only=True)
class Label:
    """One class of a label set; an inactive one left the label config but keeps its annotations.

    parent: in the project's hierarchy; None for a label that stands for itself there, as all do without a hierarchy.
    prompts: texts that describe the class to an encoder's text side; none where templates shall make them of its name.
    """

    name: str
    active: bool = True
    parent: str | None = None
    prompts: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class RetrainingRule:
    """When new annotations lead to a new version without anybody asking."""

    after_annotations: int = 10
    after_seconds: int = 60
    cron: str | None = None


@dataclass(frozen=True, kw_only=True)
class LabelStudioLink:
    """Which Label Studio project this project mirrors, as Label Studio last described it.

    key: Label Studio's own "<id>.<created unix seconds>", unique even after its database is made anew.
    access_token: what Label Studio handed over at /setup; used only where no key is set, never shown or logged.
    """

    key: str
    project_id: int
    hostname: str
    label_config: str
    access_token: str | None = field(default=None, repr=False)


@dataclass(frozen=True, kw_only=True)
class Project:
    """One labeling problem.

    coverage: how many of all answers shall have the right label among their plausible ones, in 0.5..0.999.
    abstain_below: the probability, in 0..1, under which an answer is none; 0 never abstains.
    """

    id: str
    title: str
    labels: tuple[Label, ...]
    multi_label: bool = False
    encoder: str
    head: str
    strategy: str
    seed: int = 0
    coverage: float = 0.9
    abstain_below: float = 0.0
    retraining: RetrainingRule = field(default_factory=RetrainingRule)
    current_version: int | None = None
    label_studio: LabelStudioLink | None = None
    created_at: datetime

    @property
    def active_labels(self) -> tuple[str, ...]:
        """The label set in order, without the labels that left it."""
        return tuple(label.name for label in self.labels if label.active)

    @property
    def parents(self) -> tuple[str, ...] | None:
        """Each label's parent, in label-set order; None where there is no hierarchy."""
        active = [label for label in self.labels if label.active]
        if all(label.parent is None for label in active):
            return None
        return tuple(label.parent or label.name for label in active)

    @property
    def prompts(self) -> dict[str, tuple[str, ...]]:
        """The texts of each label of the label set that was given some."""
        return {label.name: label.prompts for label in self.labels if label.active and label.prompts}

    def version_name(self, number: int | None) -> str:
        """The name by which others know a version; number 0 stands for "nothing trained yet"."""
        return f"{self.version_name_prefix}{number or 0}"

    @property
    def version_name_prefix(self) -> str:
        """How the names of all its versions begin, and of no other project's."""
        return f"{VERSION_NAME_PREFIX}{self.id}-v"


def merge_labels(known: tuple[Label, ...], wanted: tuple[str, ...]) -> tuple[Label, ...]:
    """The wanted labels in their order, then those that left, inactive; a known one keeps its parent and prompts."""
    by_name = {label.name: label for label in known}
    active = tuple(replace(by_name.get(name, Label(name=name)), active=True) for name in wanted)
    return active + tuple(replace(label, active=False) for label in known if label.name not in wanted)


def put_under_parents(labels: tuple[Label, ...], parents: Mapping[str, str]) -> tuple[Label, ...]:
    """The labels under these parents, by label; a label without one, or that is its own, stands for itself."""
    return tuple(
        replace(label, parent=None if parents.get(label.name) == label.name else parents.get(label.name))
        for label in labels
    )


def describe_by_prompts(labels: tuple[Label, ...], prompts: Mapping[str, tuple[str, ...]]) -> tuple[Label, ...]:
    """The labels with these texts, by label, and without those they had."""
    return tuple(replace(label, prompts=prompts.get(label.name, ())) for label in labels)
