"""Fine-tunes the last blocks of an encoder's network on labeled images, and stores the result as an encoder."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from ml.finetuning.options import FinetuningOptions
from ml.labels.targets import targets_of
from service.domain.images.image import LabeledImage
from service.domain.job import Progress
from service.domain.projects.project import Project
from service.ports import VersionStore
from service.usecases.serving.finetuned_encoders import FinetunedEncoders
from service.usecases.training.prepare_images import PrepareImages

# torch and timm take seconds to import: only the job that trains needs them.
if TYPE_CHECKING:
    from ml.encoders.frozen import Network
    from ml.finetuning.finetune import Epoch, FinetunedNetwork

READING_SHARE = 0.1


@dataclass(frozen=True, kw_only=True)
class TunedEncoder:
    """The result of a fine-tuning. name: None if no epoch was better than no training; history: plain JSON."""

    name: str | None
    number: int | None
    images: int
    history: Mapping[str, Any]


class TuneNetwork:
    """Fine-tunes and stores encoders; it does not change the project."""

    def __init__(
        self,
        *,
        versions: VersionStore,
        prepare_images: PrepareImages,
        load_network: Callable[[str], "Network"],
        finetuned_encoders: FinetunedEncoders,
        device: str,
    ) -> None:
        self._versions = versions
        self._prepare_images = prepare_images
        self._load_network = load_network
        self._finetuned_encoders = finetuned_encoders
        self._device = device

    def tune(
        self,
        project: Project,
        base: str,
        labeled: Sequence[LabeledImage],
        options: FinetuningOptions,
        *,
        progress: Progress,
    ) -> TunedEncoder:
        """Fine-tune the network of an encoder. Args: base: name of that encoder; labeled: training images only.

        Raises: CannotFinetune, NotEnoughLabels, EncoderUnavailable.
        """
        from ml.encoders.finetuned.files import pack_finetuned  # noqa: PLC0415

        network = self._load_network(base)
        labels_of = {image.image_id: image.labels for image in labeled}
        tuned, images = self._train(project, network, labels_of, options, progress)
        history = {"kept_epoch": tuned.kept_epoch, "epochs": [asdict(epoch) for epoch in tuned.history]}
        if tuned.kept_epoch == 0:
            return TunedEncoder(name=None, number=None, images=images, history=history)
        number = self._versions.next_number(project.id)
        made_from = {"project": project.id, "images": images, "seed": project.seed, "options": options.model_dump()}
        files = pack_finetuned(network, tuned.weights, made_from | history)
        name = self._finetuned_encoders.add(project.id, number, files)
        return TunedEncoder(name=name, number=number, images=images, history=history)

    def _train(
        self,
        project: Project,
        network: "Network",
        labels_of: Mapping[str, Sequence[str]],
        options: FinetuningOptions,
        progress: Progress,
    ) -> tuple["FinetunedNetwork", int]:
        from ml.finetuning.blocks_training import TrainingImages  # noqa: PLC0415
        from ml.finetuning.finetune import finetune  # noqa: PLC0415

        prepared = self._prepare_images.prepare(
            project, list(labels_of), network.description.preparation, progress=progress.part(0, READING_SHARE)
        )
        targets = targets_of([labels_of[image_id] for image_id in prepared.image_ids], project.active_labels)
        tuned = finetune(
            network,
            TrainingImages(images=prepared.images, targets=targets, multi_label=project.multi_label),
            options=options,
            seed=project.seed,
            device=self._device,
            on_epoch=_epoch_reporter(progress.part(READING_SHARE, 1), options),
        )
        return tuned, len(prepared.image_ids)


def _epoch_reporter(progress: Progress, options: FinetuningOptions) -> "Callable[[Epoch], None]":
    def report(epoch: "Epoch") -> None:
        accuracy = f"accuracy {100 * epoch.validation_accuracy:.1f} % on the images set aside"
        progress((epoch.number + 1) / (options.epochs + 1), f"epoch {epoch.number} of {options.epochs}: {accuracy}")

    return report
