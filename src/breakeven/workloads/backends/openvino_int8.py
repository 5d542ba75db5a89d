"""Int8 for OpenVINO, by NNCF: weights alone, or weights and activations by calibration."""

import contextlib
import io
import logging
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from breakeven.errors import ExportError
from breakeven.records import Scalar
from breakeven.workloads.backends.backend import Inputs
from breakeven.workloads.backends.telemetry import forbid_telemetry

IN_INT8 = ("int8-dynamic", "int8-static")

GROUP = 32
"""Activations of one token that share a scale, where scales are found anew: OpenVINO's default."""


def in_int8(
    model: Any,  # noqa: ANN401 - openvino is untyped
    *,
    settings: Mapping[str, Scalar],
    calibration: Sequence[Inputs],
) -> Any:  # noqa: ANN401 - the same
    """Return an OpenVINO model that computes its products in int8.

    Args:
        model: In fp32, as read.
        settings: `precision`: int8-dynamic rounds weights, and OpenVINO then finds the scales of
            activations anew for each token; int8-static has them fixed. `per_channel`.
        calibration: Batches that the scales of int8-static are found on.

    Raises:
        ExportError: If NNCF cannot do it.
    """
    forbid_telemetry()
    is_static, per_channel = settings["precision"] == "int8-static", bool(settings["per_channel"])
    if not (is_static or per_channel):
        raise ExportError(
            "int8-dynamic of openvino has a scale for each channel always, got per_channel=False; "
            "leave per_channel out, or choose precision: int8-static"
        )
    import nncf  # noqa: PLC0415 - an extra, and not cheap

    try:
        with _unspoken():
            if is_static:
                return _calibrated(model, calibration, per_channel=per_channel)
            return nncf.compress_weights(model, mode=nncf.CompressWeightsMode.INT8_SYM)
    except (RuntimeError, ValueError, nncf.InternalError, nncf.ValidationError) as error:
        why = " ".join(str(error).split())
        raise ExportError(
            f"NNCF cannot write the model in {settings['precision']} ({why}); export it with "
            "precision: fp32, or use another backend"
        ) from error


def _calibrated(model: Any, calibration: Sequence[Inputs], *, per_channel: bool) -> Any:  # noqa: ANN401 - openvino is untyped
    """Fix the scales on every batch, in the way of transformers: activations smoothed first."""
    import nncf  # noqa: PLC0415 - the same
    from nncf.quantization.advanced_parameters import (  # noqa: PLC0415 - the same
        AdvancedQuantizationParameters,
        QuantizationParameters,
    )

    return nncf.quantize(
        model,
        nncf.Dataset(calibration),
        model_type=nncf.ModelType.TRANSFORMER,
        subset_size=len(calibration),
        advanced_parameters=AdvancedQuantizationParameters(
            weights_quantization_params=QuantizationParameters(per_channel=per_channel)
        ),
    )


@contextlib.contextmanager
def _unspoken() -> Iterator[None]:
    """Keep NNCF's tables, bars of progress and advice off stdout.

    Its own `set_log_level` would change handlers that others put on its logger, for good.
    """
    logger = logging.getLogger("nncf")
    before = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            yield
    finally:
        logger.setLevel(before)
