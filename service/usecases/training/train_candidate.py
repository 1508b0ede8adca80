"""Trains a classifier on the training images of a project, and evaluates it on the held-out images."""

from dataclasses import dataclass

from ml.classifier.auto_head import AUTO_HEAD
from ml.classifier.classifier import Classifier
from ml.classifier.training import train_classifier
from ml.encoders.base import EncoderIdentity
from ml.evaluation.evaluate import Evaluation, evaluate
from ml.heads.registry import head_recipe
from ml.types import Probabilities, Targets
from service.domain.images.image import LabeledImage, Split
from service.domain.job import Progress
from service.domain.projects.project import Project
from service.reports.head_reason import head_reason
from service.usecases.labeled.labeled_splits import LabeledEmbeddings, LabeledSplits
from service.usecases.labeled.side_information import SideInformationSource
from service.usecases.training.choose_head import ChooseHead


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A classifier that may become the current version, with its evaluation on the held-out images.

    probabilities: (images, labels) of the held-out images; evaluation: None if there are none.
    notes: further sentences for people, such as why "auto" chose this head.
    """

    classifier: Classifier
    held_out: LabeledEmbeddings
    probabilities: Probabilities
    evaluation: Evaluation | None
    notes: tuple[str, ...] = ()


class TrainCandidate:
    """Trains the head of a project on cached embeddings."""

    def __init__(
        self, *, labeled_splits: LabeledSplits, choose_head: ChooseHead, side_information: SideInformationSource
    ) -> None:
        self._labeled_splits = labeled_splits
        self._choose_head = choose_head
        self._side_information = side_information

    def train(
        self, project: Project, identity: EncoderIdentity, labeled: list[LabeledImage], *, progress: Progress
    ) -> Candidate:
        """Train and evaluate a candidate.

        Args: labeled: with their splits; identity: of the encoder whose embeddings are used.
        Raises: NotEnoughLabels, MissingSideInformation, InvalidHeadOptions.
        """
        train = self._labeled_splits.embeddings(project, identity, labeled, Split.TRAIN)
        held_out = self._labeled_splits.embeddings(project, identity, labeled, Split.HELD_OUT)
        progress(0.0, f"training on {len(train.targets)} images")
        choice = self._choose_head.choose(project, identity, train) if project.head.strip() == AUTO_HEAD else None
        head_name = project.head if choice is None else choice.head
        classifier = train_classifier(
            embeddings=train.embeddings,
            targets=train.targets,
            labels=project.active_labels,
            head_name=head_name,
            encoder=identity,
            seed=project.seed,
            side_information=self._side_information.gather(project, head_recipe(head_name), identity),
            coverage=project.coverage,
        )
        progress(0.7, f"evaluating on {len(held_out.targets)} held-out images")
        probabilities = classifier.probabilities(held_out.embeddings)
        return Candidate(
            classifier=classifier,
            held_out=held_out,
            probabilities=probabilities,
            evaluation=evaluate_held_out(project, classifier, probabilities, held_out.targets),
            notes=() if choice is None else (head_reason(choice),),
        )


def evaluate_held_out(
    project: Project, classifier: Classifier, probabilities: Probabilities, targets: Targets
) -> Evaluation | None:
    """Evaluate on images that training never saw; None if there are none."""
    if not len(targets):
        return None
    return evaluate(probabilities, targets, labels=project.active_labels, seed=project.seed, rule=classifier.rule)
