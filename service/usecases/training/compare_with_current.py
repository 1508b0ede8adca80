"""Compares a candidate with the current version on the same held-out images."""

import numpy as np
from numpy.typing import NDArray

from ml.evaluation.evaluate import score_images
from ml.evaluation.promotion import PromotionDecision, decide_promotion
from service.domain.projects.project import Project
from service.usecases.labeled.labeled_splits import LabeledEmbeddings
from service.usecases.serving.served_versions import ServedVersion
from service.usecases.training.train_candidate import Candidate


def compare_with_current(
    project: Project, candidate: Candidate, current: ServedVersion | None, seen_by_current: LabeledEmbeddings
) -> PromotionDecision:
    """Evaluate both on the images that both have embeddings of, and decide on promotion.

    Args: current: None before the first version; seen_by_current: the held-out images, embedded by the current
        version's encoder.
    """
    rows, rows_of_current = common_rows(candidate.held_out, seen_by_current)
    targets = candidate.held_out.targets[rows]
    return decide_promotion(
        candidate=score_images(candidate.probabilities[rows], targets, rule=candidate.classifier.rule),
        current=None
        if current is None
        else score_images(
            current.probabilities(seen_by_current.embeddings[rows_of_current]), targets, rule=current.rule
        ),
        candidate_labels=candidate.classifier.labels,
        current_labels=() if current is None else current.classifier.labels,
        seed=project.seed,
    )


def common_rows(first: LabeledEmbeddings, second: LabeledEmbeddings) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the rows of the common images: in the first, and in the same order in the second."""
    row_in_second = {image_id: row for row, image_id in enumerate(second.image_ids)}
    pairs = [
        (row, row_in_second[image_id]) for row, image_id in enumerate(first.image_ids) if image_id in row_in_second
    ]
    rows = np.array(pairs, dtype=np.intp).reshape(-1, 2)
    return rows[:, 0], rows[:, 1]
