"""Imports OpenVINO without its telemetry: the import alone would send an event to Google Analytics.

A module of its own, because the line below must run before that import.
"""

import sys

# Blocks the telemetry package as if it were not installed; OpenVINO then uses a stub.
sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]

import openvino  # noqa: E402
from openvino.frontend import FrontEndManager, OpConversionFailure  # noqa: E402
from openvino.frontend.pytorch.ts_decoder import TorchScriptPythonDecoder  # noqa: E402

__all__ = ["FrontEndManager", "OpConversionFailure", "TorchScriptPythonDecoder", "openvino"]
