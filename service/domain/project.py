"""A project: one labeling problem with its label set, encoder, head recipe and strategy."""

from dataclasses import dataclass, field
from datetime import datetime

# What the names of all our versions begin with, so that they are known as ours elsewhere.
VERSION_NAME_PREFIX = "margin-"


@dataclass(frozen=True, kw_only=True)
class Label:
    """One class of a label set; an inactive one left the label config but keeps its annotations."""

    name: str
    active: bool = True


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
    """One labeling problem."""

    id: str
    title: str
    labels: tuple[Label, ...]
    multi_label: bool = False
    encoder: str
    head: str
    strategy: str
    seed: int = 0
    retraining: RetrainingRule = field(default_factory=RetrainingRule)
    current_version: int | None = None
    label_studio: LabelStudioLink | None = None
    created_at: datetime

    @property
    def active_labels(self) -> tuple[str, ...]:
        """The label set in order, without the labels that left it."""
        return tuple(label.name for label in self.labels if label.active)

    def version_name(self, number: int | None) -> str:
        """The name by which others know a version; number 0 stands for "nothing trained yet"."""
        return f"{self.version_name_prefix}{number or 0}"

    @property
    def version_name_prefix(self) -> str:
        """How the names of all its versions begin, and of no other project's."""
        return f"{VERSION_NAME_PREFIX}{self.id}-v"


def merge_labels(known: tuple[Label, ...], wanted: tuple[str, ...]) -> tuple[Label, ...]:
    """The wanted labels in their order, then those that left, inactive."""
    gone = tuple(Label(name=label.name, active=False) for label in known if label.name not in wanted)
    return tuple(Label(name=name) for name in wanted) + gone
