"""Account: the work of one model on one input, whichever way it was found; no torch needed.

The closed form answers where one is known for the architecture; else, or when asked, the
operators are counted as they are dispatched.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from breakeven.formulas.families import FAMILIES, Ask, closed_form
from breakeven.formulas.flops import FlopCount, inference_flops
from breakeven.formulas.operations import CONVENTION, NOTHING, Group, OpCount
from breakeven.formulas.parts import Part
from breakeven.workloads.counting.count import Count
from breakeven.workloads.models.folder import SIZE_KEYS, find_size, is_local, read_config
from breakeven.workloads.models.frameworks import import_transformers

N_FORWARD_IN_TRAINING = 3
"""Forward once, backward twice as much (Kaplan et al. 2020); Clark et al. 2020 take 1:1."""

_TRAINING = f"training is {N_FORWARD_IN_TRAINING} x forward (forward:backward 1:2)"
_BYTES_PER_FP32 = 4
_BYTES_PER_ID = 8

LIMITS = (
    "FPO says nothing about memory: a gather or a copy is free here and takes time and energy",
    "nor about communication between the parts of a machine, or between machines",
    "it is the work of this implementation; another of the same model may do more or less",
    "it need not follow run time or energy: measure those",
)
"""After Schwartz et al. 2020, section "Measures of efficiency"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The work of one forward pass, and what stands beside it.

    Attributes:
        source: "closed form" or "counted".
        how: In words: the family, or the device and the attention.
        work: By group.
        n_parameters: Tied ones once.
        n_learnable: Those that training changes.
        n_embedding: Those in tables that are looked up.
        weights_bytes: Of the weights; fp32 for a closed form.
        gathered_bytes: Read and written by look-ups in tables, indices included.
        peak_activation_bytes: Most held at one time; None where nothing was dispatched.
        count: All rows, where operators were counted.
        beyond: In words, where more tokens were asked for than the architecture has positions; what
            is dispatched either runs or is refused.
    """

    source: str
    how: str
    work: Mapping[Group, OpCount]
    n_parameters: int
    n_learnable: int
    n_embedding: int
    weights_bytes: int
    gathered_bytes: int
    peak_activation_bytes: int | None = None
    count: Count | None = None
    beyond: str = ""

    @property
    def ops(self) -> OpCount:
        """All groups together."""
        return sum(self.work.values(), NOTHING)

    @property
    def training(self) -> OpCount:
        """One training step: counted where a backward pass was, else three forward passes."""
        if self.count is not None and self.count.training is not None:
            return self.count.training
        return self.ops * N_FORWARD_IN_TRAINING

    def kaplan(self, n_tokens: int) -> FlopCount:
        """The same pass by Kaplan's rule, as stages of a study record it."""
        return inference_flops(self.n_parameters - self.n_embedding, n_tokens)

    @property
    def unknown(self) -> Mapping[str, int]:
        """Calls of operators that no rule counts; a closed form meets none."""
        return {} if self.count is None else self.count.unknown

    @property
    def convention(self) -> str:
        """What the numbers mean."""
        counted = self.count is not None and self.count.training is not None
        training = "training is forward and backward, counted" if counted else _TRAINING
        return f"{self.source}, {self.how}; {CONVENTION}; {training}; loss and optimizer out."


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """How to find an account.

    Attributes:
        ask: Batch, length, head.
        counts: Whether to count although a closed form is known.
        attention: Implementation to count; None for transformers' own choice.
        device: Where to count: "meta" allocates no weights, "cpu" runs random ones.
        trains: Whether a backward pass is wanted; counted where operators are.
        changes: Keys of the configuration to set.
    """

    ask: Ask
    counts: bool = False
    attention: str | None = None
    device: str = "meta"
    trains: bool = False
    changes: Mapping[str, Any] = field(default_factory=dict)


def account_of(config: Mapping[str, Any], wanted: Wanted) -> Account:
    """Find the work of an architecture, in closed form where that is known and enough.

    Args:
        config: Keys of config.json.
        wanted: On what input, and how.

    Raises:
        ModelFolderError: If the architecture cannot be counted either.
        MissingExtraError: If counting needs torch and transformers, and they are not there.
    """
    config = {**config, **wanted.changes}
    form = None if wanted.counts else closed_form(config, wanted.ask)
    if form is not None:
        return _of_form(form, wanted.ask, config)
    import_transformers()
    from breakeven.workloads.counting.models import Build, count_model  # noqa: PLC0415 - torch

    build = Build(attention=wanted.attention, device=wanted.device, trains=wanted.trains)
    count = count_model(config, wanted.ask, build)
    attention = wanted.attention or "transformers' own choice of"
    return Account(
        source="counted",
        how=f"by dispatch on {wanted.device}, {attention} attention",
        work=count.work,
        n_parameters=count.n_parameters,
        n_learnable=count.n_learnable,
        n_embedding=count.n_embedding,
        weights_bytes=count.weights_bytes,
        gathered_bytes=count.moved_bytes(Group.GATHER),
        peak_activation_bytes=count.peak_activation_bytes,
        count=count,
    )


def find_config(name: str) -> Mapping[str, Any]:
    """Read the configuration that a name stands for.

    Args:
        name: A folder, a config.json, transformers' name of an architecture (its default
            sizes), or an id on a hub, where one is reachable.

    Raises:
        ModelFolderError: If nothing of the kind is there.
        MissingExtraError: If transformers is needed to look and is not installed.
    """
    if is_local(name):
        return read_config(Path(name))
    if closed_form({"model_type": name}, Ask(n_sequences=1, n_tokens=1)) is not None:
        return {"model_type": name}
    transformers = import_transformers()
    if name in transformers.CONFIG_MAPPING:
        return {"model_type": name}
    from breakeven.workloads.counting.models import hub_config  # noqa: PLC0415 - torch

    return hub_config(name)


def _of_form(form: Part, ask: Ask, config: Mapping[str, Any]) -> Account:
    family = str(config["model_type"])
    n_index_bytes = _BYTES_PER_ID * ask.n_rows
    return Account(
        source="closed form",
        how=f"{family} with head {ask.head.value}",
        work=form.work,
        n_parameters=form.n_parameters,
        n_learnable=form.n_parameters,
        n_embedding=form.n_embedding,
        weights_bytes=_BYTES_PER_FP32 * form.n_parameters,
        gathered_bytes=2 * _BYTES_PER_FP32 * form.n_gathered + n_index_bytes,
        beyond=_beyond({**FAMILIES[family].defaults, **config}, ask),
    )


def _beyond(config: Mapping[str, Any], ask: Ask) -> str:
    """Say that a length is beyond the positions of a configuration; empty where it is not."""
    n_positions = find_size(config, "n_positions")
    if n_positions is None or not 0 < n_positions < ask.n_tokens:
        return ""
    key = next(key for key in SIZE_KEYS["n_positions"] if config.get(key) is not None)
    return (
        f"the architecture has {n_positions:,} positions (config {key}), not {ask.n_tokens:,}; the "
        "count is that of one with as many"
    )
