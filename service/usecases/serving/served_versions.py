"""Loads and caches the versions that answer requests, after their files are checked."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from ml.calibration.decision_rule import DecisionRule, align_labels
from ml.classifier.auto_head import head_option
from ml.classifier.classifier import Classifier
from ml.classifier.saved_version import HEAD_TENSORS, MANIFEST, SUMS, unpack
from ml.encoders.base import EncoderIdentity
from ml.errors import DamagedVersionFiles, InvalidHeadOptions, UnknownHead, UnknownVersionFormat
from ml.types import Embeddings, Probabilities
from service.domain.artifact_keys import version_key
from service.domain.errors import DamagedVersion, NotFound, NotReady
from service.domain.projects.project import Project
from service.domain.training.prediction import Prediction, predict_labels
from service.ports import ArtifactStore

# These bound the memory of a service with thousands of projects. Most versions are a few hundred kilobytes; one that
# keeps all embeddings, as nearest neighbours do, takes five megabytes per thousand labels.
MOST_LOADED = 64
MOST_LOADED_BYTES = 2**30
VERSION_FILES = (HEAD_TENSORS, MANIFEST, SUMS)


@dataclass(frozen=True, kw_only=True)
class ServedVersion:
    """A loaded version that answers by its project's present label set, hierarchy and abstain_below."""

    number: int
    classifier: Classifier
    project: Project

    @property
    def labels(self) -> tuple[str, ...]:
        """The project's present label set."""
        return self.project.active_labels

    @property
    def multi_label(self) -> bool:
        """True if it was trained to predict several labels; the project may have changed since."""
        return self.classifier.multi_label

    @property
    def rule(self) -> DecisionRule:
        """The rule that turns its probabilities into labels of the project's present label set."""
        return self.classifier.rule.for_labels(known=self.classifier.labels, wanted=self.labels)

    def predict(self, image_ids: Sequence[str], embeddings: Embeddings) -> list[Prediction]:
        """Predict each image, in order. Args: embeddings: (images, dimension)."""
        return predict_labels(
            self.probabilities(embeddings),
            self.labels,
            image_ids=image_ids,
            version=self.number,
            rule=self.rule,
            abstain_below=self.project.abstain_below,
            parents=self.project.parents,
        )

    def probabilities(self, embeddings: Embeddings) -> Probabilities:
        """Compute calibrated probabilities (images, labels)."""
        return align_labels(
            self.classifier.probabilities(embeddings),
            known=self.classifier.labels,
            wanted=self.labels,
            multi_label=self.classifier.multi_label,
        )


class ServedVersions:
    """Loads versions on demand and caches them.

    A version never changes, so a loaded one stays valid. The current version's number is read from the database for
    each request, so that every process follows a promotion at once.
    """

    def __init__(self, artifacts: ArtifactStore, *, most_bytes: int = MOST_LOADED_BYTES) -> None:
        """Set up an empty cache. Args: most_bytes: of all loaded versions together; a single one may be larger."""
        self._artifacts = artifacts
        self._most_bytes = most_bytes
        self._loaded: OrderedDict[tuple[str, datetime, int], _LoadedVersion] = OrderedDict()
        self._lock = threading.Lock()

    def current(self, project: Project) -> ServedVersion | None:
        """Return the current version, or None before the first. Raises: DamagedVersion."""
        return None if project.current_version is None else self.get(project, project.current_version)

    def answering(self, project: Project, identity_of: Callable[[str], EncoderIdentity]) -> ServedVersion:
        """Return the current version, after checking that it was trained on embeddings of the present encoder.

        Args: identity_of: returns the present identity of the encoder with this name.
        Raises: NotReady: there is no version yet, or the encoder has changed; DamagedVersion, EncoderUnavailable.
        """
        served = self.current(project)
        if served is None:
            raise NotReady(f"project {project.id!r} has no version yet: {_first_step(project)}")
        wanted, here = served.classifier.encoder.key, identity_of(served.classifier.encoder.name).key
        if wanted != here:
            raise NotReady(
                f"version {served.number} was trained on embeddings of {wanted}, but the encoder here is {here}: "
                "the scheduler retrains the project; POST .../versions queues that at once"
            )
        return served

    def get(self, project: Project, number: int) -> ServedVersion:
        """Return one version of a project. Raises: DamagedVersion."""
        return ServedVersion(number=number, classifier=self._classifier(project, number), project=project)

    def _classifier(self, project: Project, number: int) -> Classifier:
        # created_at: a project that was deleted and created again counts its versions from 1 again.
        key = (project.id, project.created_at, number)
        with self._lock:
            if key not in self._loaded:
                self._loaded[key] = self._load(project.id, number)
            self._loaded.move_to_end(key)
            while self._are_too_many():
                self._loaded.popitem(last=False)
            return self._loaded[key].classifier

    def _are_too_many(self) -> bool:
        loaded_bytes = sum(each.size_bytes for each in self._loaded.values())
        return len(self._loaded) > MOST_LOADED or (len(self._loaded) > 1 and loaded_bytes > self._most_bytes)

    def _load(self, project_id: str, number: int) -> "_LoadedVersion":
        try:
            files = {file: self._artifacts.get(version_key(project_id, number, file)) for file in VERSION_FILES}
            return _LoadedVersion(classifier=unpack(files), size_bytes=len(files[HEAD_TENSORS]))
        except (NotFound, DamagedVersionFiles, UnknownVersionFormat, UnknownHead, InvalidHeadOptions) as error:
            raise DamagedVersion(f"version {number} of project {project_id!r} cannot be used: {error}") from error


@dataclass(frozen=True, kw_only=True)
class _LoadedVersion:
    classifier: Classifier
    size_bytes: int


def _first_step(project: Project) -> str:
    if head_option(project.head).serves_unlabeled_classes:
        return "its first one is trained without labels as soon as a worker is free; POST .../versions queues it again"
    return "annotate images of two classes, then train"
