"""The nouns: what was asked, where it ran, what it cost, how good it was, what we conclude.

Frozen dataclasses that any room may use; reading and writing them is the store's business.
"""

from breakeven.records.attachment import AttachedPhase, Attachment
from breakeven.records.calibration import Bounded, Calibration
from breakeven.records.certificate import Certificate
from breakeven.records.cost import AverageCost, Cost, Item, Kind, Origin, Resource, Scope
from breakeven.records.estimate import Estimate
from breakeven.records.examination import (
    ChannelFound,
    Examination,
    MissingSensor,
    SelfTest,
    Verdict,
)
from breakeven.records.idle import IdleReading, above_idle
from breakeven.records.machine import Machine, Surroundings
from breakeven.records.measurement import Measurement, NamedWindow, Phase, PhaseName
from breakeven.records.note import Note, NoteCode
from breakeven.records.optimum import Forecast, FrontPoint, Optimum
from breakeven.records.rank import Rank
from breakeven.records.rest import Rest, Until
from breakeven.records.run import SCHEMA_VERSION, Run, Stage, Status, best_trial
from breakeven.records.score import Score
from breakeven.records.settings import Scalar, Settings
from breakeven.records.study import PathwayDefinition, StudyDefinition
from breakeven.records.trial import Judged, Trial
from breakeven.records.volume import Volume

__all__ = [
    "SCHEMA_VERSION",
    "AttachedPhase",
    "Attachment",
    "AverageCost",
    "Bounded",
    "Calibration",
    "Certificate",
    "ChannelFound",
    "Cost",
    "Estimate",
    "Examination",
    "Forecast",
    "FrontPoint",
    "IdleReading",
    "Item",
    "Judged",
    "Kind",
    "Machine",
    "Measurement",
    "MissingSensor",
    "NamedWindow",
    "Note",
    "NoteCode",
    "Optimum",
    "Origin",
    "PathwayDefinition",
    "Phase",
    "PhaseName",
    "Rank",
    "Resource",
    "Rest",
    "Run",
    "Scalar",
    "Scope",
    "Score",
    "SelfTest",
    "Settings",
    "Stage",
    "Status",
    "StudyDefinition",
    "Surroundings",
    "Trial",
    "Until",
    "Verdict",
    "Volume",
    "above_idle",
    "best_trial",
]
