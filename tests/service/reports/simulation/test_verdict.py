"""The sentence that names the best strategy."""

from tests.service.reports.simulation.simulated import a_simulation


def test_verdict_names_the_best_its_lead_and_whether_that_may_be_chance() -> None:
    # Mean accuracy is .05 and .1 above random: mean 7.5 points, standard error 2.5, t 12.706.
    assert a_simulation().verdict.startswith(
        "margin is best of all: +7.5 (-24.3 to +39.3) points over random on the way from 10 to 20 labels: within noise"
    )


def test_verdict_of_a_single_run_has_no_interval() -> None:
    assert a_simulation(runs=1).verdict.startswith(
        "margin is best of all: +5.0 points over random on the way from 10 to 20 labels: "
        "a single run says nothing about others"
    )


def test_verdict_names_the_labels_saved_to_the_highest_accuracy_that_all_runs_reach() -> None:
    assert a_simulation(accuracies=(0.65, 0.7, 0.75)).verdict.endswith("labels saved to reach 70.0 %")


def test_verdict_says_nothing_of_an_accuracy_that_the_start_has() -> None:
    assert "labels saved" not in a_simulation(accuracies=(0.5,)).verdict


def test_verdict_of_random_alone_says_that_there_is_nothing_to_compare() -> None:
    assert a_simulation(strategy="random").verdict.endswith("on the way; there is no strategy to compare with it")


def test_verdict_has_a_part_for_each_head() -> None:
    verdict = a_simulation(heads=("knn", "mlp")).verdict

    assert verdict.startswith("knn on lite: margin is best")
    assert "; mlp on lite: margin is best" in verdict
