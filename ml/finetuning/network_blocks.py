"""Finds the blocks of a network, so that only the last few are trained.

A block is what timm groups as one layer, for example a residual block or a transformer layer. The first block is the
stem. Layers without weights, such as a final normalisation, belong to the block before them.
"""

from dataclasses import dataclass

from timm.models import group_parameters
from torch import nn

from ml.errors import NotTunable

# Weights have an input and an output dimension; scales and shifts of a normalisation have one dimension.
_DIMENSIONS_OF_WEIGHTS = 2


@dataclass(frozen=True, kw_only=True)
class Blocks:
    """Some blocks of a network, given by the names of their parameters."""

    names: frozenset[str]

    def parameters(self, network: nn.Module) -> list[nn.Parameter]:
        """Return the parameters of these blocks."""
        return [parameter for name, parameter in network.named_parameters() if name in self.names]

    def freeze_others(self, network: nn.Module) -> None:
        """Freeze all other parameters, so that only these blocks have gradients."""
        for name, parameter in network.named_parameters():
            parameter.requires_grad_(name in self.names)


def last_blocks(network: nn.Module, count: int) -> Blocks:
    """Return the last `count` blocks of a network without a classifier. Raises: NotTunable."""
    blocks = _all_blocks(network)
    if not 0 < count <= len(blocks):
        raise NotTunable(f"{count} blocks cannot be fine-tuned: this network has {len(blocks)}, with its stem")
    return Blocks(names=frozenset(name for block in blocks[-count:] for name in block))


def _all_blocks(network: nn.Module) -> list[list[str]]:
    """List the parameter names of each block, from input to output."""
    matcher = getattr(network, "group_matcher", None)
    if matcher is None:
        raise NotTunable("this network does not define its blocks: choose an efficientnet-lite or timm: encoder")
    weights = {name for name, each in network.named_parameters() if each.ndim >= _DIMENSIONS_OF_WEIGHTS}
    blocks: list[list[str]] = []
    for _, names in sorted(group_parameters(network, matcher(coarse=False)).items()):
        if blocks and weights.isdisjoint(names):
            blocks[-1] += names
        else:
            blocks.append(list(names))
    return blocks
