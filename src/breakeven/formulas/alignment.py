"""Clock offset of a log, from how its power follows what ran when.

The power of a machine goes up where a run's phase begins and down where it ends. The offset at
which a template of the phases explains the log best is what the log's clock shows more than the
runs'. Where another offset does nearly as well, or none does well, it is refused: joules of another
run are worse than none.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

CHI2_95 = 3.841
"""95 % point of chi squared on one degree of freedom: offsets whose log likelihood ratio stays
below half of it cannot be told from the best (Wilks 1938)."""

EVIDENCE_NEEDED = 20.0
"""Likelihood ratio statistic of the best offset against a flat log. Over 600 offsets each, none of
450 simulated logs of noise (white, and with autocorrelation of .5 and .9) came to it."""

CLEAR_FRAC = 0.5
"""A log of which the work explains more than this follows it, if by chance."""

MOST_CELLS = 40_000
"""Cells of the grid; a longer search takes coarser ones, which widens the interval."""

MOST_SHIFTS = 4_000

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """One stretch of work on the runs' clock.

    Attributes:
        start_s: When it began.
        duration_s: How long it took.
        level: How busy it was: watts, CPU seconds per second, or 1; in one unit for all.
    """

    start_s: float
    duration_s: float
    level: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Offset:
    """What a log's clock shows more than the runs' clock.

    Attributes:
        value_s: Best.
        low_s: Lower end.
        high_s: Upper end.
        explained_frac: Share of the log's variance that the phases explain there; 0 when stated.
        is_estimated: Whether it was found in the data.
    """

    value_s: float
    low_s: float
    high_s: float
    explained_frac: float = 0.0
    is_estimated: bool = False


def estimate_offset(
    activities: Sequence[Activity],
    energy_j: Callable[[float, float], tuple[float, float]],
    *,
    log_s: tuple[float, float],
    period_s: float,
    search_s: float,
) -> Offset:
    """Estimate the clock offset by least squares of the log's power on the phases.

    For each offset the log's mean power is regressed on the template; the interval holds every
    offset whose likelihood is not worse than the best by chi squared, with as many independent
    samples as the first autocorrelation of the residuals leaves, and half a sample period beyond.

    Args:
        activities: What ran, at least 2 stretches.
        energy_j: Joules and covered seconds of the log from one time of its clock to another.
        log_s: First and last sample on the log's clock.
        period_s: Usual time between its samples.
        search_s: Largest offset to try, either way.

    Raises:
        ValueError: If the offset cannot be told; the sentence says why.
    """
    if len(activities) < 2:
        raise ValueError("one stretch of work alone fits any stretch of the log that is as long")
    grid = _Grid.over(activities, energy_j, log_s=log_s, period_s=period_s, search_s=search_s)
    coarse = np.arange(-search_s, search_s + grid.cell_s / 2, grid.cell_s / 2)
    if len(coarse) > MOST_SHIFTS:
        coarse = np.linspace(-search_s, search_s, MOST_SHIFTS)
    step_s = float(coarse[1] - coarse[0])
    explained = np.array([grid.explained(shift) for shift in coarse])
    best_s = float(coarse[int(np.argmax(explained))])
    fine = best_s + np.linspace(-2 * step_s, 2 * step_s, 81)
    explained_fine = np.array([grid.explained(shift) for shift in fine])
    value_s = float(fine[int(np.argmax(explained_fine))])
    best = float(max(explained_fine))
    n_free = grid.n_independent(value_s)
    _refuse_weak(best, n_free=n_free, activities=activities)
    shifts = np.concatenate([coarse, fine])
    scores = np.concatenate([explained, explained_fine])
    order = np.argsort(shifts)
    likely = shifts[order][_ratio(best, scores[order], n_free=n_free) <= CHI2_95]
    _refuse_rivals(likely, value_s=value_s, step_s=step_s, search_s=search_s)
    half_s = grid.cell_s / 2
    return Offset(
        value_s=value_s,
        low_s=float(likely[0]) - half_s,
        high_s=float(likely[-1]) + half_s,
        explained_frac=best,
        is_estimated=True,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Grid:
    """Mean power of the log by cell, and the running integral of the template.

    Attributes:
        edges_s: Left ends of the cells, on the log's clock.
        cell_s: Their length.
        powers_w: Mean power in each.
        knots_s: Times at which the template changes, on the runs' clock.
        integral: Its running integral there.
    """

    edges_s: Floats
    cell_s: float
    powers_w: Floats
    knots_s: Floats
    integral: Floats

    @classmethod
    def over(
        cls,
        activities: Sequence[Activity],
        energy_j: Callable[[float, float], tuple[float, float]],
        *,
        log_s: tuple[float, float],
        period_s: float,
        search_s: float,
    ) -> "_Grid":
        first_s = max(log_s[0], min(a.start_s for a in activities) - 2 * search_s)
        last_s = min(log_s[1], max(a.start_s + a.duration_s for a in activities) + 2 * search_s)
        if last_s - first_s < 2 * period_s:
            raise ValueError("the log covers none of the time in which the runs ran, give or take")
        cell_s = max(period_s, (last_s - first_s) / MOST_CELLS)
        edges_s = np.arange(first_s, last_s - cell_s / 2, cell_s)
        seen = np.array([energy_j(edge, edge + cell_s) for edge in edges_s.tolist()])
        kept = seen[:, 1] > cell_s / 2
        if kept.sum() < 8:
            raise ValueError(f"the log has only {int(kept.sum())} samples near the runs")
        knots_s, levels = _template(activities)
        widths = np.diff(knots_s) * levels
        return cls(
            edges_s=edges_s[kept],
            cell_s=cell_s,
            powers_w=seen[kept, 0] / seen[kept, 1],
            knots_s=knots_s,
            integral=np.concatenate([[0.0], np.cumsum(widths)]),
        )

    def explained(self, shift_s: float) -> float:
        """Share of the log's variance explained by the template moved by `shift_s`; 0 if none."""
        template = self._template_at(shift_s)
        deviation, power = template - template.mean(), self.powers_w - self.powers_w.mean()
        scale = float(deviation @ deviation) * float(power @ power)
        together = float(deviation @ power)
        return together**2 / scale if scale > 0 and together > 0 else 0.0

    def n_independent(self, shift_s: float) -> float:
        """Cells that count as independent, by the first autocorrelation of the residuals."""
        template, power = self._template_at(shift_s), self.powers_w - self.powers_w.mean()
        deviation = template - template.mean()
        scale = float(deviation @ deviation)
        left_over = power - deviation * (float(deviation @ power) / scale if scale > 0 else 0.0)
        spread = float(left_over @ left_over)
        rho = float(left_over[1:] @ left_over[:-1]) / spread if spread > 0 else 0.0
        rho = min(max(rho, 0.0), 0.99)
        return max(3.0, len(self.powers_w) * (1 - rho) / (1 + rho))

    def _template_at(self, shift_s: float) -> Floats:
        left = np.interp(self.edges_s - shift_s, self.knots_s, self.integral)
        right = np.interp(self.edges_s + self.cell_s - shift_s, self.knots_s, self.integral)
        return (right - left) / self.cell_s


def _template(activities: Sequence[Activity]) -> tuple[Floats, Floats]:
    """Times at which the level changes, and the level between them; activities may overlap."""
    changes: dict[float, float] = {}
    for a in activities:
        changes[a.start_s] = changes.get(a.start_s, 0.0) + a.level
        end_s = a.start_s + a.duration_s
        changes[end_s] = changes.get(end_s, 0.0) - a.level
    knots_s = np.array(sorted(changes))
    levels = np.cumsum([changes[knot] for knot in sorted(changes)])[:-1]
    return knots_s, levels


def _ratio(best: float, explained: Floats, *, n_free: float) -> Floats:
    """Likelihood ratio statistic of each offset against the best."""
    left = np.maximum(1.0 - explained, 1e-12)
    return n_free * np.log(left / max(1.0 - best, 1e-12))


def _refuse_weak(best: float, *, n_free: float, activities: Sequence[Activity]) -> None:
    evidence = -n_free * math.log(max(1.0 - best, 1e-12))
    if evidence < EVIDENCE_NEEDED:
        if best >= CLEAR_FRAC:
            raise ValueError(
                f"the {len(activities)} stretches of work explain {best:.0%} of the log's "
                f"variance, but it counts for only {n_free:.0f} independent samples, of which "
                "chance may do as much; it takes more phases or a longer log"
            )
        raise ValueError(
            f"the log's power hardly follows the {len(activities)} stretches of work (they explain "
            f"{best:.0%} of its variance)"
        )


def _refuse_rivals(likely: Floats, *, value_s: float, step_s: float, search_s: float) -> None:
    apart = np.flatnonzero(np.diff(likely) > 2 * step_s)
    if len(apart):
        groups = np.split(likely, apart + 1)
        middles = ", ".join(f"{float(g.mean()):.1f} s" for g in groups[:4])
        raise ValueError(f"several offsets fit equally well ({middles})")
    if search_s - abs(value_s) <= 2 * step_s:
        raise ValueError(
            f"the best offset lies at the end of the search, {value_s:.0f} s; the clocks may be "
            "further apart"
        )
