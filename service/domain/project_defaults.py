"""What a new project is made of where nobody says otherwise."""

from dataclasses import dataclass

from ml.heads.registry import default_head
from ml.named_head import AUTO
from service.domain.project import RetrainingRule


@dataclass(frozen=True, kw_only=True)
class ProjectDefaults:
    """What new projects get; the head depends on whether an image may have several labels."""

    encoder: str
    strategy: str
    coverage: float
    abstain_below: float
    retraining: RetrainingRule
    single_label_head: str

    def head(self, *, multi_label: bool) -> str:
        """The head recipe of a new project."""
        if multi_label and self.single_label_head != AUTO:
            return default_head(multi_label=True)
        return self.single_label_head
