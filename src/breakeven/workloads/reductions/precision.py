"""Precision: narrower numbers, where a measurement on this device shows that they pay.

Whether a device supports a precision is not read from a table. It is tried: same inputs, fp32
and the candidate in turn, outputs and times compared.
"""

import copy
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Any

from breakeven.errors import PrecisionRefusedError
from breakeven.records import Scalar
from breakeven.workloads.reductions.reduction import Card, Reduction

DTYPES = {"fp32": "float32", "bf16": "bfloat16", "fp16": "float16"}
_BITS = {"fp32": 32, "bf16": 16, "fp16": 16}

LARGEST_DIFFERENCE = 0.1
"""Outputs may differ by this share of the largest fp32 output; bf16 keeps 8 bits of fraction, and
errors of 2-5 % after a dozen layers are usual, a wrong kernel gives far more."""

_N_PROBES = 5
_CPU_PROBE, _ACCELERATOR_PROBE = (8, 32), (64, 128)
"""Examples and tokens; smaller batches on an accelerator would time its launches, not its units."""


def _objection(current: Scalar, value: Scalar) -> str:
    wider = _BITS.get(str(current), 0)
    narrower = [name for name, bits in _BITS.items() if bits < wider]
    if str(value) in narrower:
        return ""
    choices = ", ".join(narrower) or "nothing, it is as narrow as it gets"
    return f"numbers are {current} now; choose {choices}"


PRECISION = Reduction(
    card=Card(
        name="precision",
        setting="precision",
        what="Stores weights and computes in 16-bit floating point.",
        acts_on="matrix products and memory traffic, where the device has units for it",
        suggested=("bf16", "fp16"),
        cost="free to apply; refused where the measurement shows other answers or no speed-up",
        source="Micikevicius et al. 2018, Mixed Precision Training; own trials on a CPU without "
        "16-bit units: bf16 2.5-3.3 and fp16 14-17 times slower than fp32",
    ),
    objection=_objection,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PrecisionResult:
    """What trying a precision showed.

    Attributes:
        precision: The candidate.
        device: Where it was tried.
        time_ratio: Median time of a forward pass against fp32; above 1 is slower; None when it
            could not run.
        difference_frac: Largest difference of an output, as a share of the largest fp32 output;
            None when it could not run.
        failure: Why it could not run; empty when it could.
    """

    precision: str
    device: str
    time_ratio: float | None = None
    difference_frac: float | None = None
    failure: str = ""

    @property
    def refusal(self) -> str:
        """Why the precision must not be used here; empty when it may."""
        if self.failure or self.time_ratio is None or self.difference_frac is None:
            return f"it does not run ({self.failure})"
        if not self.difference_frac <= LARGEST_DIFFERENCE:
            return (
                f"its outputs differ from fp32 by {self.difference_frac:.0%} "
                f"(at most {LARGEST_DIFFERENCE:.0%} is rounding)"
            )
        if self.precision != "fp32" and self.time_ratio >= 1:
            return f"a forward pass takes {self.time_ratio:.2f} times as long as in fp32"
        return ""

    def require(self) -> None:
        """Do nothing if the precision may be used.

        Raises:
            PrecisionRefusedError: If it may not; the message holds the measured reason.
        """
        if self.refusal:
            raise PrecisionRefusedError(
                f"precision {self.precision} refused on {self.device}: {self.refusal}; "
                "use fp32, or a device with units for it"
            )


def measure_precision(
    model: Any,  # noqa: ANN401 - a transformers model
    precision: str,
    *,
    clock_s: Callable[[], float] | None = None,
) -> PrecisionResult:
    """Try a precision on the model's own device, interleaved with fp32.

    Args:
        model: In fp32, in evaluation mode, on the device to be judged; left as it is.
        precision: "bf16" or "fp16"; "fp32" is supported by definition.
        clock_s: Clock in seconds; by default CPU time on a CPU, which a busy machine disturbs
            less, and elapsed time elsewhere.
    """
    device = str(model.device)
    clock_s = clock_s or (time.process_time if device == "cpu" else time.perf_counter)
    if precision == "fp32":
        return PrecisionResult(
            precision=precision, device=device, time_ratio=1.0, difference_frac=0.0
        )
    try:
        candidate = _converted(model, precision)
        difference_frac = _difference(model, candidate)
        ratio = time_ratio(lambda: _forward(candidate), lambda: _forward(model), clock_s=clock_s)
    except (RuntimeError, NotImplementedError, TypeError) as error:
        reason = str(error).split("\n", 1)[0]
        return PrecisionResult(precision=precision, device=device, failure=reason)
    return PrecisionResult(
        precision=precision,
        device=device,
        time_ratio=ratio,
        difference_frac=difference_frac,
    )


def time_ratio(
    candidate: Callable[[], object],
    baseline: Callable[[], object],
    *,
    clock_s: Callable[[], float],
) -> float:
    """Median time of one piece of work over that of another, done in turn.

    Args:
        candidate: Does its work once.
        baseline: The same; it begins.
        clock_s: Clock, in seconds.

    Examples:
        >>> ticks = iter(range(100))
        >>> time_ratio(lambda: None, lambda: next(ticks), clock_s=lambda: next(ticks))
        0.5
    """
    durations_s: tuple[list[float], list[float]] = ([], [])
    for _ in range(_N_PROBES):
        for work, taken_s in zip((baseline, candidate), durations_s, strict=True):
            start_s = clock_s()
            work()
            taken_s.append(clock_s() - start_s)
    return median(durations_s[1]) / median(durations_s[0])


def probe_shape(device: str) -> tuple[int, int]:
    """Examples and tokens of the batch a precision is tried on.

    Examples:
        >>> probe_shape("cpu"), probe_shape("cuda:0")
        ((8, 32), (64, 128))
    """
    return _CPU_PROBE if device == "cpu" else _ACCELERATOR_PROBE


def _converted(model: Any, precision: str) -> Any:  # noqa: ANN401 - the same
    import torch  # noqa: PLC0415 - torch is loaded wherever a model exists

    return copy.deepcopy(model).to(getattr(torch, DTYPES[precision]))


def _forward(model: Any) -> Any:  # noqa: ANN401 - the same
    """Run one probe and return its first output in fp32, complete on the device."""
    import torch  # noqa: PLC0415 - the same

    generator = torch.Generator().manual_seed(0)
    shape = probe_shape(str(model.device))
    ids = torch.randint(model.config.vocab_size, shape, generator=generator)
    with torch.inference_mode():
        output = model(input_ids=ids.to(model.device))[0]
        return output.float().cpu()  # copying to the CPU waits for the device


def _difference(model: Any, candidate: Any) -> float:  # noqa: ANN401 - the same
    expected, got = _forward(model), _forward(candidate)
    largest = float(expected.abs().max())
    difference = float((expected - got).abs().max())
    return difference / largest if largest and math.isfinite(difference) else math.inf
