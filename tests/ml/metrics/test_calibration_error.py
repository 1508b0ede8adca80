"""Expected calibration error against torchmetrics."""

import pytest
import torch
from torchmetrics.classification import BinaryCalibrationError, MulticlassCalibrationError

from ml.labels.label_mode import MULTI_LABEL, SINGLE_LABEL
from ml.metrics.calibration_error import expected_calibration_error
from tests.ml.answers import LABELS, some_answers, some_multi_label_answers


def test_calibration_error_agrees_with_torchmetrics() -> None:
    probabilities, targets = some_answers()
    independent = MulticlassCalibrationError(num_classes=len(LABELS), n_bins=15, norm="l1")

    expected = independent(torch.tensor(probabilities), torch.tensor(targets.argmax(axis=1)))

    assert expected_calibration_error(probabilities, targets, mode=SINGLE_LABEL) == pytest.approx(float(expected))


def test_calibration_error_with_several_labels_agrees_with_torchmetrics() -> None:
    probabilities, targets = some_multi_label_answers()
    independent = BinaryCalibrationError(n_bins=15, norm="l1")

    expected = independent(torch.tensor(probabilities.ravel()), torch.tensor(targets.ravel().astype(int)))

    assert expected_calibration_error(probabilities, targets, mode=MULTI_LABEL) == pytest.approx(float(expected))
