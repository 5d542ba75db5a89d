"""Settings: what a stage was asked to do, as passed and as resolved."""

from collections.abc import Mapping
from dataclasses import dataclass, field

Scalar = str | int | float | bool

BATCHING = ("batch_size", "batch_tokens", "sorted", "padding")
"""Settings of an inference row that decide what shares a batch."""

MEASURED_ON = (
    *("split", "n_examples", "choice_seed"),
    *("n_batches", "min_window_s", "warmup", "idle_s"),
)
"""Settings of an inference row that say on what and how long a configuration is measured, not
which it is: a study and a search of it measure their common baseline on different examples."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Flat names to scalars.

    Attributes:
        passed: What the user wrote.
        resolved: The same with every default filled in; this is what ran and what is hashed.
    """

    passed: Mapping[str, Scalar] = field(default_factory=dict)
    resolved: Mapping[str, Scalar] = field(default_factory=dict)
