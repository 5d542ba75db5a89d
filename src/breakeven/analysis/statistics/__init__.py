"""Statistics of repeated runs: ratios first, then the tests and checks that referees ask for."""

from breakeven.analysis.statistics.additive import (
    Additive,
    Against,
    against_baseline,
    fit_blocks,
    fit_groups,
    pair_p,
)
from breakeven.analysis.statistics.compared import Compared, compare
from breakeven.analysis.statistics.contrast import Asked, Contrast, contrasts_of
from breakeven.analysis.statistics.doubts import doubts
from breakeven.analysis.statistics.equivalence import Equivalence, equivalence
from breakeven.analysis.statistics.influence import Influence, most_influential
from breakeven.analysis.statistics.many_to_one import adjusted, critical, none_beyond
from breakeven.analysis.statistics.order import Order, order, runs_p
from breakeven.analysis.statistics.over_time import Change, OverTime, over_time
from breakeven.analysis.statistics.precision import Advice, advise, blocks_needed, half_width
from breakeven.analysis.statistics.quantiles import QuantilePoint, normal_quantiles
from breakeven.analysis.statistics.readings import Layout, Reading, Readings, layout
from breakeven.analysis.statistics.related import Related, leverage, relate
from breakeven.analysis.statistics.sphericity import Sphericity, contrasts, sphericity
from breakeven.analysis.statistics.stored import readings_of
from breakeven.analysis.statistics.survey import GroupDifference, Share, Survey, survey
from breakeven.analysis.statistics.variance import Effect, Variance, analyse_variance

__all__ = [
    "Additive",
    "Advice",
    "Against",
    "Asked",
    "Change",
    "Compared",
    "Contrast",
    "Effect",
    "Equivalence",
    "GroupDifference",
    "Influence",
    "Layout",
    "Order",
    "OverTime",
    "QuantilePoint",
    "Reading",
    "Readings",
    "Related",
    "Share",
    "Sphericity",
    "Survey",
    "Variance",
    "adjusted",
    "advise",
    "against_baseline",
    "analyse_variance",
    "blocks_needed",
    "compare",
    "contrasts",
    "contrasts_of",
    "critical",
    "doubts",
    "equivalence",
    "fit_blocks",
    "fit_groups",
    "half_width",
    "layout",
    "leverage",
    "most_influential",
    "none_beyond",
    "normal_quantiles",
    "order",
    "over_time",
    "pair_p",
    "readings_of",
    "relate",
    "runs_p",
    "sphericity",
    "survey",
]
