"""Which GPUs this process may use, as CUDA decides it, resolved to UUIDs.

CUDA_VISIBLE_DEVICES is not a list of NVML indices: CUDA sorts devices fastest first unless
CUDA_DEVICE_ORDER=PCI_BUS_ID, names may be UUIDs or their beginnings, and the list ends at the
first name that fits nothing, such as -1 or NoDevFiles (CUDA C++ Programming Guide, "CUDA
Environment Variables"; an empty list shows nothing).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from breakeven.errors import MeterUnavailableError


@dataclass(frozen=True, slots=True, kw_only=True)
class Gpu:
    """One GPU as NVML lists it, in PCI bus order.

    Attributes:
        uuid: "GPU-..."; constant. Of one that does not answer, a name that none can have.
        name: Model; empty for one that does not answer.
        is_mig: Whether it is cut into instances.
        trouble: Why it does not answer; it keeps its place among the others all the same.
    """

    uuid: str
    name: str
    is_mig: bool = False
    trouble: MeterUnavailableError | None = None


def visible_gpus(gpus: Sequence[Gpu], *, visible: str | None, order: str | None) -> tuple[Gpu, ...]:
    """Choose the GPUs that CUDA would show.

    Args:
        gpus: All of them, in PCI bus order.
        visible: CUDA_VISIBLE_DEVICES; None when unset.
        order: CUDA_DEVICE_ORDER; None when unset.

    Raises:
        MeterUnavailableError: If MIG instances are asked for, no GPU remains, or indices cannot
            be told apart because the models differ.
    """
    if visible is None:
        return _whole(gpus)
    chosen: list[Gpu] = []
    for word in (part.strip() for part in visible.split(",")):
        if word.startswith("MIG-"):
            raise _mig_error(word)
        gpu = _by_index(gpus, word, order) if _is_number(word) else _by_uuid(gpus, word)
        if gpu is None:
            break
        chosen.append(gpu)
    if not chosen or len(set(chosen)) < len(chosen):
        raise MeterUnavailableError(
            f"CUDA_VISIBLE_DEVICES={visible!r} shows none of the {len(gpus)} GPUs.",
            advice="Unset it, or name GPUs by the UUIDs that `nvidia-smi -L` lists, each once.",
        )
    return _whole(chosen)


def _whole(gpus: Sequence[Gpu]) -> tuple[Gpu, ...]:
    for gpu in gpus:
        if gpu.is_mig:
            raise _mig_error(gpu.uuid)
    return tuple(gpus)


def _is_number(word: str) -> bool:
    return word.lstrip("-").isdigit()


def _by_index(gpus: Sequence[Gpu], word: str, order: str | None) -> Gpu | None:
    if len({gpu.name for gpu in gpus if gpu.name}) > 1 and order != "PCI_BUS_ID":
        raise MeterUnavailableError(
            f"CUDA_VISIBLE_DEVICES has the index {word}, but the GPUs here are of different "
            "models and CUDA numbers them fastest first, so it is unclear which one is meant.",
            advice="Set CUDA_DEVICE_ORDER=PCI_BUS_ID, or name GPUs by UUID (`nvidia-smi -L`).",
        )
    index = int(word)
    return gpus[index] if 0 <= index < len(gpus) else None


def _by_uuid(gpus: Sequence[Gpu], word: str) -> Gpu | None:
    found = [gpu for gpu in gpus if word and gpu.uuid.startswith(word)]
    return found[0] if len(found) == 1 else None


def _mig_error(what: str) -> MeterUnavailableError:
    return MeterUnavailableError(
        f"{what} is a MIG instance or a GPU cut into some; its energy is counted for the whole "
        "card only.",
        advice=(
            "Turn MIG off (sudo nvidia-smi -mig 0) or choose a whole GPU by its UUID; a share of "
            "a card would be modelled, not measured."
        ),
    )
