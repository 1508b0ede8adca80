"""The strategy that a project uses after an audit."""

from ml.audit.strategy_choice import Ground, choose_strategy
from tests.ml.audited import an_audit, audited


def test_strategy_that_beats_random_goes_on() -> None:
    found = choose_strategy(an_audit(audited("entropy", 0.05), audited("margin", 0.02)))

    assert (found.strategy, found.ground) == ("margin", Ground.OWN_IS_BETTER)


def test_strategy_that_does_not_gives_way_to_the_surest() -> None:
    surest = audited("k-means", 0.03)

    found = choose_strategy(
        an_audit(audited("entropy", 0.05, reach=0.045), surest, audited("margin", 0.0), strategy="margin")
    )

    assert (found.strategy, found.ground, found.other) == ("k-means", Ground.ANOTHER_IS_BETTER, surest)


def test_half_is_picked_at_random_if_nothing_is_shown_to_be_better() -> None:
    found = choose_strategy(
        an_audit(audited("entropy", 0.005), audited("margin(distinct=0.9)", 0.0), strategy="margin(distinct=0.9)")
    )

    assert (found.strategy, found.ground) == ("margin(distinct=0.9, random_share=0.5)", Ground.NONE_IS_BETTER)


def test_another_strategy_keeps_the_rules_that_the_project_asks_for() -> None:
    own = "auto(distinct=0.95, random_share=0.1)"

    found = choose_strategy(an_audit(audited("margin(distinct=0.9)", 0.03), audited(own, 0.0), strategy=own))

    assert found.strategy == "margin(distinct=0.9, random_share=0.1)"


def test_who_asks_for_more_at_random_already_goes_on_with_it() -> None:
    own = "auto(random_share=0.8)"

    assert choose_strategy(an_audit(audited("margin", 0.0), audited(own, 0.0), strategy=own)).strategy == own


def test_everything_is_picked_at_random_if_the_strategy_is_worse() -> None:
    found = choose_strategy(an_audit(audited("entropy", 0.005), audited("margin", -0.02)))

    assert (found.strategy, found.ground) == ("random", Ground.OWN_IS_WORSE)


def test_random_stays_random() -> None:
    assert choose_strategy(an_audit(audited("margin", 0.02), strategy="random")).strategy == "random"
