"""Encoders on their own: images to embeddings, and images against texts."""

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
ENCODER_FIELD = {"type": "string", "description": "The service's own when left out"}
TEXTS_FIELD = {
    "type": "array",
    "items": {"type": "string"},
    "description": "One field per text, at least two",
    "example": ["a photo of a coast", "a photo of a forest"],
}


class EmbeddingView(BaseModel):
    """One image's embedding, or the problem with it."""

    embedding: list[float] | None = None
    problem: Problem | None = None


class EmbeddingsResponse(BaseModel):
    """One answer per file, in order; embeddings compare only under one encoder identity."""

    encoder: str
    dimension: int
    embeddings: list[EmbeddingView]


class ZeroShotView(BaseModel):
    """One image's probabilities over the texts, in their order, or the problem with it."""

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
    """Turn images into L2-normalised embeddings, with the form's `encoder` or the service's own."""
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
    """Classify images against the form's `texts`, with an encoder that has a text side."""
    form = await read_uploads(request, settings)
    name = await run_in_threadpool(encoder_name, form, projects.store, own=settings.encoder)
    return await run_in_threadpool(classify_by_text, serving.embedder, name, form)


def embed_uploads(embedder: Embedder, name: str, form: UploadForm) -> EmbeddingsResponse:
    """Embed each file, or say what is wrong with it."""
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
    """Raises: NotReady: the encoder has no text side; InvalidInput: fewer than two texts."""
    texts = form.fields.get("texts", [])
    if not FEWEST_TEXTS <= len(texts) <= MOST_TEXTS or not all(text.strip() for text in texts):
        raise InvalidInput(f"texts: {FEWEST_TEXTS} to {MOST_TEXTS} are wanted, none of them empty; {len(texts)} came")
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
    """The encoder that the form names, or the service's own.

    Raises: UnknownEncoder; InvalidInput: no project uses it. What is loaded stays loaded, so not anybody may choose it.
    """
    name = form.fields.get("encoder", [own])[0]
    in_use = {own} | {project.encoder for project in every_project(projects)}
    if name not in in_use:
        check_encoder_name(name)
        raise InvalidInput(f"encoder {name!r} is not in use here: choose one of {', '.join(sorted(in_use))}")
    return name
