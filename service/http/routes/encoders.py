"""Encoders on their own: embed images, and classify images by texts."""

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel

from ml.encoders.base import TextEncoder
from ml.encoders.class_texts import zero_shot_probabilities
from ml.encoders.registry import check_encoder_name
from ml.errors import UnreadableImage
from service.api.problem import Problem
from service.domain.errors import InvalidInput, NotReady
from service.http.dependencies import ProjectUseCasesDependency, ServingUseCasesDependency, SettingsDependency
from service.http.problems import problem_of
from service.http.uploads import UploadForm, files_form, read_uploads
from service.ports import ProjectStore
from service.usecases.jobs.every_project import every_project
from service.usecases.serving.embedder import Embedder

router = APIRouter(prefix="/v1", tags=["encoders"])

FEWEST_TEXTS = 2
MOST_TEXTS = 1000
ENCODER_FIELD = {"type": "string", "description": "Name of an encoder that is in use here; default: the service's own"}
TEXTS_FIELD = {
    "type": "array",
    "items": {"type": "string"},
    "description": "One field per text; at least two",
    "example": ["a photo of a coast", "a photo of a forest"],
}


class EmbeddingView(BaseModel):
    """One image's embedding, or the problem with it."""

    embedding: list[float] | None = None
    problem: Problem | None = None


class EmbeddingsResponse(BaseModel):
    """One answer per file, in order. Compare embeddings only if `encoder`, the encoder identity, is the same."""

    encoder: str
    dimension: int
    embeddings: list[EmbeddingView]


class ZeroShotView(BaseModel):
    """One image's probability for each text, in the order of the texts, or the problem with the image."""

    text: str | None = None
    probabilities: list[float] | None = None
    problem: Problem | None = None


class ZeroShotResponse(BaseModel):
    """One answer per file, in order."""

    encoder: str
    texts: list[str]
    images: list[ZeroShotView]


@router.post("/embed", openapi_extra=files_form(encoder=ENCODER_FIELD))
async def embed(
    request: Request,
    serving: ServingUseCasesDependency,
    projects: ProjectUseCasesDependency,
    settings: SettingsDependency,
) -> EmbeddingsResponse:
    """Turn images into L2-normalised embeddings, by the form's `encoder` or the service's own."""
    form = await read_uploads(request, settings)
    name = await run_in_threadpool(encoder_name, form, projects.store, own=settings.encoder)
    return await run_in_threadpool(embed_uploads, serving.embedder, name, form)


@router.post("/zero-shot", openapi_extra=files_form(encoder=ENCODER_FIELD, texts=TEXTS_FIELD))
async def zero_shot(
    request: Request,
    serving: ServingUseCasesDependency,
    projects: ProjectUseCasesDependency,
    settings: SettingsDependency,
) -> ZeroShotResponse:
    """Classify images by the form's `texts` (zero-shot), with an encoder that has a text side."""
    form = await read_uploads(request, settings)
    name = await run_in_threadpool(encoder_name, form, projects.store, own=settings.encoder)
    return await run_in_threadpool(classify_by_text, serving.embedder, name, form)


def embed_uploads(embedder: Embedder, name: str, form: UploadForm) -> EmbeddingsResponse:
    """Embed each file, or report the problem with it."""
    identity = embedder.encoder(name).identity
    answers = embedder.embed(name, [upload.content for upload in form.uploads])
    return EmbeddingsResponse(
        encoder=identity.key,
        dimension=identity.dimension,
        embeddings=[
            EmbeddingView(problem=problem_of(answer))
            if isinstance(answer, UnreadableImage)
            else EmbeddingView(embedding=answer.tolist())
            for answer in answers
        ],
    )


def classify_by_text(embedder: Embedder, name: str, form: UploadForm) -> ZeroShotResponse:
    """Classify each file by the texts of the form.

    Raises: NotReady: the encoder has no text side; InvalidInput: fewer than two or too many texts, or an empty one.
    """
    texts = form.fields.get("texts", [])
    if not FEWEST_TEXTS <= len(texts) <= MOST_TEXTS or not all(text.strip() for text in texts):
        raise InvalidInput(f"texts: send {FEWEST_TEXTS} to {MOST_TEXTS} texts, none of them empty; got {len(texts)}")
    encoder = embedder.encoder(name)
    if not isinstance(encoder, TextEncoder):
        raise NotReady(f"encoder {name!r} has no text side: choose an openclip: encoder")
    text_embeddings = encoder.encode_texts(texts)
    views = []
    for answer in embedder.embed(name, [upload.content for upload in form.uploads]):
        if isinstance(answer, UnreadableImage):
            views.append(ZeroShotView(problem=problem_of(answer)))
            continue
        probabilities = zero_shot_probabilities(answer[None], text_embeddings, logit_scale=encoder.logit_scale)[0]
        views.append(ZeroShotView(text=texts[int(probabilities.argmax())], probabilities=probabilities.tolist()))
    return ZeroShotResponse(encoder=encoder.identity.key, texts=texts, images=views)


def encoder_name(form: UploadForm, projects: ProjectStore, *, own: str) -> str:
    """Return the encoder that the form names, or the service's own.

    Only encoders of the service and of its projects are allowed: a loaded encoder stays in memory, so clients must not
    load any they like.

    Raises: UnknownEncoder; InvalidInput: no project uses it.
    """
    name = form.fields.get("encoder", [own])[0]
    in_use = {own} | {project.encoder for project in every_project(projects)}
    if name not in in_use:
        check_encoder_name(name)
        raise InvalidInput(f"encoder {name!r} is not in use here: choose one of {', '.join(sorted(in_use))}")
    return name
