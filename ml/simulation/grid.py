"""Defines a grid of replays: every strategy with every head on every encoder, in repeated runs from the same starts."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice, product, repeat

import numpy as np

from ml.comparison.timing import Seconds
from ml.comparison.trial import EncodedImages, LabeledImages, TrialSpec
from ml.simulation.replay import LabelingSplit, ReplayedRound, labeling_split, replay
from ml.strategies.registry import strategy
from ml.types import Rows, Targets

# The strategy that all others are compared to, run by run.
RANDOM_BASELINE = "random"
# No strategy: the initial labels alone, then all labels of the pool at once. The floor and ceiling of every strategy.
FULL_SUPERVISION = "no active learning"


@dataclass(frozen=True, kw_only=True)
class Configuration:
    """A strategy with a head on an encoder, all by name."""

    strategy: str
    head: str
    encoder: str


@dataclass(frozen=True, kw_only=True)
class GridPlan:
    """Configuration of a grid of replays.

    Attributes:
        strategies, heads, encoders: names, at least one of each; random is added.
        runs: number of repetitions, each with other test images, other initial labels and another seed.
        iterations: number of batches to label; batch_sizes: of each batch in turn, the last one repeats.
        labels_per_class: of the initial labels; 0 lets the strategy pick the very first images too.
        test_share: in 0..1, used if the test images are not given.
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
        """All configurations: no active learning, then random, then the other strategies, for each encoder and head."""
        strategies = dict.fromkeys((FULL_SUPERVISION, RANDOM_BASELINE, *self.strategies))
        return tuple(
            Configuration(strategy=name, head=head, encoder=encoder)
            for encoder, head, name in product(self.encoders, self.heads, strategies)
        )

    @property
    def batches(self) -> tuple[int, ...]:
        """Number of labels that each iteration buys."""
        return tuple(islice(chain(self.batch_sizes, repeat(self.batch_sizes[-1])), self.iterations))


def labeling_split_of_run(plan: GridPlan, run: int, targets: Targets, *, test: Rows | None) -> LabelingSplit:
    """Split the images for one run, the same way for every configuration.

    Args: test: rows to test on; None draws them again for each run.
    Raises: NothingToReplay.
    """
    return labeling_split(
        targets,
        labels_per_class=plan.labels_per_class,
        test_share=plan.test_share,
        test=test,
        rng=np.random.default_rng([plan.seed, run]),
    )


def rounds_of_run(plan: GridPlan, configuration: Configuration, split: LabelingSplit) -> int:
    """Count the rounds of a run, including the initial one: fewer than planned if the pool is exhausted earlier."""
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
    """Replay one run of one configuration; deterministic but for the times.

    Args: encoded: by the encoder of the configuration.
    Raises: as `replay`, and NothingToReplay, UnknownStrategy, InvalidStrategyOptions.
    """
    split = labeling_split_of_run(plan, run, images.targets, test=test)
    strategy_name = RANDOM_BASELINE if configuration.strategy == FULL_SUPERVISION else configuration.strategy
    return replay(
        TrialSpec(encoded=encoded, head=configuration.head, labels_per_class=None),
        images,
        split,
        strategy(strategy_name),
        batches=_batches(plan, configuration, split),
        seed=_seed_of_run(plan, run),
        seconds=seconds,
    )


def _batches(plan: GridPlan, configuration: Configuration, split: LabelingSplit) -> tuple[int, ...]:
    return (len(split.pool),) if configuration.strategy == FULL_SUPERVISION else plan.batches


def _seed_of_run(plan: GridPlan, run: int) -> int:
    return int(np.random.SeedSequence([plan.seed, run]).generate_state(1)[0])
