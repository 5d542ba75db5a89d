"""Certificate: whether one configuration was shown to save and to lose too little to matter."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from breakeven.records.cost import Item, Resource
from breakeven.records.estimate import Estimate
from breakeven.records.note import Note
from breakeven.records.run import SCHEMA_VERSION


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """The verdict on one claim, with everything it rests on; one that is not granted is kept too.

    A loss is on the metric's own scale, so that 0.01 of accuracy is one point.

    Attributes:
        granted: Whether both were shown: the saving and the kept quality.
        reason: Why, in one sentence.
        reference: What it is compared with, by name.
        candidate: What is certified, by name.
        metric: Quality that may drop.
        max_drop: Most that may be lost.
        min_saving: Least factor by which the candidate must be cheaper; 1 is any saving.
        level: Of each of the two one-sided bounds, as a fraction.
        resource: What is saved.
        item: What its average is taken over.
        loss: Reference minus candidate; `high` is the upper bound.
        saving: Cost of the reference over that of the candidate; `low` is the lower bound.
        smallest_margin: Least `max_drop` that these answers would have shown: the upper bound of
            `loss`, of its kind and level.
        resolution: Margin that a test of this size shows in 80 % of cases for a candidate that
            loses nothing; modelled: it supposes that as much differs in truth as did here.
        n_examples: Examples that both answered and the choice of the candidate did not see.
        n_groups: Sources they come from.
        design_effect: Times as many examples as independent ones would be needed for the same
            bound, because those of one source err together; 1 where each has its own.
        n_lost: Examples only the reference got right; None where an answer is not right or wrong.
        n_gained: Examples only the candidate got right; None likewise.
        n_more: About how many more examples would show the loss to be small enough in 80 % of
            cases, if the loss is what was seen (modelled likewise); 0 where it is shown, None where
            no number would.
        n_more_if_equal: The same if the candidate loses nothing in truth.
        n_left_out: Examples not used because the choice of the candidate saw them or their source.
        is_fresh: Whether it was said which runs chose the candidate, so that no example here is
            one that they saw.
        rests_on: What tells a certificate of other things than those at hand: settings and model
            of both sides, data, machine, library versions and when it was measured, by name.
        split: Which data the quality was taken on.
        run_ids: Runs it rests on.
        notes: Where an assumption of a method fails, or what limits the verdict.
        hindrances: Why it is refused whatever its bounds show: limits that were broken or that
            nobody could judge, blocks in which equals differ by as much as is saved.
        against: Settings that the reference ran with, in words; empty where nobody said.
        attempt: Which one of its store on its test split, from 1; the level of each is stricter
            than that of those before. 0 where nobody counted.
        schema_version: Layout of this record; see `SCHEMA_VERSION`.
    """

    granted: bool
    reason: str
    reference: str
    candidate: str
    metric: str
    max_drop: float
    min_saving: float
    level: float
    resource: Resource
    item: Item
    loss: Estimate
    saving: Estimate
    smallest_margin: float
    resolution: float
    n_examples: int
    n_groups: int
    design_effect: float
    n_lost: int | None = None
    n_gained: int | None = None
    n_more: int | None = None
    n_more_if_equal: int = 0
    n_left_out: int = 0
    is_fresh: bool = False
    rests_on: Mapping[str, str] = field(default_factory=dict)
    split: str = ""
    run_ids: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()
    hindrances: tuple[str, ...] = ()
    against: str = ""
    attempt: int = 0
    schema_version: int = SCHEMA_VERSION
