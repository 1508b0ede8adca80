"""Registers all strategies by name: a new strategy is one file and one line here."""

from ml.errors import UnknownStrategy
from ml.messages import unknown_name
from ml.strategies.base import BaseStrategy, split_strategy_name
from ml.strategies.baselines.class_balanced_random import ClassBalancedRandom
from ml.strategies.baselines.random_order import RandomOrder
from ml.strategies.diversity.core_set import CoreSet
from ml.strategies.diversity.k_means import KMeans
from ml.strategies.diversity.max_herding import MaxHerding
from ml.strategies.diversity.probcover import ProbCover
from ml.strategies.diversity.typiclust import TypiClust
from ml.strategies.hybrid.auto import Auto
from ml.strategies.hybrid.badge import Badge
from ml.strategies.hybrid.cluster_margin import ClusterMargin
from ml.strategies.hybrid.committee import Committee
from ml.strategies.hybrid.drop_query import DropQuery
from ml.strategies.hybrid.power_bald import PowerBald
from ml.strategies.hybrid.tail_first import TailFirst
from ml.strategies.hybrid.uncertainty_herding import UncertaintyHerding
from ml.strategies.uncertainty.entropy import Entropy
from ml.strategies.uncertainty.least_confidence import LeastConfidence
from ml.strategies.uncertainty.margin import Margin
from ml.strategies.uncertainty.ratio import Ratio

_KINDS: tuple[type[BaseStrategy], ...] = (
    Auto,
    RandomOrder,
    Margin,
    Entropy,
    LeastConfidence,
    Ratio,
    ClusterMargin,
    Badge,
    ClassBalancedRandom,
    TailFirst,
    Committee,
    PowerBald,
    DropQuery,
    TypiClust,
    MaxHerding,
    UncertaintyHerding,
    KMeans,
    CoreSet,
    ProbCover,
)


def strategies() -> tuple[BaseStrategy, ...]:
    """Return every kind of strategy with its default options."""
    return tuple(kind.of({}) for kind in _KINDS)


def strategy(name: str) -> BaseStrategy:
    """Create a strategy from its name.

    Args: name: a kind, with options that differ from their defaults: `margin(random_share=0.1)`.
    Raises: UnknownStrategy, InvalidStrategyOptions.
    """
    return _of(*split_strategy_name(name))


def strategy_names() -> tuple[str, ...]:
    """Return the names of all kinds."""
    return tuple(each.kind for each in _KINDS)


def with_random_share(name: str, share: float) -> str:
    """Return the full name of the same strategy with a random share of at least this, in 0..1.

    Raises: UnknownStrategy, InvalidStrategyOptions.
    """
    kind, options = split_strategy_name(name)
    own = _of(kind, options)
    return own.name if own.random_share >= share else _of(kind, options | {"random_share": str(share)}).name


def with_rules_of(name: str, other: str) -> str:
    """Return the full name of a strategy, with the picking rules of another strategy where it does not set its own.

    Raises: UnknownStrategy, InvalidStrategyOptions.
    """
    kind, options = split_strategy_name(name)
    _, others = split_strategy_name(other)
    rules = {option: value for option, value in others.items() if option in BaseStrategy.model_fields}
    return _of(kind, rules | options).name


def _of(kind: str, options: dict[str, str]) -> BaseStrategy:
    by_kind = {each.kind: each for each in _KINDS}
    if kind not in by_kind:
        raise UnknownStrategy(unknown_name("strategy", kind, strategy_names()))
    return by_kind[kind].of(options)
