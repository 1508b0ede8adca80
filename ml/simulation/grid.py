"""A grid of replays: every strategy with every head on every encoder, again and again from the same starts."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice, product, repeat

import numpy as np

from ml.comparison.timing import Seconds
from ml.comparison.trial import EncodedImages, LabeledImages, TrialSpec
from ml.simulation.replay import LabelingSplit, ReplayedRound, labeling_split, replay
from ml.strategies.registry import strategy
from ml.types import Rows, Targets

# What all others are compared to, run by run.
RANDOM_BASELINE = "random"
# The start by itself, and then all labels of the pool at once: the floor and the ceiling of every strategy.
FULL_SUPERVISION = "no active learning"


@dataclass(frozen=True, kw_only=True)
class Configuration:
    """One way of labeling: by a strategy, with a head on an encoder; all by name."""

    strategy: str
    head: str
    encoder: str


@dataclass(frozen=True, kw_only=True)
class GridPlan:
    """What to replay.

    Attributes:
        strategies, heads, encoders: names, each at least one; asking at random is added.
        runs: how often, each time with other test images, another start and another seed.
        iterations: how many batches are asked for; batch_sizes: of the first, the second and so on, the last goes on.
        labels_per_class: of the start; 0 lets the strategy ask for the very first images too.
        test_share: in 0..1, where the test images are not given.
    """

    strategies: tuple[str, ...]
    heads: tuple[str, ...]
    encoders: tuple[str, ...]
    runs: int = 10
    iterations: int = 10
    batch_sizes: tuple[int, ...] = (10,)
    labels_per_class: int = 1
    test_share: float = 0.3
    seed: int = 0

    @property
    def configurations(self) -> tuple[Configuration, ...]:
        """All of them; where neither is a strategy, what frames them comes first: no active learning, then random."""
        strategies = dict.fromkeys((FULL_SUPERVISION, RANDOM_BASELINE, *self.strategies))
        return tuple(
            Configuration(strategy=name, head=head, encoder=encoder)
            for encoder, head, name in product(self.encoders, self.heads, strategies)
        )

    @property
    def batches(self) -> tuple[int, ...]:
        """How many labels each iteration buys."""
        return tuple(islice(chain(self.batch_sizes, repeat(self.batch_sizes[-1])), self.iterations))


def labeling_split_of_run(plan: GridPlan, run: int, targets: Targets, *, test: Rows | None) -> LabelingSplit:
    """The same for every configuration.

    Args: test: rows to test on; dealt anew for each run when None. Raises: NothingToReplay.
    """
    return labeling_split(
        targets,
        labels_per_class=plan.labels_per_class,
        test_share=plan.test_share,
        test=test,
        rng=np.random.default_rng([plan.seed, run]),
    )


def rounds_of_run(plan: GridPlan, configuration: Configuration, split: LabelingSplit) -> int:
    """How many rounds a run has, with that of the start: fewer than planned where the pool ends before."""
    bought = np.cumsum(_batches(plan, configuration, split))
    return 1 + min(len(bought), 1 + int((bought < len(split.pool)).sum()))


def replay_run(
    plan: GridPlan,
    configuration: Configuration,
    run: int,
    images: LabeledImages,
    encoded: EncodedImages,
    *,
    test: Rows | None,
    seconds: Seconds,
) -> Iterator[ReplayedRound]:
    """All but the times is the same for the same arguments.

    Args: encoded: by the configuration's encoder. Raises: as `replay`, and NothingToReplay, UnknownStrategy,
        InvalidStrategyOptions.
    """
    split = labeling_split_of_run(plan, run, images.targets, test=test)
    asks = RANDOM_BASELINE if configuration.strategy == FULL_SUPERVISION else configuration.strategy
    return replay(
        TrialSpec(encoded=encoded, head=configuration.head, labels_per_class=None),
        images,
        split,
        strategy(asks),
        batches=_batches(plan, configuration, split),
        seed=_seed_of_run(plan, run),
        seconds=seconds,
    )


def _batches(plan: GridPlan, configuration: Configuration, split: LabelingSplit) -> tuple[int, ...]:
    return (len(split.pool),) if configuration.strategy == FULL_SUPERVISION else plan.batches


def _seed_of_run(plan: GridPlan, run: int) -> int:
    return int(np.random.SeedSequence([plan.seed, run]).generate_state(1)[0])
