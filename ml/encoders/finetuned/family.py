"""Defines the family of encoders that the service has fine-tuned: `finetuned:...`."""

from ml.encoders.base import Encoder, Execution
from ml.encoders.family import EncoderFamily, FilesOf
from ml.encoders.finetuned.name import FINETUNED_PREFIX, parse_finetuned_name


def _load(name: str, execution: Execution, files_of: FilesOf) -> Encoder:
    # Imported here because torch takes seconds, and many processes only check names.
    from ml.encoders.finetuned.files import load_finetuned  # noqa: PLC0415

    return load_finetuned(name, files_of(name), execution)


FINETUNED = EncoderFamily(
    prefix=FINETUNED_PREFIX, example="finetuned:birds/7-0a1b2c3d", check=parse_finetuned_name, load=_load
)
