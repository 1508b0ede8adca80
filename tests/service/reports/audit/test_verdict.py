"""Verdicts on strategies after an audit."""

from ml.statistics.intervals import ConfidenceInterval
from service.reports.audit.verdict import audit_verdict
from tests.ml.audited import an_audit, audited


def test_savings_are_said_with_their_interval() -> None:
    margin = audited("margin", 0.03, saved=ConfidenceInterval(low=0.2, estimate=0.35, high=0.48))

    assert audit_verdict(an_audit(margin)) == (
        "margin saved 35 % (20 to 48 %) of the labels that random choice would have needed for 85 % accuracy"
    )


def test_gain_within_noise_is_none() -> None:
    assert audit_verdict(an_audit(audited("margin", 0.005))) == (
        "margin: no difference to random choice can be shown on these 300 labels "
        "(+0.5 (-0.5 to +1.5) points of accuracy on the way)"
    )


def test_loss_beyond_noise_is_said() -> None:
    said = audit_verdict(an_audit(audited("margin", -0.04)))

    assert said.startswith("margin was worse than random choice on these 300 labels: -4.0 (-5.0 to -3.0) points")


def test_gain_whose_savings_are_unsure_claims_none() -> None:
    unsure = audited("margin", 0.03, saved=ConfidenceInterval(low=-0.1, estimate=0.2, high=0.4))

    assert audit_verdict(an_audit(unsure)) == (
        "margin was more accurate than random choice on the way, by +3.0 (+2.0 to +4.0) points; "
        "how many labels that saves cannot be shown"
    )


def test_the_projects_own_strategy_comes_first() -> None:
    said = audit_verdict(an_audit(audited("margin", -0.04), audited("entropy", -0.05), strategy="entropy"))

    assert said.index("entropy was worse") < said.index("margin was worse")


def test_random_alone_is_the_only_strategy() -> None:
    assert audit_verdict(an_audit(strategy="random")) == "random was the only strategy"
