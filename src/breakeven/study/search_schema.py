"""The `tune` block of a row as pydantic sees it: how many trials, and what they are drawn from."""

from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from breakeven.records import Scalar
from breakeven.study.block import Block


class SpaceBlock(Block):
    """What a setting is drawn from: a range or choices."""

    choices: list[Scalar] | None = Field(
        default=None, description="The values to choose from; the list alone says the same."
    )
    low: int | float | None = Field(
        default=None, description="Smallest, in the type of the setting."
    )
    high: int | float | None = Field(default=None, description="Largest, which may be drawn too.")
    log: bool = Field(default=False, description="Whether equal ratios are equally likely.")
    step: Annotated[int | float, Field(gt=0)] | None = Field(
        default=None, description="Distance of neighbouring values; not with `log`."
    )

    @model_validator(mode="after")
    def _check(self) -> Self:
        ends = [end for end in (self.low, self.high) if end is not None]
        if self.choices is not None and (ends or self.log or self.step is not None):
            raise ValueError("give `choices` or a range, not both")
        if self.choices is None and len(ends) < 2:
            raise ValueError("give `low` and `high`, or a list of choices")
        if self.choices is not None and len(set(self.choices)) < 2:
            raise ValueError("give at least two different choices")
        if ends and not ends[0] < ends[1]:
            raise ValueError("`low` must lie below `high`")
        if self.log and (ends[0] <= 0 or self.step is not None):
            raise ValueError("`log` needs `low` above 0 and no `step`")
        return self


def _list_alone(value: object) -> object:
    """Take `[16, 32]` for `{choices: [16, 32]}`."""
    return value if isinstance(value, dict) else {"choices": value}


class TuneBlock(Block):
    """A search for the settings of a row; each trial is a run of its own."""

    trials: Annotated[int, Field(ge=1, le=100_000)] = Field(
        description="How many settings are tried; failed and pruned trials count."
    )
    space: dict[
        str,
        Annotated[
            SpaceBlock,
            BeforeValidator(_list_alone, json_schema_input_type=list[Scalar] | SpaceBlock),
        ],
    ] = Field(min_length=1, description="What is drawn, by setting: a range, or a list of choices.")
    sampler: Literal["tpe", "random"] = Field(
        default="tpe",
        description="`random`, or `tpe`: at random ten times, then near what scored well.",
    )
    pruner: Literal["hyperband", "none"] = Field(
        default="none", description="`hyperband` ends trials early that fall behind after an epoch."
    )
    metric: str = Field(
        default="loss", description="Score of the validation split that trials are compared by."
    )
    seed: Annotated[int, Field(ge=0)] | None = Field(
        default=None, description="Of the draws; the study's by default."
    )
