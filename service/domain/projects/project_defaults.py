"""Default fields of a new project."""

from dataclasses import dataclass
from datetime import datetime

from ml.classifier.auto_head import AUTO_HEAD
from ml.heads.registry import default_head
from service.domain.projects.project import Label, LabelStudioLink, Project, RetrainingRule
from service.domain.projects.wanted_project import WantedProject


@dataclass(frozen=True, kw_only=True)
class ProjectDefaults:
    """Default fields of a new project; the head depends on whether an image may have several labels."""

    encoder: str
    strategy: str
    coverage: float
    abstain_below: float
    retraining: RetrainingRule
    single_label_head: str

    def complete(
        self,
        wanted: WantedProject,
        *,
        labels: tuple[Label, ...],
        created_at: datetime,
        label_studio: LabelStudioLink | None = None,
    ) -> Project:
        """Make a new project: the wanted fields, and defaults for all others.

        Args: labels: the wanted labels, with their parents and prompts.
        """
        return Project(
            id=wanted.id,
            title=wanted.title or wanted.id,
            labels=labels,
            multi_label=wanted.multi_label,
            encoder=wanted.encoder or self.encoder,
            head=wanted.head or self.head(multi_label=wanted.multi_label),
            strategy=wanted.strategy or self.strategy,
            seed=wanted.seed,
            coverage=self.coverage if wanted.coverage is None else wanted.coverage,
            abstain_below=self.abstain_below if wanted.abstain_below is None else wanted.abstain_below,
            retraining=wanted.retraining or self.retraining,
            label_studio=label_studio,
            created_at=created_at,
        )

    def head(self, *, multi_label: bool) -> str:
        """Choose the head recipe of a new project."""
        if multi_label and self.single_label_head != AUTO_HEAD:
            return default_head(multi_label=True)
        return self.single_label_head
