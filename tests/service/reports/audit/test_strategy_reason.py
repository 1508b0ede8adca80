"""The sentence that explains a project's strategy after an audit."""

import pytest

from ml.audit.audit import Audit
from ml.audit.strategy_choice import choose_strategy
from service.reports.audit.strategy_reason import strategy_reason
from tests.ml.audited import an_audit, audited


@pytest.mark.parametrize(
    ("audit", "said"),
    [
        (
            an_audit(audited("margin", 0.02)),
            "by the audit of 300 labels margin is better than random choice, +2.0 (+1.0 to +3.0) points of accuracy: "
            "the strategy stays",
        ),
        (
            an_audit(audited("k-means", 0.03), audited("margin", 0.0)),
            "by the audit of 300 labels margin is not shown to be better than random choice, +0.0 (-1.0 to +1.0) "
            "points of accuracy, but k-means is better than random choice, +3.0 (+2.0 to +4.0) points of accuracy: "
            "the strategy is now k-means",
        ),
        (
            an_audit(audited("margin", -0.02)),
            "by the audit of 300 labels margin is worse than random choice, -2.0 (-3.0 to -1.0) points of accuracy, "
            "and no other strategy is shown to be better: the strategy is now random choice",
        ),
        (
            an_audit(audited("margin", 0.0)),
            "by the audit of 300 labels margin is not shown to be better than random choice, +0.0 (-1.0 to +1.0) "
            "points of accuracy, nor is any other strategy: half of the images to label are now drawn at "
            "random, which also makes the next audit more certain",
        ),
        (
            an_audit(strategy="random"),
            "by the audit of 300 labels random is the baseline of all comparisons: the strategy stays",
        ),
    ],
)
def test_reason_says_how_the_own_strategy_did_and_what_follows(audit: Audit, said: str) -> None:
    assert strategy_reason(audit, choose_strategy(audit)) == said
