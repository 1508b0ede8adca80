"""Collects the side information that heads can be trained with: hierarchy, class texts, and the previous head."""

import json
import logging

import numpy as np
import safetensors.numpy
from safetensors import SafetensorError

from ml.encoders.base import EncoderIdentity, TextEncoder
from ml.encoders.class_texts import class_texts, prompts_of
from ml.heads.base import Head, HeadRecipe, SideInformation
from ml.messages import first_line
from ml.types import ClassTexts
from service.domain.artifact_keys import class_texts_key
from service.domain.errors import DamagedVersion, NotFound
from service.domain.projects.project import Project
from service.ports import ArtifactStore
from service.usecases.serving.loaded_encoders import LoadedEncoders
from service.usecases.serving.served_versions import ServedVersions

logger = logging.getLogger(__name__)


class SideInformationSource:
    """Collects only the side information that a head uses.

    Encoded class texts are stored beside the versions. Otherwise each training, which runs in a fresh process, would
    load the encoder to encode them, which takes seconds.
    """

    def __init__(self, *, encoders: LoadedEncoders, artifacts: ArtifactStore, served_versions: ServedVersions) -> None:
        self._encoders = encoders
        self._artifacts = artifacts
        self._served_versions = served_versions

    def gather(self, project: Project, recipe: HeadRecipe, identity: EncoderIdentity) -> SideInformation:
        """Collect the side information of one head recipe.

        Args: identity: of the project's encoder.
        Raises: UnknownEncoder, EncoderUnavailable.
        """
        return SideInformation(
            parents=project.parents,
            texts=self.texts(project, identity) if recipe.uses_texts else None,
            previous=self._previous(project, recipe, identity) if recipe.uses_previous else None,
        )

    def texts(self, project: Project, identity: EncoderIdentity) -> ClassTexts | None:
        """Return the class texts, embedded by the project's encoder; None if it has no text side.

        Raises: UnknownEncoder, EncoderUnavailable.
        """
        key = _texts_key(project, identity)
        if kept := self._kept_texts(key):
            return kept
        encoder = self._encoders.get(project.encoder)
        if not isinstance(encoder, TextEncoder):
            return None
        texts = class_texts(encoder, project.active_labels, own_prompts=project.prompts)
        self._artifacts.put(key, _packed(texts))
        return texts

    def _kept_texts(self, key: str) -> ClassTexts | None:
        """Read stored class texts; None if there are none, or if they are damaged, for they can be made again."""
        try:
            return _unpacked(self._artifacts.get(key))
        except NotFound:
            return None
        except (SafetensorError, KeyError, IndexError) as error:
            logger.warning("%s is damaged and is made again: %s", key, first_line(error))
            return None

    def _previous(self, project: Project, recipe: HeadRecipe, identity: EncoderIdentity) -> Head | None:
        """Return the current version's head, if it has the same recipe and encoder."""
        try:
            current = self._served_versions.current(project)
        except DamagedVersion:
            return None
        if current is None:
            return None
        previous = current.classifier
        is_trained_alike = (previous.head_name, previous.encoder.key) == (recipe.name, identity.key)
        return previous.head if is_trained_alike else None


def _texts_key(project: Project, identity: EncoderIdentity) -> str:
    """Name the key of the class texts; equal for equal prompts and encoders, also across projects."""
    prompts = prompts_of(project.active_labels, own_prompts=project.prompts)
    return class_texts_key(json.dumps([identity.key, prompts]).encode())


def _packed(texts: ClassTexts) -> bytes:
    return safetensors.numpy.save(
        {"embeddings": texts.embeddings, "logit_scale": np.array([texts.logit_scale], dtype=np.float64)}
    )


def _unpacked(content: bytes) -> ClassTexts:
    tensors = safetensors.numpy.load(content)
    return ClassTexts(embeddings=tensors["embeddings"], logit_scale=float(tensors["logit_scale"][0]))
