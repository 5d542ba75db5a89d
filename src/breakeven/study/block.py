"""The form that every part of the study file has in common."""

from pydantic import BaseModel, ConfigDict


class Block(BaseModel):
    """A part of the study file: strict types, no unknown keys."""

    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, allow_inf_nan=False, populate_by_name=True
    )
