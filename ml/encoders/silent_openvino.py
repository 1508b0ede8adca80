"""OpenVINO, kept from reporting its use: an import alone makes it send an event to Google Analytics."""

import sys

# As if the reporting package were not installed, for which OpenVINO has a stub.
sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]

import openvino  # noqa: E402
from openvino.frontend import FrontEndManager, OpConversionFailure  # noqa: E402
from openvino.frontend.pytorch.ts_decoder import TorchScriptPythonDecoder  # noqa: E402

__all__ = ["FrontEndManager", "OpConversionFailure", "TorchScriptPythonDecoder", "openvino"]
