"""Fine-tuning of a project's encoder on its labels."""

from fastapi import APIRouter, status

from ml.finetuning.options import FinetuningOptions
from service.api.job import JobView
from service.domain.job import JobKind, JobRequest
from service.http.dependencies import ProjectDependency, QueueDependency, TrainingUseCasesDependency

router = APIRouter(prefix="/v1/projects/{project}/finetunings", tags=["versions"])


@router.post("", status_code=status.HTTP_202_ACCEPTED)
def finetune(
    project: ProjectDependency,
    training: TrainingUseCasesDependency,
    queue: QueueDependency,
    body: FinetuningOptions | None = None,
) -> JobView:
    """Queue the fine-tuning of the project's encoder; the result is a version, promoted unless worse than the current
    one.

    It takes minutes to hours. The job's result reports how each epoch went.
    """
    training.finetune_encoder.base(project)
    options = (body or FinetuningOptions()).model_dump(mode="json", exclude_defaults=True)
    arguments = {"options": options} if options else {}
    request = JobRequest(kind=JobKind.FINETUNE, project_id=project.id, arguments=arguments)
    return JobView.from_job(queue.enqueue(request))
