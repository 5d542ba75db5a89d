"""Equivalence: whether two costs are the same within a margin, as a claim to be shown.

"No significant difference" shows nothing. Two one-sided tests (Schuirmann 1987, Journal of
Pharmacokinetics and Biopharmaceutics 15) ask whether the ratio is above 1 / (1 + m) and below
1 + m, both at 5 %; that is the case where the 90 % interval lies within.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy import stats

from breakeven.analysis.samples.stats import Interval, log_ratio

ALPHA = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Equivalence:
    """Whether a ratio is 1 within a margin.

    Attributes:
        margin: As a share; 0.02 is 2 %.
        interval: The ratio with its 90 % interval.
        p: The larger of both one-sided p.
    """

    margin: float
    interval: Interval
    p: float

    @property
    def is_shown(self) -> bool:
        """Whether both one-sided tests reject at 5 %."""
        return self.p < ALPHA


def equivalence(
    left: Mapping[int, float], right: Mapping[int, float], *, margin: float
) -> Equivalence | None:
    """Test whether two costs are the same within a margin, by block.

    Args:
        left: Cost by block, above 0; negative keys stand outside blocks.
        right: The same of the other configuration.
        margin: As a share, above 0.

    Returns:
        None with fewer than two common blocks.

    Examples:
        >>> left = {0: 1.0, 1: 1.02, 2: 0.99, 3: 1.01}
        >>> found = equivalence(left, {0: 1.0, 1: 1.0, 2: 1.0, 3: 1.0}, margin=0.05)
        >>> found.is_shown, round(found.interval.low, 3), round(found.interval.high, 3)
        (True, 0.99, 1.02)
    """
    common = sorted(block for block in left.keys() & right.keys() if block >= 0)
    if len(common) < 2:
        return None
    ones, others = [left[b] for b in common], [right[b] for b in common]
    logs = np.log(np.divide(ones, others))
    error = float(np.std(logs, ddof=1)) / math.sqrt(len(logs))
    room = math.log1p(margin) - abs(float(logs.mean()))
    p = float(stats.t.sf(room / error, len(logs) - 1)) if error > 0 else float(room <= 0)
    return Equivalence(margin=margin, interval=log_ratio(ones, others, level=1 - 2 * ALPHA), p=p)
