"""Counts the parameters and multiply-adds of a network by running it once."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from ml.encoders.base import EncoderCost

# torch counts a multiplication and an addition as two.
OPERATIONS_PER_MULTIPLY_ADD = 2


def network_cost(network: nn.Module, *, height: int, width: int) -> EncoderCost:
    """Count the multiply-adds of matrix products and convolutions, which are nearly all the work, and the parameters.

    Modules that images do not go through, such as a text side, do not count.
    """
    image = torch.zeros((1, 3, height, width))
    with torch.no_grad(), _modules_that_run(network) as ran, FlopCounterMode(display=False) as operations:
        network(image)
    return EncoderCost(
        parameters=sum(parameter.numel() for module in ran for parameter in module.parameters(recurse=False)),
        multiply_adds=operations.get_total_flops() // OPERATIONS_PER_MULTIPLY_ADD,
    )


@contextmanager
def _modules_that_run(network: nn.Module) -> Iterator[set[nn.Module]]:
    ran: set[nn.Module] = set()

    def remember(module: nn.Module, _inputs: object) -> None:
        ran.add(module)

    hooks = [module.register_forward_pre_hook(remember) for module in network.modules()]
    try:
        yield ran
    finally:
        for hook in hooks:
            hook.remove()
