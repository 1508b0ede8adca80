"""Audits as the /v1 routes send them and as they are stored: a field renamed in `ml` is renamed nowhere here."""

from datetime import datetime

from pydantic import BaseModel

from ml.audit.audit import Audit, AuditedStrategy, Savings
from ml.audit.stop_advice import StopAdvice
from ml.simulation.learning_curves import CurvePoint
from service.api.interval import (
    ConfidenceIntervalView,
    interval_or_none_view,
    interval_view,
    read_interval,
    read_interval_or_none,
)
from service.api.left_out import LeftOutView


class CurvePointView(BaseModel):
    """What runs gave after so many labels."""

    labels: float
    interval: ConfidenceIntervalView


class SavingsView(BaseModel):
    """What it takes to be as accurate as random is with a share of the labels that it may buy.

    labels, random_labels: the median over runs, None where less than half of them get there.
    saved: share of random's labels, by which run for run fewer are needed, at most 1; negative where it takes more.
        None for random itself, and where no run gets there.
    """

    share_of_budget: float
    accuracy: float
    labels: float | None
    random_labels: float | None
    saved: ConfidenceIntervalView | None


class AuditedStrategyView(BaseModel):
    """How labeling by one strategy went; intervals are about other images of the same kind, too.

    For gains and savings that takes no widening: of 42 projects of 300 images, drawn from three data sets, 40 had the
    mean gain of all that were drawn from the same one within Student's interval over their runs.

    area: the mean accuracy on the way; gain: how much more that is than random's, None for random itself.
    """

    name: str
    curve: tuple[CurvePointView, ...]
    area: ConfidenceIntervalView
    gain: ConfidenceIntervalView | None
    savings: tuple[SavingsView, ...]
    seconds_per_query: float


class StopAdviceView(BaseModel):
    """What more labels are expected to bring.

    labels: how many there are now. gain: of accuracy by NEXT_LABELS more, in -1..1; None where nothing can be said.
    flattened: None where it cannot be told.
    """

    labels: int
    next_labels: int
    gain: ConfidenceIntervalView | None
    flattened: bool | None
    sentence: str


class AuditView(BaseModel):
    """What came of an audit.

    labels: images with a label, of which so many `images` were replayed, each run with `tested` of them tested; budget:
        labels that could be bought beside those of the start. strategy: the project's own, one of `strategies`.
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


class ChosenStrategyView(BaseModel):
    """By which strategy to ask, by its full name, and why in one sentence."""

    strategy: str
    reason: str


class AuditRecordView(BaseModel):
    """An audit as it is stored and sent.

    verdict: what each strategy was worth, in one sentence; course: by what to go on asking; caveat: how far to trust
        that.
    """

    title: str
    created_at: datetime
    verdict: str
    course: ChosenStrategyView
    caveat: str
    left_out: tuple[LeftOutView, ...]
    audit: AuditView


def audit_view(audit: Audit) -> AuditView:
    """Show an audit."""
    return AuditView(
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
        strategies=tuple(_strategy_view(each) for each in audit.strategies),
        stop=_stop_view(audit.stop),
    )


def _strategy_view(strategy: AuditedStrategy) -> AuditedStrategyView:
    return AuditedStrategyView(
        name=strategy.name,
        curve=tuple(
            CurvePointView(labels=point.labels, interval=interval_view(point.interval)) for point in strategy.curve
        ),
        area=interval_view(strategy.area),
        gain=interval_or_none_view(strategy.gain),
        savings=tuple(_savings_view(each) for each in strategy.savings),
        seconds_per_query=strategy.seconds_per_query,
    )


def _savings_view(savings: Savings) -> SavingsView:
    return SavingsView(
        share_of_budget=savings.share_of_budget,
        accuracy=savings.accuracy,
        labels=savings.labels,
        random_labels=savings.random_labels,
        saved=interval_or_none_view(savings.saved),
    )


def _stop_view(stop: StopAdvice) -> StopAdviceView:
    return StopAdviceView(
        labels=stop.labels,
        next_labels=stop.next_labels,
        gain=interval_or_none_view(stop.gain),
        flattened=stop.flattened,
        sentence=stop.sentence,
    )


def read_audit(view: AuditView) -> Audit:
    """Turn what was shown into the audit again."""
    return Audit(
        labels=view.labels,
        images=view.images,
        classes=view.classes,
        tested=view.tested,
        start=view.start,
        budget=view.budget,
        encoder=view.encoder,
        head=view.head,
        runs=view.runs,
        seed=view.seed,
        strategy=view.strategy,
        strategies=tuple(_read_strategy(each) for each in view.strategies),
        stop=_read_stop(view.stop),
    )


def _read_strategy(view: AuditedStrategyView) -> AuditedStrategy:
    return AuditedStrategy(
        name=view.name,
        curve=tuple(CurvePoint(labels=point.labels, interval=read_interval(point.interval)) for point in view.curve),
        area=read_interval(view.area),
        gain=read_interval_or_none(view.gain),
        savings=tuple(_read_savings(each) for each in view.savings),
        seconds_per_query=view.seconds_per_query,
    )


def _read_savings(view: SavingsView) -> Savings:
    return Savings(
        share_of_budget=view.share_of_budget,
        accuracy=view.accuracy,
        labels=view.labels,
        random_labels=view.random_labels,
        saved=read_interval_or_none(view.saved),
    )


def _read_stop(view: StopAdviceView) -> StopAdvice:
    return StopAdvice(
        labels=view.labels,
        next_labels=view.next_labels,
        gain=read_interval_or_none(view.gain),
        flattened=view.flattened,
        sentence=view.sentence,
    )
