"""Device: where tensors live, how to wait for it, and how many threads compute."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial

import torch
from torch import nn

from breakeven.errors import SettingsError
from breakeven.records import Cost, Kind, Resource, Scalar
from breakeven.workloads.models.encoder import count_parameters
from breakeven.workloads.stages.ledger import counted


def prepare_device(settings: Mapping[str, Scalar]) -> torch.device:
    """Set the number of threads and return the device that `threads` and `device` ask for.

    Raises:
        SettingsError: If a CUDA device is asked for and torch sees none.
    """
    use_threads(int(settings["threads"]))
    return choose_device(str(settings["device"]))


def choose_device(asked: str = "auto") -> torch.device:
    """Return the device to compute on.

    Args:
        asked: "auto" (the first CUDA device, else the CPU), "cpu", "cuda" or "cuda:1".

    Raises:
        SettingsError: If torch knows no such device, or a CUDA device is asked for and it sees
            none.
    """
    has_cuda = torch.cuda.is_available()
    if asked == "auto":
        return torch.device("cuda" if has_cuda else "cpu")
    try:
        device = torch.device(asked)
    except RuntimeError as error:
        raise SettingsError(
            f"device={asked!r} is no device of torch; choose auto, cpu, cuda or cuda:1"
        ) from error
    if device.type == "cuda" and not has_cuda:
        raise SettingsError(
            f"device={asked!r} asked, but torch {torch.__version__} sees no CUDA device here. "
            "Set device: cpu or auto, or install a CUDA build of torch."
        )
    return device


def synchronizer(
    device: torch.device, *, wait: Callable[[torch.device], None] = torch.cuda.synchronize
) -> Callable[[], None]:
    """Return what waits until the device has done all queued work; nothing on a CPU.

    Args:
        device: Where the work was queued.
        wait: Waits for one CUDA device.
    """
    if device.type == "cuda":
        return partial(wait, device)
    return lambda: None


def use_threads(n_threads: int) -> None:
    """Compute on `n_threads` threads from now on.

    One by default: on a busy machine a second thread spins and inflates CPU time.
    """
    torch.set_num_threads(n_threads)
    if torch.get_num_interop_threads() != n_threads:
        # Torch lets the pool between operators be sized once per process; later rows keep it.
        with suppress(RuntimeError):
            torch.set_num_interop_threads(n_threads)


def model_costs(model: nn.Module, device: torch.device) -> list[Cost]:
    """Parameters of a model, and what it took of a CUDA device's memory since its last reset."""
    found = [counted(Resource.N_PARAMETERS, count_parameters(model).n_total)]
    if device.type == "cuda":
        found.append(
            Cost.exact(
                Resource.PEAK_DEVICE_MEMORY_BYTES,
                torch.cuda.max_memory_allocated(device),
                kind=Kind.MEASURED,
                sensor="torch.cuda.max_memory_allocated",
                channel=str(device),
            )
        )
    return found


@contextmanager
def confined(n_threads: int) -> Iterator[None]:
    """Leave this thread, and those that begin in the block, so many of its processors.

    For libraries that take all they see and have no setting for it (NNCF, as it calibrates).
    Systems that know no such bounds (macOS) leave them all.
    """
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, sorted(allowed)[:n_threads])
    try:
        yield
    finally:
        os.sched_setaffinity(0, allowed)
