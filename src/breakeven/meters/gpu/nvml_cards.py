"""Find the NVIDIA cards that this process may use, and what each can be asked for.

A card that has fallen off the bus must not take the others with it: it becomes a note, and keeps
its place in the order that CUDA_VISIBLE_DEVICES counts by.
"""

from collections.abc import Callable, Mapping
from typing import Any

from breakeven.errors import MeterUnavailableError
from breakeven.meters.gpu.card import Card, Cards, Sensor, SensorMissingError
from breakeven.meters.gpu.cuda_visible import Gpu, visible_gpus
from breakeven.meters.gpu.nvml_driver import NvmlDriver
from breakeven.meters.gpu.nvml_sensors import (
    busy_sensor,
    counter_sensor,
    memory_sensor,
    power_sensor,
)
from breakeven.meters.gpu.processes import OwnProcesses, sees_host_numbers
from breakeven.records import Note, NoteCode


def find_cards(
    driver: NvmlDriver,
    environ: Mapping[str, str],
    *,
    can_tell_own: Callable[[], bool] = sees_host_numbers,
) -> Cards:
    """Find the visible cards; those that do not answer become notes.

    Args:
        driver: Opened.
        environ: Where CUDA_VISIBLE_DEVICES and CUDA_DEVICE_ORDER are looked up.
        can_tell_own: Whether our processes can be told from others'.

    Raises:
        MeterUnavailableError: If no card is visible, none answers, or one is cut into instances.
    """
    listed = [_listed(driver, index) for index in range(int(driver.ask("nvmlDeviceGetCount")))]
    if not listed:
        raise MeterUnavailableError(
            "the NVIDIA driver lists no GPU.", advice="Check `nvidia-smi -L`."
        )
    chosen = visible_gpus(
        listed,
        visible=environ.get("CUDA_VISIBLE_DEVICES"),
        order=environ.get("CUDA_DEVICE_ORDER"),
    )
    working: list[Card] = []
    troubles: list[MeterUnavailableError] = []
    for gpu in chosen:
        try:
            working.append(_card(driver, gpu, can_tell_own))
        except MeterUnavailableError as error:
            troubles.append(error)
    if not working:
        raise troubles[0]
    return Cards(working=working, notes=[_note(trouble) for trouble in troubles])


def _listed(driver: NvmlDriver, index: int) -> Gpu:
    try:
        handle = driver.ask("nvmlDeviceGetHandleByIndex", index)
        return Gpu(
            uuid=_text(driver.ask("nvmlDeviceGetUUID", handle)),
            name=_text(driver.ask("nvmlDeviceGetName", handle)),
            is_mig=_is_mig(driver, handle),
        )
    except MeterUnavailableError as error:
        return Gpu(uuid=f"GPU at place {index}", name="", trouble=error)


def _is_mig(driver: NvmlDriver, handle: Any) -> bool:  # noqa: ANN401 - an opaque handle
    try:
        return bool(driver.ask("nvmlDeviceGetMigMode", handle)[0])
    except SensorMissingError:
        return False  # models without MIG


def _card(driver: NvmlDriver, gpu: Gpu, can_tell_own: Callable[[], bool]) -> Card:
    if gpu.trouble is not None:
        raise _silent(gpu, gpu.trouble) from gpu.trouble
    try:
        handle = driver.ask("nvmlDeviceGetHandleByUUID", gpu.uuid)
        counter = counter_sensor(driver, handle)
        power = power_sensor(driver, handle, model=gpu.name)
    except MeterUnavailableError as error:
        raise _silent(gpu, error) from error
    if counter is None and power is None:
        raise MeterUnavailableError(
            f"{gpu.name} ({gpu.uuid}) reports neither energy nor power.",
            advice="Measure at the wall or the power supply; this card has no sensor.",
        )
    own = OwnProcesses()
    return Card(
        uuid=gpu.uuid,
        model=gpu.name,
        counter=counter,
        power=power,
        busy=_offered(lambda: busy_sensor(driver, handle)),
        memory=_offered(lambda: memory_sensor(driver, handle, own=own, can_tell_own=can_tell_own)),
    )


def _offered(make: Callable[[], Sensor | None]) -> Sensor | None:
    """A card is worth measuring without its load and memory."""
    try:
        return make()
    except MeterUnavailableError:
        return None


def _silent(gpu: Gpu, error: MeterUnavailableError) -> MeterUnavailableError:
    named = f"{gpu.name} ({gpu.uuid})" if gpu.name else gpu.uuid
    return MeterUnavailableError(
        f"{named} does not answer the NVIDIA driver: {error.message}",
        advice=error.advice or "Look for it with `nvidia-smi -L`.",
    )


def _note(trouble: MeterUnavailableError) -> Note:
    return Note(
        code=NoteCode.METER_UNAVAILABLE,
        message=f"nvml: {trouble.message}",
        advice=trouble.advice,
    )


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value
