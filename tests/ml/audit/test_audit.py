"""Audits of strategies on existing labels."""

from itertools import count

import numpy as np
import pytest

from ml.audit.audit import MOST_REPLAYED_IMAGES, Audit, AuditPlan, audit, growing_batches
from ml.comparison.trial import EncodedImages, LabeledImages
from ml.errors import NothingToAudit, UnknownStrategy
from ml.types import Targets
from tests.ml.clouds import ENCODER, Cloud, cloud

CLOUD = cloud(40, 40, 40, noise=0.4)


def audit_of(labeled: Cloud = CLOUD, plan: AuditPlan | None = None, *, said: list[str] | None = None) -> Audit:
    ticks = count()
    heard = [] if said is None else said
    return audit(
        images_of(labeled.targets),
        EncodedImages(encoder=ENCODER, embeddings=labeled.embeddings),
        "nearest-class-mean",
        plan or AuditPlan(strategy="entropy", runs=3),
        seconds=lambda: float(next(ticks)),
        report=lambda _share, message: heard.append(message),
    )


def images_of(targets: Targets) -> LabeledImages:
    return LabeledImages(
        names=tuple(f"{row}" for row in range(len(targets))),
        targets=targets,
        labels=tuple(f"class {place}" for place in range(targets.shape[1])),
    )


@pytest.fixture(scope="module")
def found() -> Audit:
    """Audit entropy and its rivals with three runs."""
    return audit_of()


def test_random_margin_and_the_projects_own_strategy_are_replayed(found: Audit) -> None:
    assert [each.name for each in found.strategies] == ["random", "margin", "entropy"]
    assert found.own.name == "entropy"


def test_all_strategies_start_with_the_same_labels_and_end_with_all(found: Audit) -> None:
    assert (found.start, found.budget, found.tested) == (3, 81, 36)
    assert {each.curve[0].labels for each in found.strategies} == {3}
    assert {each.curve[-1].labels for each in found.strategies} == {84}
    assert len({each.curve[-1].interval for each in found.strategies}) == 1


def test_random_is_compared_to_nothing(found: Audit) -> None:
    random, margin, _ = found.strategies

    assert random.gain is None
    assert [each.saved for each in random.savings] == [None, None]
    assert margin.gain is not None
    assert margin.gain.low < margin.gain.estimate < margin.gain.high


def test_strategy_that_is_random_by_another_name_saves_nothing() -> None:
    found = audit_of(plan=AuditPlan(strategy="margin(random_share=1)", rivals=(), runs=5))

    assert found.own.gain is not None
    assert found.own.gain.low < 0 < found.own.gain.high


def test_the_same_seed_audits_the_same_whatever_the_time(found: Audit) -> None:
    assert audit_of() == found


def test_the_first_images_may_be_picked_too() -> None:
    found = audit_of(plan=AuditPlan(strategy="margin", runs=3, labels_per_class=0))

    assert found.start == 0
    assert found.strategies[0].curve[0].labels == 0
    assert found.stop.gain is not None


def test_stop_advice_counts_from_all_labels(found: Audit) -> None:
    assert found.stop.labels == 120


def test_it_says_how_far_it_is_and_how_long_it_will_take() -> None:
    said: list[str] = []

    audit_of(said=said)

    assert said[0] == "run 1 of 3 by random"
    assert said[-1].startswith("run 3 of 3 by entropy, about ")
    assert len(said) == 9


def test_too_few_labels_say_how_many_are_missing() -> None:
    with pytest.raises(NothingToAudit, match="3 classes needs 50 labeled images, and there are 45: label 5 more"):
        audit_of(cloud(15, 15, 15))


def test_many_classes_need_ten_images_each() -> None:
    with pytest.raises(NothingToAudit, match="6 classes needs 60 labeled images, and there are 54: label 6 more"):
        audit_of(cloud(9, 9, 9, 9, 9, 9))


def test_one_class_is_nothing_to_audit() -> None:
    with pytest.raises(NothingToAudit, match="two classes"):
        audit_of(cloud(60, 0))


def test_unknown_strategy_is_refused_before_anything_is_replayed() -> None:
    said: list[str] = []

    with pytest.raises(UnknownStrategy):
        audit_of(plan=AuditPlan(strategy="margn"), said=said)

    assert said == []


def test_of_very_many_labels_some_are_replayed() -> None:
    found = audit_of(cloud(2_600, 2_600, noise=0.4), AuditPlan(strategy="random", rivals=(), runs=3))

    assert (found.labels, found.images, found.stop.labels) == (5_200, MOST_REPLAYED_IMAGES, 5_200)


def test_batches_grow_with_the_labels_until_none_is_left() -> None:
    batches = growing_batches(10, 200, first=10)

    totals = 10 + np.cumsum(batches)
    assert len(batches) == 8
    assert totals[-1] == 210
    assert np.allclose(totals, np.geomspace(10, 210, 9)[1:], atol=0.5)


def test_batches_without_a_start_begin_with_the_first() -> None:
    assert growing_batches(0, 60, first=3)[0] == 3
    assert sum(growing_batches(0, 60, first=3)) == 60


def test_a_tiny_pool_has_fewer_batches() -> None:
    assert growing_batches(2, 3, first=2) == (1, 1, 1)
