"""Telemetry: none. OpenVINO and NNCF send what is used from their first import on, unasked."""

import sys
from typing import Any, cast

_SENDER = "openvino_telemetry"


def forbid_telemetry() -> None:
    """Let the package that sends it be absent, which both expect; call it before their import.

    What a process has imported itself stays.
    """
    modules = cast("dict[str, Any]", sys.modules)  # None is how Python marks what must not be found
    modules.setdefault(_SENDER, None)
