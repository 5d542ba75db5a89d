"""Best of: the expected best score of a search against what it may cost, with honest bands."""

from breakeven.analysis.best_of.bands import Band, Scale, best_band, median_band, median_best
from breakeven.analysis.best_of.boxes import Boxes, beta_boxes, chance_within, dkw_boxes
from breakeven.analysis.best_of.curve import BestCurve, BestPoint, best_curve
from breakeven.analysis.best_of.places import Places, places
from breakeven.analysis.best_of.trials import Drawn, TrialSet, trial_sets
from breakeven.analysis.best_of.weights import Estimator, best_weights, expected_best

__all__ = [
    "Band",
    "BestCurve",
    "BestPoint",
    "Boxes",
    "Drawn",
    "Estimator",
    "Places",
    "Scale",
    "TrialSet",
    "best_band",
    "best_curve",
    "best_weights",
    "beta_boxes",
    "chance_within",
    "dkw_boxes",
    "expected_best",
    "median_band",
    "median_best",
    "places",
    "trial_sets",
]
