"""Audits as the /v1 routes send them and as they are stored; a renamed field in `ml` changes no name here."""

from datetime import datetime
from typing import Self

from pydantic import BaseModel

from ml.audit.audit import Audit, AuditedStrategy, Savings
from ml.audit.stop_advice import StopAdvice
from ml.simulation.learning_curves import CurvePoint
from service.api.interval import ConfidenceIntervalView
from service.api.left_out import LeftOutView


class CurvePointView(BaseModel):
    """A mean over runs with its interval, at one number of labels."""

    labels: float
    interval: ConfidenceIntervalView


class SavingsView(BaseModel):
    """Labels saved in reaching the accuracy that random choice has with a share of its budget.

    labels, random_labels: the median over runs; null if fewer than half of the runs reach the accuracy.
    saved: fraction of random's labels that is saved, paired by run, at most 1; negative if more labels are needed. null
        for random itself, and if no run reaches the accuracy.
    """

    share_of_budget: float
    accuracy: float
    labels: float | None
    random_labels: float | None
    saved: ConfidenceIntervalView | None

    @classmethod
    def from_savings(cls, savings: Savings) -> Self:
        """Make the view of the savings."""
        return cls(
            share_of_budget=savings.share_of_budget,
            accuracy=savings.accuracy,
            labels=savings.labels,
            random_labels=savings.random_labels,
            saved=None if savings.saved is None else ConfidenceIntervalView.from_interval(savings.saved),
        )

    def to_savings(self) -> Savings:
        """Give back the savings."""
        return Savings(
            share_of_budget=self.share_of_budget,
            accuracy=self.accuracy,
            labels=self.labels,
            random_labels=self.random_labels,
            saved=None if self.saved is None else self.saved.to_interval(),
        )


class AuditedStrategyView(BaseModel):
    """Result of one strategy in an audit; intervals also hold for new images of the same kind.

    area: the mean accuracy on the way; gain: its difference to random's, null for random itself.
    """

    name: str
    curve: tuple[CurvePointView, ...]
    area: ConfidenceIntervalView
    gain: ConfidenceIntervalView | None
    savings: tuple[SavingsView, ...]
    seconds_per_query: float

    @classmethod
    def from_strategy(cls, strategy: AuditedStrategy) -> Self:
        """Make the view of the strategy."""
        return cls(
            name=strategy.name,
            curve=tuple(
                CurvePointView(labels=point.labels, interval=ConfidenceIntervalView.from_interval(point.interval))
                for point in strategy.curve
            ),
            area=ConfidenceIntervalView.from_interval(strategy.area),
            gain=None if strategy.gain is None else ConfidenceIntervalView.from_interval(strategy.gain),
            savings=tuple(SavingsView.from_savings(each) for each in strategy.savings),
            seconds_per_query=strategy.seconds_per_query,
        )

    def to_strategy(self) -> AuditedStrategy:
        """Give back the strategy."""
        return AuditedStrategy(
            name=self.name,
            curve=tuple(CurvePoint(labels=point.labels, interval=point.interval.to_interval()) for point in self.curve),
            area=self.area.to_interval(),
            gain=None if self.gain is None else self.gain.to_interval(),
            savings=tuple(each.to_savings() for each in self.savings),
            seconds_per_query=self.seconds_per_query,
        )


class StopAdviceView(BaseModel):
    """Predicted gain of more labels, and whether labeling may stop.

    labels: number of labels now. gain: in accuracy from `next_labels` more, in -1..1; null if it cannot be predicted.
    flattened: null if it is unclear.
    """

    labels: int
    next_labels: int
    gain: ConfidenceIntervalView | None
    flattened: bool | None
    sentence: str

    @classmethod
    def from_stop(cls, stop: StopAdvice) -> Self:
        """Make the view of the stop."""
        return cls(
            labels=stop.labels,
            next_labels=stop.next_labels,
            gain=None if stop.gain is None else ConfidenceIntervalView.from_interval(stop.gain),
            flattened=stop.flattened,
            sentence=stop.sentence,
        )

    def to_stop(self) -> StopAdvice:
        """Give back the stop."""
        return StopAdvice(
            labels=self.labels,
            next_labels=self.next_labels,
            gain=None if self.gain is None else self.gain.to_interval(),
            flattened=self.flattened,
            sentence=self.sentence,
        )


class AuditView(BaseModel):
    """Result of an audit.

    labels: number of labeled images. images: how many of them were replayed. tested: test images of each run.
    start: number of initial labels. budget: number of further labels that could be bought.
    strategy: the project's own, one of `strategies`.
    """

    labels: int
    images: int
    classes: int
    tested: int
    start: int
    budget: int
    encoder: str
    head: str
    runs: int
    seed: int
    strategy: str
    strategies: tuple[AuditedStrategyView, ...]
    stop: StopAdviceView

    @classmethod
    def from_audit(cls, audit: Audit) -> Self:
        """Make the view of the audit."""
        return cls(
            labels=audit.labels,
            images=audit.images,
            classes=audit.classes,
            tested=audit.tested,
            start=audit.start,
            budget=audit.budget,
            encoder=audit.encoder,
            head=audit.head,
            runs=audit.runs,
            seed=audit.seed,
            strategy=audit.strategy,
            strategies=tuple(AuditedStrategyView.from_strategy(each) for each in audit.strategies),
            stop=StopAdviceView.from_stop(audit.stop),
        )

    def to_audit(self) -> Audit:
        """Give back the audit."""
        return Audit(
            labels=self.labels,
            images=self.images,
            classes=self.classes,
            tested=self.tested,
            start=self.start,
            budget=self.budget,
            encoder=self.encoder,
            head=self.head,
            runs=self.runs,
            seed=self.seed,
            strategy=self.strategy,
            strategies=tuple(each.to_strategy() for each in self.strategies),
            stop=self.stop.to_stop(),
        )


class ChosenStrategyView(BaseModel):
    """The strategy to use next, by its full name, and the reason in one sentence."""

    strategy: str
    reason: str


class AuditRecordView(BaseModel):
    """An audit as it is stored and sent.

    verdict: what each strategy was worth, in one sentence. course: the strategy to use next.
    caveat: how far to trust the result.
    """

    title: str
    created_at: datetime
    verdict: str
    course: ChosenStrategyView
    caveat: str
    left_out: tuple[LeftOutView, ...]
    audit: AuditView
