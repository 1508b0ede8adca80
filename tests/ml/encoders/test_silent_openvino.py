"""Tests that loading an encoder sends no telemetry."""

import subprocess
import sys


def test_openvino_is_imported_without_its_reporting() -> None:
    program = (
        "import sys; import ml.encoders.runtime; "
        "assert 'openvino' in sys.modules; assert sys.modules['openvino_telemetry'] is None"
    )

    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)

    assert run.returncode == 0, run.stderr
