"""By what a project goes on asking after an audit."""

from ml.course import course
from tests.ml.audited import an_audit, audited


def test_strategy_that_beats_random_goes_on() -> None:
    found = course(an_audit(audited("entropy", 0.05), audited("margin", 0.02)))

    assert found.strategy == "margin"
    assert found.reason.endswith("+2.0 (+1.0 to +3.0) points of accuracy: the course stays")


def test_strategy_that_does_not_gives_way_to_the_surest() -> None:
    found = course(
        an_audit(
            audited("entropy", 0.05, reach=0.045), audited("k-means", 0.03), audited("margin", 0.0), strategy="margin"
        )
    )

    assert found.strategy == "k-means"
    assert found.reason == (
        "by the audit of 300 labels margin is not shown to be better than random choice, +0.0 (-1.0 to +1.0) points of "
        "accuracy, but k-means is better than random choice, +3.0 (+2.0 to +4.0) points of accuracy: the course is "
        "k-means"
    )


def test_where_nothing_is_shown_to_be_better_half_is_asked_at_random() -> None:
    found = course(
        an_audit(audited("entropy", 0.005), audited("margin(distinct=0.9)", 0.0), strategy="margin(distinct=0.9)")
    )

    assert found.strategy == "margin(distinct=0.9, random_share=0.5)"
    assert "nor is any other strategy: half of what is asked now comes at random" in found.reason


def test_another_course_keeps_the_rules_that_the_project_asks_for() -> None:
    own = "auto(distinct=0.95, random_share=0.1)"

    found = course(an_audit(audited("margin(distinct=0.9)", 0.03), audited(own, 0.0), strategy=own))

    assert found.strategy == "margin(distinct=0.9, random_share=0.1)"
    assert found.reason.endswith("the course is margin(distinct=0.9, random_share=0.1)")


def test_who_asks_for_more_at_random_already_goes_on_with_it() -> None:
    own = "auto(random_share=0.8)"

    assert course(an_audit(audited("margin", 0.0), audited(own, 0.0), strategy=own)).strategy == own


def test_where_the_strategy_is_worse_images_are_asked_for_at_random() -> None:
    found = course(an_audit(audited("entropy", 0.005), audited("margin", -0.02)))

    assert found.strategy == "random"
    assert "margin is worse than random choice, -2.0 (-3.0 to -1.0) points" in found.reason


def test_random_stays_random() -> None:
    assert course(an_audit(audited("margin", 0.02), strategy="random")).strategy == "random"
