"""Which AMD GPUs this process may use, as ROCm decides it.

ROCR_VISIBLE_DEVICES chooses by index or UUID among all GPUs, and HIP_VISIBLE_DEVICES (else
CUDA_VISIBLE_DEVICES, which HIP obeys too) among those that it left (ROCm documentation, "GPU
isolation techniques"). Indices are HIP's, which amdsmi tells.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from breakeven.errors import MeterUnavailableError

WHOLE = frozenset({"", "SPX", "N/A"})
"""Compute partitions of one: single, or a model that has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AmdGpu:
    """One GPU as amdsmi lists it.

    Attributes:
        uuid: Of the card; its place on the bus where it has none.
        hip_id: Place in HIP's order.
        names: Every name it may be chosen by.
        model: For people.
        partition: How its compute units are divided ("SPX", "CPX"); empty where they cannot be.
        trouble: Why it does not answer; it keeps its place among the others all the same.
    """

    uuid: str
    hip_id: int
    names: tuple[str, ...] = ()
    model: str = ""
    partition: str = ""
    trouble: MeterUnavailableError | None = None


def visible_amd_gpus(gpus: Sequence[AmdGpu], environ: Mapping[str, str]) -> tuple[AmdGpu, ...]:
    """Choose the GPUs that HIP would show.

    Args:
        gpus: All of them.
        environ: Where the three variables are looked up.

    Raises:
        MeterUnavailableError: If no GPU remains, or one that does is divided into partitions.
    """
    left = sorted(gpus, key=lambda gpu: gpu.hip_id)
    for variable in ("ROCR_VISIBLE_DEVICES", _second(environ)):
        if variable in environ:
            left = _chosen(left, environ[variable], variable, n_gpus=len(gpus))
    for gpu in left:
        if gpu.partition not in WHOLE:
            raise _divided(gpu)
    return tuple(left)


def _second(environ: Mapping[str, str]) -> str:
    return "HIP_VISIBLE_DEVICES" if "HIP_VISIBLE_DEVICES" in environ else "CUDA_VISIBLE_DEVICES"


def _chosen(gpus: Sequence[AmdGpu], words: str, variable: str, *, n_gpus: int) -> list[AmdGpu]:
    """Those named, up to the first word that fits nothing."""
    found: list[AmdGpu] = []
    for word in (part.strip() for part in words.split(",")):
        gpu = _named(gpus, word)
        if gpu is None or gpu in found:
            break
        found.append(gpu)
    if not found:
        raise MeterUnavailableError(
            f"{variable}={words!r} shows none of the {n_gpus} GPUs.",
            advice="Unset it, or name GPUs as `amd-smi list` does, each once.",
        )
    return found


def _named(gpus: Sequence[AmdGpu], word: str) -> AmdGpu | None:
    if word.isdigit():
        return gpus[int(word)] if int(word) < len(gpus) else None
    wanted = _bare(word)
    return next((gpu for gpu in gpus if wanted and wanted in map(_bare, gpu.names)), None)


def _bare(name: str) -> str:
    """A UUID as anybody writes it: with GPU- or 0x before it, in either case."""
    return name.lower().removeprefix("gpu-").removeprefix("0x")


def _divided(gpu: AmdGpu) -> MeterUnavailableError:
    return MeterUnavailableError(
        f"{gpu.model} ({gpu.uuid}) is divided into partitions ({gpu.partition}); its energy is "
        "counted for the whole card only.",
        advice=(
            "Put it together (sudo amd-smi set --gpu all --compute-partition SPX); a share of a "
            "card would be modelled, not measured."
        ),
    )
