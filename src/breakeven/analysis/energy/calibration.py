"""Calibration: from software channels to a wall or power supply meter, and what that leaves open.

A line is fitted by ordinary least squares of the reference on the software power. That line is the
one to predict with from readings that err like those it was fitted to, whatever errs in them. As a
statement about the machine its slope is too flat where the software power itself errs; so the
interval of the factor reaches up to the slope of the reverse regression, between which and ours
the true one lies whatever the errors (Frisch 1934; Fuller 1987, "Measurement error models", 1.1.3).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from breakeven.analysis.energy.calibration_windows import Window
from breakeven.errors import CalibrationError
from breakeven.records import Bounded, Calibration, Note, NoteCode

LEVEL = 0.95

MIN_WINDOWS = 5
"""A line and its scatter from fewer windows would rest on two degrees of freedom or less."""

MOST_DOUBT_FRAC = 0.5
"""A factor known worse than to half of itself is not told from the offset."""

ROUNDING_FRAC = 1e-12
"""Residuals below this share of the power are the noise of floating-point sums."""

WEAK_FIT = 0.9
"""Below this share of variance explained, a note says that the factor may be too flat."""

Floats = NDArray[np.float64]


def calibrate(
    windows: Sequence[Window],
    *,
    reference: str = "wall",
    channels: Sequence[str] = (),
    level: float = LEVEL,
) -> Calibration:
    """Fit reference power = offset + factor x software power over windows.

    Neighbouring windows are alike; their number is reduced to as many as would be independent, by
    the first autocorrelation of the residuals, in the order given.

    Args:
        windows: In order of time.
        reference: Name of the reference.
        channels: Names of the software channels.
        level: Confidence level.

    Raises:
        CalibrationError: If there are too few windows, or they do not vary enough to tell factor
            from offset; the sentence says what to do.

    Examples:
        >>> found = calibrate([Window(reference_j=40 + 1.5 * w, software_j=w, duration_s=1)
        ...                    for w in (10.0, 60.0, 20.0, 100.0, 80.0, 30.0)])
        >>> round(found.factor.value, 6), round(found.offset_w.value, 6), found.n_windows
        (1.5, 40.0, 6)
    """
    if len(windows) < MIN_WINDOWS:
        raise CalibrationError(
            f"{len(windows)} windows hold both {reference} and software power; expected at least "
            f"{MIN_WINDOWS}. Measure more, some idle and some busy."
        )
    x = np.array([w.software_j / w.duration_s for w in windows])
    y = np.array([w.reference_j / w.duration_s for w in windows])
    share = _share(x, y, level=level)
    try:
        line = _fitted(x, y, reference=reference, level=level)
    except CalibrationError as error:
        raise CalibrationError(
            f"{error} The share alone is known: software is {share.value:.4g} ({share.low:.4g} to "
            f"{share.high:.4g}) of {reference}."
        ) from error
    return Calibration(
        reference=reference,
        channels=tuple(channels),
        factor=line.factor(),
        offset_w=line.offset(),
        share_frac=share,
        residual_w=line.residual,
        window_s=median(w.duration_s for w in windows),
        n_windows=len(windows),
        n_independent=line.n_free,
        mean_w=line.mean_x,
        spread_w2=line.spread,
        lowest_w=float(x.min()),
        highest_w=float(x.max()),
        level=level,
        notes=_notes(line, reference=reference),
    )


def predicted(calibration: Calibration, software: Bounded, *, duration_s: float) -> Bounded:
    """Energy that the reference would have shown, with the interval of one further window.

    The residual spread is kept whole however long the window: nobody has seen how fast it
    averages out.

    Args:
        calibration: The line.
        software: Energy of the calibrated channels, with the sensor's interval.
        duration_s: Length of the window, above 0.

    Examples:
        >>> line = calibrate([Window(reference_j=40 + 1.5 * w, software_j=w, duration_s=1)
        ...                   for w in (10.0, 60.0, 20.0, 100.0, 80.0, 30.0)])
        >>> found = predicted(line, Bounded(value=500, low=490, high=510), duration_s=10)
        >>> [round(x, 6) for x in (found.low, found.value, found.high)]
        [1135.0, 1150.0, 1165.0]
    """
    power_w = software.value / duration_s
    value_w = calibration.offset_w.value + calibration.factor.value * power_w
    away = (power_w - calibration.mean_w) ** 2 / calibration.spread_w2
    spread_w = calibration.residual_w * math.sqrt(1 + 1 / calibration.n_independent + away)
    half_w = _t(calibration.n_independent, calibration.level) * spread_w
    value_j, half_j = max(0.0, value_w * duration_s), half_w * duration_s
    below_j = calibration.factor.value * (software.value - software.low)
    above_j = calibration.factor.value * (software.high - software.value)
    return Bounded(
        value=value_j,
        low=max(0.0, value_j - half_j - below_j),
        high=value_j + half_j + above_j,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    slope: float
    intercept: float
    slope_error: float
    residual: float
    explained: float
    mean_x: float
    mean_y: float
    spread: float
    n_free: float
    t: float

    @property
    def reverse_slope(self) -> float:
        """Slope of the regression of software on reference, turned round."""
        return max(self.slope, self.slope / self.explained)

    def factor(self) -> Bounded:
        half = self.t * self.slope_error
        return Bounded(value=self.slope, low=self.slope - half, high=self.reverse_slope + half)

    def offset(self) -> Bounded:
        half = self.t * self.residual * math.sqrt(1 / self.n_free + self.mean_x**2 / self.spread)
        steeper = (self.reverse_slope - self.slope) * self.mean_x
        return Bounded(
            value=self.intercept, low=self.intercept - half - steeper, high=self.intercept + half
        )


def _fitted(x: Floats, y: Floats, *, reference: str, level: float) -> _Line:
    deviation = x - x.mean()
    spread = float(deviation @ deviation)
    if spread <= 1e-12 * max(1.0, float(x @ x)):
        raise CalibrationError(_flat(x, reference, "it is the same in all of them"))
    slope = float(deviation @ (y - y.mean())) / spread
    left_over = y - y.mean() - slope * deviation
    left_over[np.abs(left_over) < ROUNDING_FRAC * np.abs(y).max()] = 0.0
    n_free = _n_independent(left_over)
    if n_free <= 2.5:
        raise CalibrationError(
            f"{len(x)} windows count as {n_free:.1f} independent ones, because what lies beside "
            f"the line drifts. Measure for longer, with idle and busy stretches in turn."
        )
    shrink = n_free / len(x)
    residual = math.sqrt(float(left_over @ left_over) * shrink / (n_free - 2))
    total = float((y - y.mean()) @ (y - y.mean()))
    line = _Line(
        slope=slope,
        intercept=float(y.mean() - slope * x.mean()),
        slope_error=residual / math.sqrt(spread * shrink),
        residual=residual,
        explained=slope**2 * spread / total if total > 0 else 0.0,
        mean_x=float(x.mean()),
        mean_y=float(y.mean()),
        spread=spread * shrink,
        n_free=n_free,
        t=_t(n_free, level),
    )
    if not line.t * line.slope_error < MOST_DOUBT_FRAC * slope:
        raise CalibrationError(_flat(x, reference, "the factor could be anything around it"))
    return line


def _flat(x: Floats, reference: str, why: str) -> str:
    return (
        f"software power lies between {x.min():.4g} and {x.max():.4g} W in the {len(x)} windows, "
        f"and {why}: factor and offset cannot be told apart against {reference}. Measure idle, "
        "half and full load in turn."
    )


def _n_independent(left_over: Floats) -> float:
    scale = float(left_over @ left_over)
    rho = float(left_over[1:] @ left_over[:-1]) / scale if scale > 0 else 0.0
    rho = min(max(rho, 0.0), 0.99)
    return len(left_over) * (1 - rho) / (1 + rho)


def _share(x: Floats, y: Floats, *, level: float) -> Bounded:
    """Ratio of the sums, by linearization (Cochran 1977, "Sampling techniques", 6.4)."""
    share = float(x.sum() / y.sum())
    left_over = x - share * y
    n_free = max(2.0, _n_independent(left_over))
    error = math.sqrt(float(left_over @ left_over) / (len(x) - 1) / n_free) / float(y.mean())
    half = _t(n_free + 1, level) * error
    return Bounded(value=share, low=max(0.0, share - half), high=share + half)


def _t(n_free: float, level: float) -> float:
    return float(stats.t.ppf((1 + level) / 2, n_free - 2))


def _notes(line: _Line, *, reference: str) -> tuple[Note, ...]:
    if line.explained >= WEAK_FIT:
        return ()
    return (
        Note(
            code=NoteCode.CALIBRATED,
            message=f"software power explains {line.explained:.0%} of the variance of {reference}; "
            f"its own errors would make the factor too flat, by up to {line.reverse_slope:.3g} "
            f"against {line.slope:.3g}.",
            advice="Take longer windows, or see what else draws power. The interval holds both.",
        ),
    )
