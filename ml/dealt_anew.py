"""Widens intervals over runs that deal the same images anew, so that they are about other images too."""

from ml.promotion import Interval


def widened(interval: Interval, *, runs: int, tested_to_rest: float) -> Interval:
    """The corrected resampled t-interval: Nadeau and Bengio 2003, "Inference for the generalization error", eq. 9.

    Runs that share their images agree more than runs on images yet to come: what Student's interval divides by the
    number of runs J is multiplied by 1/J + tested_to_rest instead. Not for differences of strategies: those owe most of
    their noise to what each run happens to ask, which the runs do not share.

    Args: interval: over so many runs, as of `mean_over_runs`; tested_to_rest: images tested for each that is not.
    """
    factor = (1 + runs * tested_to_rest) ** 0.5
    return Interval(
        low=interval.estimate - factor * (interval.estimate - interval.low),
        estimate=interval.estimate,
        high=interval.estimate + factor * (interval.high - interval.estimate),
    )
