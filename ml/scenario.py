"""What a replay of labeling starts from: who is labeled already, who may be asked, who is tested."""

from dataclasses import dataclass

import numpy as np

from ml.errors import NothingToReplay
from ml.splits.stratified import first_of_each_label, hold_out_share
from ml.types import Rows, Targets


@dataclass(frozen=True, kw_only=True, eq=False)
class Scenario:
    """Rows of the same labeled images, no row in two of them, each in rising order; the same for all that is compared.

    start: labeled before anybody is asked; may be empty. pool: whose labels may be bought. test: never trained on.
    """

    start: Rows
    pool: Rows
    test: Rows


def scenario_of(
    targets: Targets,
    *,
    labels_per_class: int,
    rng: np.random.Generator,
    test_share: float | None = None,
    test: Rows | None = None,
) -> Scenario:
    """Deal the images anew: the test part stratified, the start at random within each class.

    Args: targets: (images, classes), one label an image; labels_per_class: of the start, fewer where a class has fewer;
        test_share: in 0..1, of each class, at least one image where it has two; test: those rows instead.
    Raises: NothingToReplay.
    """
    dealing, starting = rng.spawn(2)
    if test is None:
        test = hold_out_share(targets, test_share or 0.0, rng=dealing)
    rest = np.setdiff1d(np.arange(len(targets)), test)
    if not len(test) or not len(rest):
        raise NothingToReplay(
            f"of {len(targets)} images {len(test)} are to test on and {len(rest)} to label: both need some, "
            "label more images or change the share that is tested"
        )
    start = first_of_each_label(targets, starting.permutation(rest), count=labels_per_class)
    pool = np.setdiff1d(rest, start)
    if not len(pool):
        raise NothingToReplay("all images are labeled from the start: start with fewer labels a class, or none")
    return Scenario(start=np.sort(start), pool=pool, test=np.sort(test))
