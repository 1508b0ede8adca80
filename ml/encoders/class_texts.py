"""Embeds the classes of a label set with the text side of an encoder, by prompts that name them (CLIP zero-shot)."""

from collections.abc import Mapping, Sequence

import numpy as np
from scipy.special import softmax

from ml.encoders.base import TextEncoder
from ml.errors import InvalidPrompts
from ml.messages import unknown_name
from ml.types import ClassTexts, Embedding, Embeddings, Probabilities

# The average over several templates classifies better than any single one (prompt ensembling, Radford et al. 2021,
# "Learning transferable visual models from natural language supervision", 3.1.4).
TEMPLATES = ("a photo of a {}.", "a photo of the {}.", "a picture of a {}.", "an image of a {}.", "{}")
NAME_PLACEHOLDER = "{}"
# Batch size: thousands of texts at once would take gigabytes.
TEXTS_AT_ONCE = 256


def class_texts(
    encoder: TextEncoder,
    labels: Sequence[str],
    *,
    own_prompts: Mapping[str, Sequence[str]] | None = None,
) -> ClassTexts:
    """Average the embeddings of the prompts of each class, see `prompts_of`. Raises: InvalidPrompts."""
    prompts = prompts_of(labels, own_prompts=own_prompts)
    encoded = _encode(encoder, [prompt for of_class in prompts for prompt in of_class])
    ends = np.cumsum([len(of_class) for of_class in prompts])
    per_class = np.split(encoded, ends[:-1]) if prompts else []
    rows = [_average(each) for each in per_class]
    return ClassTexts(
        embeddings=np.stack(rows) if rows else encoded,
        logit_scale=encoder.logit_scale,
    )


def prompts_of(
    labels: Sequence[str], *, own_prompts: Mapping[str, Sequence[str]] | None = None
) -> tuple[tuple[str, ...], ...]:
    """Return the prompts of each class: its own prompts if it has any, else TEMPLATES with its name in place of {}.

    Args: own_prompts: by label.
    Raises: InvalidPrompts.
    """
    own = own_prompts or {}
    _require_own_prompts(own, labels)
    return tuple(
        tuple(own.get(label) or [template.replace(NAME_PLACEHOLDER, spoken_name(label)) for template in TEMPLATES])
        for label in labels
    )


def spoken_name(label: str) -> str:
    """Write a label as in a sentence: `ankle_boot` as "ankle boot", the path `tops/coat` as "coat, tops"."""
    return ", ".join(part.replace("_", " ").strip() for part in reversed(label.split("/")))


def _encode(encoder: TextEncoder, texts: Sequence[str]) -> Embeddings:
    starts = range(0, max(len(texts), 1), TEXTS_AT_ONCE)
    return np.concatenate([encoder.encode_texts(texts[start : start + TEXTS_AT_ONCE]) for start in starts])


def _average(embeddings: Embeddings) -> Embedding:
    mean = embeddings.mean(axis=0)
    normalised: Embedding = (mean / np.linalg.norm(mean)).astype(np.float32)
    return normalised


def _require_own_prompts(own: Mapping[str, Sequence[str]], labels: Sequence[str]) -> None:
    for label, prompts in own.items():
        if label not in labels:
            raise InvalidPrompts(f"prompts: {unknown_name('label', label, labels)}")
        if isinstance(prompts, str) or not all(prompt.strip() for prompt in prompts):
            raise InvalidPrompts(f'the prompts of "{label}" must be a list of texts, none of them empty: {prompts!r}')


def zero_shot_probabilities(images: Embeddings, texts: Embeddings, *, logit_scale: float) -> Probabilities:
    """Classify images by softmax over their scaled cosines with the class texts.

    Args: texts: (classes, dimension), one row per class; logit_scale: of the encoder.
    """
    cosines = images.astype(np.float64) @ texts.astype(np.float64).T
    probabilities: Probabilities = softmax(logit_scale * cosines, axis=1)
    return probabilities
