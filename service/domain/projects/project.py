"""A project: one labeling problem with its label set, encoder, head recipe and strategy."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

# Common prefix of the names of all our versions, so that other systems can recognise them.
VERSION_NAME_PREFIX = "margin-"
# A lower coverage promises too little to be useful; a higher one could only be verified on thousands of images.
LEAST_COVERAGE, MOST_COVERAGE = 0.5, 0.999


@dataclass(frozen=True, kw_only=True)
class Label:
    """One class of a label set; an inactive one left the label config but keeps its annotations.

    parent: in the project's hierarchy; None for a label without a parent, as all labels are without a hierarchy.
    prompts: texts that describe the class to an encoder's text side; if empty, templates make them from its name.
    """

    name: str
    active: bool = True
    parent: str | None = None
    prompts: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class RetrainingRule:
    """Conditions under which new annotations start a training automatically."""

    after_annotations: int = 10
    after_seconds: int = 60
    cron: str | None = None


@dataclass(frozen=True, kw_only=True)
class LabelStudioLink:
    """The Label Studio project that this project mirrors, as Label Studio last described it.

    key: Label Studio's own "<id>.<created unix seconds>", unique even if its database is created again.
    access_token: sent by Label Studio at /setup; used only if no API key is set, never shown or logged.
    """

    key: str
    project_id: int
    hostname: str
    label_config: str
    access_token: str | None = field(default=None, repr=False)


@dataclass(frozen=True, kw_only=True)
class Project:
    """One labeling problem.

    coverage: share of predictions whose plausible labels must contain the true label, in 0.5..0.999.
    abstain_below: the version abstains if its confidence, in 0..1, is below this; 0 never abstains.
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
        """The labels of the label set in order, without inactive ones."""
        return tuple(label.name for label in self.labels if label.active)

    @property
    def parents(self) -> tuple[str, ...] | None:
        """Each label's parent, in label-set order; None without a hierarchy."""
        active = [label for label in self.labels if label.active]
        if all(label.parent is None for label in active):
            return None
        return tuple(label.parent or label.name for label in active)

    @property
    def prompts(self) -> dict[str, tuple[str, ...]]:
        """The prompts of each label of the label set that has any."""
        return {label.name: label.prompts for label in self.labels if label.active and label.prompts}

    def version_name(self, number: int | None) -> str:
        """Name a version for other systems; number 0 stands for "nothing trained yet"."""
        return f"{self.version_name_prefix}{number or 0}"

    @property
    def version_name_prefix(self) -> str:
        """Common prefix of the names of this project's versions; no other project has it."""
        return f"{VERSION_NAME_PREFIX}{self.id}-v"


def merge_labels(known: tuple[Label, ...], wanted: tuple[str, ...]) -> tuple[Label, ...]:
    """Return the wanted labels in order, then removed labels as inactive; known labels keep parent and prompts."""
    by_name = {label.name: label for label in known}
    active = tuple(replace(by_name.get(name, Label(name=name)), active=True) for name in wanted)
    return active + tuple(replace(label, active=False) for label in known if label.name not in wanted)


def put_under_parents(labels: tuple[Label, ...], parents: Mapping[str, str]) -> tuple[Label, ...]:
    """Give the labels these parents, by label; a label that is missing there or its own parent gets None."""
    return tuple(
        replace(label, parent=None if parents.get(label.name) == label.name else parents.get(label.name))
        for label in labels
    )


def describe_by_prompts(labels: tuple[Label, ...], prompts: Mapping[str, tuple[str, ...]]) -> tuple[Label, ...]:
    """Replace the prompts of all labels by these, by label."""
    return tuple(replace(label, prompts=prompts.get(label.name, ())) for label in labels)
