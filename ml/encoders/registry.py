"""Registers all families of encoders: a new family is one file and one line here. Checking a name loads nothing."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ml.encoders.base import Encoder, Execution, Precision
from ml.encoders.concatenation.encoder import WeightedEncoder, concatenate
from ml.encoders.concatenation.name import parse_concatenation
from ml.encoders.efficientnet_lite.family import EFFICIENTNET_LITES
from ml.encoders.family import EncoderFamily, FilesOf
from ml.encoders.finetuned.family import FINETUNED
from ml.encoders.openclip.family import OPENCLIP
from ml.encoders.timm.family import TIMM
from ml.errors import EncoderUnavailable, UnknownEncoder
from ml.messages import truncate, unknown_name

if TYPE_CHECKING:
    from ml.encoders.frozen import Network

_FAMILIES: tuple[EncoderFamily, ...] = (*EFFICIENTNET_LITES, OPENCLIP, TIMM, FINETUNED)


def no_files(name: str) -> Mapping[str, bytes]:
    """Refuse every fine-tuned encoder; for programs that keep none. Raises: EncoderUnavailable."""
    raise EncoderUnavailable(f"{name} is kept by the service that fine-tuned it: load it there.")


def load_encoder(
    name: str,
    *,
    device: str = "cpu",
    threads: int = 0,
    precision: Precision = "fp32",
    files_of: FilesOf = no_files,
) -> Encoder:
    """Load the encoder with this name, ready to run; takes seconds.

    Args:
        device: cpu, or a CUDA device.
        threads: per call on a CPU; 0 lets the runtime choose.
        files_of: returns the files of a fine-tuned encoder.
    Raises: UnknownEncoder, EncoderUnavailable.
    """
    check_encoder_name(name)
    return _load(name, Execution(device=device, threads=threads, precision=precision), files_of)


def check_encoder_name(name: str) -> None:
    """Check a name without loading anything; missing weights are only found when loading. Raises: UnknownEncoder."""
    if "\0" in name:
        raise UnknownEncoder(f"no encoder is called {truncate(name)!r}: a name cannot contain a NUL character")
    if parts := parse_concatenation(name, _is_known):
        for part in parts:
            check_encoder_name(part.name)
        return
    if not _is_known(name):
        raise UnknownEncoder(unknown_name("encoder", name, [family.example for family in _FAMILIES]))
    _family(name).check(name)


def has_text_side(name: str) -> bool:
    """Return True if an encoder can embed texts too; loads nothing, and the name must be known."""
    if parts := parse_concatenation(name, _is_known):
        return all(has_text_side(part.name) for part in parts)
    return _family(name).has_text_side


def can_be_tuned(name: str) -> bool:
    """Return True if an encoder is a single network that can be trained further; the name must be known."""
    return part_names(name) == (name,) and _family(name).load_network is not None


def tunable_encoders() -> str:
    """List the encoders that can be trained further, by name or prefix, for messages to users."""
    return ", ".join(family.prefix for family in _FAMILIES if family.load_network is not None)


def load_network(name: str) -> "Network":
    """Load the network of the encoder with this name, in torch on the CPU, in evaluation mode.

    Raises:
        UnknownEncoder: no encoder has this name.
        EncoderUnavailable: the weights cannot be loaded, or it is not a single network that can be trained.
    """
    check_encoder_name(name)
    load = _family(name).load_network if part_names(name) == (name,) else None
    if load is None:
        raise EncoderUnavailable(
            f"The network of {name!r} cannot be trained further: choose one of {tunable_encoders()}"
        )
    return load(name)


def part_names(name: str) -> tuple[str, ...]:
    """Return the names of the encoders in a concatenation; the name itself for a single encoder. It must be known."""
    return tuple(part.name for part in parse_concatenation(name, _is_known)) or (name,)


def _load(name: str, execution: Execution, files_of: FilesOf) -> Encoder:
    if parts := parse_concatenation(name, _is_known):
        loaded = [WeightedEncoder(encoder=_load(part.name, execution, files_of), weight=part.weight) for part in parts]
        return concatenate(name, loaded)
    return _family(name).load(name, execution, files_of)


def _is_known(name: str) -> bool:
    return _prefix(name) in _families()


def _family(name: str) -> EncoderFamily:
    return _families()[_prefix(name)]


def _families() -> Mapping[str, EncoderFamily]:
    return {family.prefix: family for family in _FAMILIES}


def _prefix(name: str) -> str:
    """Return the name up to the colon, including it; the whole name if there is none."""
    prefix, colon, _ = name.partition(":")
    return prefix + colon
