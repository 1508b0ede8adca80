"""Classifies images that a client sends, with a project's current version."""

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool

from ml.errors import UnreadableImage
from service.api.prediction import Predictions, PredictionView
from service.domain.projects.project import Project
from service.http.dependencies import ProjectDependency, ServingUseCasesDependency, SettingsDependency
from service.http.problems import problem_of
from service.http.uploads import UploadForm, files_form, read_uploads
from service.usecases.serving.predictor import Predictor

router = APIRouter(prefix="/v1/projects/{project}", tags=["predictions"])


@router.post("/predict", openapi_extra=files_form())
async def predict(
    project: ProjectDependency, request: Request, serving: ServingUseCasesDependency, settings: SettingsDependency
) -> Predictions:
    """Classify images with the current version. Only their embeddings are kept."""
    form = await read_uploads(request, settings)
    return await run_in_threadpool(classify, serving.predictor, project, form)


def classify(predictor: Predictor, project: Project, form: UploadForm) -> Predictions:
    """Classify each file, or report the problem with it."""
    answers = predictor.classify(project, [upload.content for upload in form.uploads])
    return Predictions(
        predictions=[
            PredictionView(problem=problem_of(answer))
            if isinstance(answer, UnreadableImage)
            else PredictionView.from_prediction(answer, project.active_labels)
            for answer in answers
        ]
    )
