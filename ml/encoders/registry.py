"""Registers all encoders by name; looking a name up loads nothing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ml.encoder import Encoder, Execution, Precision
from ml.encoders import finetuned_name, openclip_name, timm_name
from ml.encoders.concatenation import WeightedEncoder, concatenate
from ml.encoders.concatenation_name import parse_concatenation
from ml.errors import EncoderUnavailable, UnknownEncoder
from ml.messages import truncate, unknown_name

# Gives the files of the fine-tuned encoder with this name. Raises: UnknownEncoder: there are none.
FilesOf = Callable[[str], Mapping[str, bytes]]

EFFICIENTNET_LITES = ("efficientnet-lite0", "efficientnet-lite1", "efficientnet-lite2")


@dataclass(frozen=True, kw_only=True)
class _Entry:
    """One kind of encoder: how its names are checked, how one is loaded, and what more can be done with it."""

    check: Callable[[str], object]
    load: Callable[[str, Execution, FilesOf], Encoder]
    example: str
    has_text_side: bool = False
    can_be_tuned: bool = False


def no_files(name: str) -> Mapping[str, bytes]:
    """Where no fine-tuned encoders are kept. Raises: EncoderUnavailable."""
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
        threads: that one call uses on a CPU; 0 lets the runtime choose.
        files_of: where fine-tuned encoders are kept.
    Raises: UnknownEncoder, EncoderUnavailable.
    """
    check_encoder_name(name)
    return _load(name, Execution(device=device, threads=threads, precision=precision), files_of)


def check_encoder_name(name: str) -> None:
    """Check the name alone, in no time; whether the weights are there shows when loading. Raises: UnknownEncoder."""
    if "\0" in name:
        raise UnknownEncoder(f"no encoder is called {truncate(name)!r}: neither a database nor a path can hold a NUL")
    if parts := parse_concatenation(name, _is_known):
        for part in parts:
            check_encoder_name(part.name)
        return
    if not _is_known(name):
        raise UnknownEncoder(unknown_name("encoder", name, [entry.example for entry in _ENTRIES.values()]))
    _ENTRIES[_kind(name)].check(name)


def has_text_side(name: str) -> bool:
    """Whether the encoder of this name, which must be a known one, turns texts into embeddings too; loads nothing."""
    if parts := parse_concatenation(name, _is_known):
        return all(has_text_side(part.name) for part in parts)
    return _ENTRIES[_kind(name)].has_text_side


def can_be_tuned(name: str) -> bool:
    """Whether the encoder of this name, which must be a known one, is one network that can be trained further."""
    return part_names(name) == (name,) and _ENTRIES[_kind(name)].can_be_tuned


def part_names(name: str) -> tuple[str, ...]:
    """The encoders that a known name is made of: itself alone where it is no concatenation."""
    return tuple(part.name for part in parse_concatenation(name, _is_known)) or (name,)


def _load(name: str, execution: Execution, files_of: FilesOf) -> Encoder:
    if parts := parse_concatenation(name, _is_known):
        loaded = [WeightedEncoder(encoder=_load(part.name, execution, files_of), weight=part.weight) for part in parts]
        return concatenate(name, loaded)
    return _ENTRIES[_kind(name)].load(name, execution, files_of)


def _is_known(name: str) -> bool:
    return _kind(name) in _ENTRIES


def _kind(name: str) -> str:
    """The whole name, or all of it up to the colon."""
    prefix, colon, _ = name.partition(":")
    return prefix + colon


def _load_efficientnet_lite(name: str, execution: Execution, _files_of: FilesOf) -> Encoder:
    # Imported here because torch takes seconds, which processes that only check names do not have.
    from ml.encoders.efficientnet_lite import load_efficientnet_lite  # noqa: PLC0415

    return load_efficientnet_lite(name, execution)


def _load_openclip(name: str, execution: Execution, _files_of: FilesOf) -> Encoder:
    from ml.encoders.openclip import load_openclip  # noqa: PLC0415

    return load_openclip(name, execution)


def _load_timm(name: str, execution: Execution, _files_of: FilesOf) -> Encoder:
    from ml.encoders.timm_network import load_timm  # noqa: PLC0415

    return load_timm(name, execution)


def _load_finetuned(name: str, execution: Execution, files_of: FilesOf) -> Encoder:
    from ml.encoders.finetuned import load_finetuned  # noqa: PLC0415

    return load_finetuned(name, files_of(name), execution)


_ENTRIES: Mapping[str, _Entry] = {
    **{
        name: _Entry(check=str, load=_load_efficientnet_lite, example=name, can_be_tuned=True)
        for name in EFFICIENTNET_LITES
    },
    openclip_name.PREFIX: _Entry(
        check=openclip_name.parse_openclip_name,
        load=_load_openclip,
        example="openclip:ViT-B-32/laion2b_s34b_b79k",
        has_text_side=True,
    ),
    timm_name.PREFIX: _Entry(
        check=timm_name.parse_timm_name, load=_load_timm, example="timm:resnet50.a1_in1k", can_be_tuned=True
    ),
    finetuned_name.PREFIX: _Entry(
        check=finetuned_name.parse_finetuned_name, load=_load_finetuned, example="finetuned:birds/7-0a1b2c3d"
    ),
}
