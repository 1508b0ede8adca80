"""Auto: the strategy it uses at each stage."""

from dataclasses import replace

import numpy as np
import pytest

from ml.strategies.hybrid.auto import LABELS_PER_CLASS_TO_COVER, SHORTLIST, stage_of
from ml.strategies.pool import Pool
from ml.strategies.registry import strategy
from tests.ml.pools import a_pool

FEW, MANY = 3 * LABELS_PER_CLASS_TO_COVER - 1, 3 * LABELS_PER_CLASS_TO_COVER
NO_VERSION = a_pool(images=60, known=False)


@pytest.mark.parametrize(
    ("pool", "stage"),
    [
        (NO_VERSION, "typical-clusters"),
        (replace(a_pool(images=60, labeled=MANY), classify=None), "typical-clusters"),
        (a_pool(images=60, labeled=FEW), "uncertainty-herding"),
        (a_pool(images=60, labeled=MANY), f"cluster-margin(shortlist={SHORTLIST})"),
    ],
    ids=["no labels", "labels without a version", "few labels", "many labels"],
)
def test_the_number_of_labels_decides_the_stage(pool: Pool, stage: str) -> None:
    picked = [
        strategy(name).pick(pool, 6, rng=np.random.default_rng(0)).tolist() for name in ("auto", stage, "core-set")
    ]

    assert stage_of(pool).name == stage
    assert picked[0] == picked[1]
    assert picked[0] != picked[2]


def test_its_rules_hold_at_every_stage() -> None:
    copies = np.repeat(np.arange(20), 3)
    pool = replace(NO_VERSION, embeddings=NO_VERSION.embeddings[copies])

    asked = strategy("auto(distinct=0.9999)").pick(pool, 20, rng=np.random.default_rng(0))

    assert len({copies[row] for row in asked}) == 20
