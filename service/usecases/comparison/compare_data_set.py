"""Compares heads and encoders on a labeled data set outside of any project."""

from collections.abc import Callable, Sequence

from ml.comparison.compare import resolve_heads
from ml.comparison.timing import encoding_milliseconds
from ml.comparison.trial import EncodedImages, LabeledImages
from ml.encoders.base import CountedEncoder, Encoder, TextEncoder
from ml.encoders.class_texts import class_texts
from ml.heads.registry import head_recipe
from ml.images.decoding import decode_image
from ml.images.image import ImageLimits
from ml.labels.hierarchy import parents_of_json
from ml.labels.targets import targets_of
from ml.types import ClassTexts
from service.domain.experiments.comparison_request import ComparisonRequest
from service.domain.experiments.data_set import IdentifiedFile, require_comparable
from service.domain.job import Progress
from service.ports import DataSet, EmbeddingCache
from service.reports.comparison.record import ComparisonRecord
from service.usecases.comparison.compare_encoded import CompareEncodedImages
from service.usecases.comparison.embed_data_set import EmbedDataSet, identify

# Assumed share of the embedding in the time of a comparison, for the progress.
EMBEDDING_SHARE = 0.3


class CompareDataSet:
    """Embeds each image once, then trains and tests every head on every encoder."""

    def __init__(
        self,
        *,
        cache: EmbeddingCache,
        load_encoder: Callable[[str], Encoder],
        limits: ImageLimits,
        compare_encoded: CompareEncodedImages,
    ) -> None:
        self._cache = cache
        self._load_encoder = load_encoder
        self._limits = limits
        self._embed_data_set = EmbedDataSet(cache=cache, limits=limits)
        self._compare_encoded = compare_encoded

    def compare(
        self, data_set: DataSet, request: ComparisonRequest, *, hierarchy: bytes | None = None, progress: Progress
    ) -> ComparisonRecord:
        """Compare on a data set. Args: hierarchy: JSON with each label's parent.

        Raises: InvalidInput, InvalidHierarchy, NotReady, UnknownEncoder, EncoderUnavailable, UnknownHead,
            InvalidHeadOptions.
        """
        parents = None if hierarchy is None else parents_of_json(hierarchy, data_set.labels)
        files, left_out = identify(data_set)
        require_comparable(data_set.labels, [each.file for each in files])
        # Loaded even if all images are embedded: changed weights under the same name give other embeddings.
        encoders = [self._load_encoder(name) for name in request.encoders]
        left_out |= self._embed(encoders, data_set, files, progress.part(0, EMBEDDING_SHARE))
        files = [each for each in files if each.file.name not in left_out]
        require_comparable(data_set.labels, [each.file for each in files])
        images = LabeledImages(
            names=tuple(each.file.name for each in files),
            targets=targets_of([[each.file.label] for each in files], data_set.labels),
            labels=data_set.labels,
            parents=parents,
        )
        return self._compare_encoded.compare(
            data_set.title,
            images,
            [self._encoded(encoder, data_set, files, request) for encoder in encoders],
            request,
            left_out=left_out,
            progress=progress.part(EMBEDDING_SHARE, 1),
        )

    def _embed(
        self, encoders: Sequence[Encoder], data_set: DataSet, files: Sequence[IdentifiedFile], progress: Progress
    ) -> dict[str, str]:
        """Embed all files by all encoders; returns by name why an image is unreadable."""
        reasons: dict[str, str] = {}
        for place, encoder in enumerate(encoders):
            part = progress.part(place / len(encoders), (place + 1) / len(encoders))
            reasons |= self._embed_data_set.embed(encoder, data_set, files, progress=part)
        return reasons

    def _encoded(
        self, encoder: Encoder, data_set: DataSet, files: Sequence[IdentifiedFile], request: ComparisonRequest
    ) -> EncodedImages:
        pixels = decode_image(data_set.read(files[0].file.name), self._limits)
        return EncodedImages(
            encoder=encoder.identity,
            embeddings=self._cache.read(encoder.identity, [each.image_id for each in files]).matrix,
            texts=_texts(encoder, data_set.labels, request),
            cost=encoder.cost if isinstance(encoder, CountedEncoder) else None,
            milliseconds_an_image=encoding_milliseconds(encoder, pixels, self._compare_encoded.seconds),
        )


def _texts(encoder: Encoder, labels: Sequence[str], request: ComparisonRequest) -> ClassTexts | None:
    heads = resolve_heads(request.heads, multi_label=False)
    is_used = any(head_recipe(head).uses_texts for head in heads)
    return class_texts(encoder, labels) if is_used and isinstance(encoder, TextEncoder) else None
