"""Chooses the head of a project that leaves the choice to "auto"."""

from ml.comparison.head_choice import HeadChoice, cheap_heads, choose_head
from ml.comparison.trial import EncodedImages, LabeledImages
from ml.encoders.base import EncoderIdentity
from ml.encoders.registry import has_text_side
from service.domain.errors import DamagedVersion
from service.domain.projects.project import Project
from service.usecases.labeled.labeled_splits import LabeledEmbeddings
from service.usecases.labeled.side_information import SideInformationSource
from service.usecases.serving.served_versions import ServedVersions


class ChooseHead:
    """Compares a few heads on the training images; the current version's stays unless another is clearly better."""

    def __init__(self, *, served_versions: ServedVersions, side_information: SideInformationSource) -> None:
        self._served_versions = served_versions
        self._side_information = side_information

    def choose(self, project: Project, identity: EncoderIdentity, train: LabeledEmbeddings) -> HeadChoice:
        """Choose a head. Args: identity: of the encoder that made the embeddings."""
        images = LabeledImages(
            names=train.image_ids,
            targets=train.targets,
            labels=project.active_labels,
            parents=project.parents,
            multi_label=project.multi_label,
        )
        texts = self._side_information.texts(project, identity) if has_text_side(project.encoder) else None
        encoded = EncodedImages(encoder=identity, embeddings=train.embeddings, texts=texts)
        return choose_head(
            images, encoded, cheap_heads(images, encoded), incumbent=self._current_head(project), seed=project.seed
        )

    def _current_head(self, project: Project) -> str | None:
        try:
            current = self._served_versions.current(project)
        except DamagedVersion:
            return None
        return None if current is None else current.classifier.head_name
