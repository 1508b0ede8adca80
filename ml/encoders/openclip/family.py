"""Defines the family of open_clip's encoders: `openclip:...`."""

from ml.encoders.base import Encoder, Execution
from ml.encoders.family import EncoderFamily, FilesOf
from ml.encoders.openclip.name import OPENCLIP_PREFIX, parse_openclip_name


def _load(name: str, execution: Execution, _files_of: FilesOf) -> Encoder:
    # Imported here because open_clip takes seconds, and many processes only check names.
    from ml.encoders.openclip.encoder import load_openclip  # noqa: PLC0415

    return load_openclip(name, execution)


OPENCLIP = EncoderFamily(
    prefix=OPENCLIP_PREFIX,
    example="openclip:ViT-B-32/laion2b_s34b_b79k",
    check=parse_openclip_name,
    load=_load,
    has_text_side=True,
)
