"""Survey: shares of labels in a sample, group by group, with intervals.

That 90 % of ACL's papers target accuracy (Schwartz et al. 2020, figure 2) rests on twenty of sixty
papers. Wilson's score interval says how well such a share is known; a second one, at Bonferroni's
level, holds for all shares of the table at once. Two groups are compared by Newcombe's interval of
the difference and Fisher's exact test, adjusted by Holm.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy import stats

from breakeven.analysis.samples.stats import Interval, newcombe, wilson
from breakeven.analysis.samples.two_samples import holm
from breakeven.analysis.uncertain import LEVEL, once

ALL = "all"
"""Name of all groups together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """How often one label occurs in one group.

    Attributes:
        group: Which.
        label: Which.
        count: How often.
        share: With Wilson's interval.
        together: The same at the level that holds for every share of the table at once.
    """

    group: str
    label: str
    count: int
    share: Interval
    together: Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupDifference:
    """One label in two groups.

    Attributes:
        label: Which.
        left: One group.
        right: The other.
        difference: Left share minus right, with Newcombe's interval.
        p: Fisher's, two-sided.
        p_holm: Adjusted for every pair and label of the table.
    """

    label: str
    left: str
    right: str
    difference: Interval
    p: float
    p_holm: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """A table of labels by group.

    Attributes:
        shares: Group by group, all groups together last where there are several.
        differences: Every two groups in every label; empty for one group.
        n: Things labelled.
        level: Of one interval.
        level_together: Of one interval of those that hold at once.
    """

    shares: tuple[Share, ...]
    differences: tuple[GroupDifference, ...]
    n: int
    level: float
    level_together: float


def survey(labelled: Sequence[tuple[str, str]], *, level: float = LEVEL) -> Survey:
    """Count labels by group.

    Args:
        labelled: Group and label of each thing, at least one.
        level: Confidence level.

    Raises:
        ValueError: If nothing is labelled.

    Examples:
        Twenty papers, of which 18 target accuracy: 70 to 97 %.

        >>> found = survey([("ACL", "accuracy")] * 18 + [("ACL", "efficiency")] * 2)
        >>> share = found.shares[0].share
        >>> round(share.value, 2), round(share.low, 3), round(share.high, 3)
        (0.9, 0.699, 0.972)
    """
    if not labelled:
        raise ValueError("nothing is labelled; give a group and a label of each thing surveyed")
    groups, labels = (once(column) for column in zip(*labelled, strict=True))
    counts, sizes = Counter(labelled), Counter(group for group, _ in labelled)
    n_shares = (len(groups) + (len(groups) > 1)) * len(labels)  # with those of all groups
    level_together = 1 - (1 - level) / n_shares
    shares = [
        _share(group, label, counts[group, label], sizes[group], (level, level_together))
        for group in groups
        for label in labels
    ]
    if len(groups) > 1:
        whole = Counter(label for _, label in labelled)
        shares += [
            _share(ALL, label, whole[label], len(labelled), (level, level_together))
            for label in labels
        ]
    return Survey(
        shares=tuple(shares),
        differences=_differences(counts, sizes, labels=labels, level=level),
        n=len(labelled),
        level=level,
        level_together=level_together,
    )


def _share(group: str, label: str, count: int, n: int, levels: tuple[float, float]) -> Share:
    alone, together = (wilson(count, n, level=level) for level in levels)
    return Share(group=group, label=label, count=count, share=alone, together=together)


def _differences(
    counts: Counter[tuple[str, str]],
    sizes: Counter[str],
    *,
    labels: Sequence[str],
    level: float,
) -> tuple[GroupDifference, ...]:
    asked = [(label, *pair) for label in labels for pair in combinations(sizes, 2)]
    ps = [_fisher_p(counts, sizes, label=label, pair=(a, b)) for label, a, b in asked]
    return tuple(
        GroupDifference(
            label=label,
            left=left,
            right=right,
            difference=newcombe(
                (counts[left, label], sizes[left]),
                (counts[right, label], sizes[right]),
                level=level,
            ),
            p=p,
            p_holm=adjusted,
        )
        for (label, left, right), p, adjusted in zip(asked, ps, holm(ps), strict=True)
    )


def _fisher_p(
    counts: Counter[tuple[str, str]], sizes: Counter[str], *, label: str, pair: tuple[str, str]
) -> float:
    rows = [[counts[group, label], sizes[group] - counts[group, label]] for group in pair]
    return min(1.0, float(stats.fisher_exact(np.array(rows)).pvalue))
