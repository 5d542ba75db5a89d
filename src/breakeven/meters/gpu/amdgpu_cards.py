"""Find the AMD cards that this process may use, and what each can be asked for."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from breakeven.errors import MeterUnavailableError
from breakeven.meters.gpu.amdgpu_driver import AmdDriver
from breakeven.meters.gpu.card import NOT_COVERED, Card, Cards, Sensor, SensorMissingError
from breakeven.meters.gpu.rocm_visible import AmdGpu, visible_amd_gpus
from breakeven.records import Note, NoteCode

COUNTER_ERROR_FRAC = 0.003
"""The library multiplies by 15.3 uJ (kEnergyCounterResolution of rocm_smi.cc) what the kernel
counts in 2^-16 J, 15.259 uJ (gpu_metrics of kgd_pp_interface.h)."""

MEAN_S = 1.0
"""Power, on cards before MI300 a mean, and activity: AMD says of neither over how long; a second is
what it says of clocks (amdsmi.h, amdsmi_get_clock_info)."""

TWO_DIES = "MI250"
"""Two GPUs on one card, of which the first shows the power of both, and the second none
(rocm_smi_lib issue 160)."""

_J_PER_UJ = 1e-6
_PERCENT = 0.01
_BYTES_PER_MIB = 2.0**20


def find_cards(driver: AmdDriver, environ: Mapping[str, str]) -> Cards:
    """Find the visible cards; those that do not answer become notes.

    Args:
        driver: Opened.
        environ: Where ROCR_, HIP_ and CUDA_VISIBLE_DEVICES are looked up.

    Raises:
        MeterUnavailableError: If no card is visible, none answers, or one is divided.
    """
    handles = list(driver.ask("amdsmi_get_processor_handles"))
    if not handles:
        raise MeterUnavailableError(
            "the AMD GPU driver lists no GPU.", advice="Check `amd-smi list`."
        )
    listed = [_listed(driver, handle, place) for place, handle in enumerate(handles)]
    handle_of = dict(zip(listed, handles, strict=True))
    working: list[Card] = []
    troubles: list[MeterUnavailableError] = []
    for gpu in visible_amd_gpus(listed, environ):
        try:
            working.append(_card(driver, gpu, handle_of[gpu]))
        except MeterUnavailableError as error:
            troubles.append(error)
    if not working:
        raise troubles[0]
    return Cards(working=working, notes=[_note(trouble) for trouble in troubles])


def _listed(driver: AmdDriver, handle: Any, place: int) -> AmdGpu:  # noqa: ANN401 - a handle
    try:
        asic = driver.ask("amdsmi_get_gpu_asic_info", handle)
        bus = str(driver.ask("amdsmi_get_gpu_device_bdf", handle))
        uuid = str(_told(driver, "amdsmi_get_gpu_device_uuid", handle) or "")
        order = _told(driver, "amdsmi_get_gpu_enumeration_info", handle) or {}
        partition = str(_told(driver, "amdsmi_get_gpu_compute_partition", handle) or "")
    except MeterUnavailableError as error:
        return AmdGpu(uuid=f"GPU at place {place}", hip_id=place, trouble=error)
    names = (uuid, str(order.get("hip_uuid", "")), str(asic.get("asic_serial", "")), bus)
    hip_id = order.get("hip_id")
    return AmdGpu(
        uuid=uuid if uuid.strip("0-") else bus,
        hip_id=hip_id if isinstance(hip_id, int) else place,
        names=tuple(name for name in names if name),
        model=str(asic.get("market_name", "AMD GPU")),
        partition=partition,
    )


def _told(driver: AmdDriver, function: str, handle: Any) -> Any:  # noqa: ANN401 - as many types
    """An answer that not every release and card gives; None without."""
    try:
        return driver.ask(function, handle)
    except SensorMissingError:
        return None


def _card(driver: AmdDriver, gpu: AmdGpu, handle: Any) -> Card:  # noqa: ANN401 - a handle
    if gpu.trouble is not None:
        raise _silent(gpu, gpu.trouble) from gpu.trouble
    try:
        power = _power_sensor(driver, handle)
        counter = _counter_sensor(driver, handle, gpu)
    except MeterUnavailableError as error:
        raise _silent(gpu, error) from error
    if TWO_DIES in gpu.model and power is None:
        raise MeterUnavailableError(
            f"{gpu.model} ({gpu.uuid}) is the second die of its card; the first shows the energy "
            "of both.",
            advice="Make the first die visible as well, and let nobody else use either.",
        )
    if counter is None and power is None:
        raise MeterUnavailableError(
            f"{gpu.model} ({gpu.uuid}) reports neither energy nor power.",
            advice="Measure at the wall or the power supply; virtual machines see no sensor.",
        )
    return Card(
        uuid=gpu.uuid,
        model=gpu.model,
        counter=counter,
        power=power,
        busy=_offered(lambda: _busy_sensor(driver, handle)),
        memory=_offered(lambda: _memory_sensor(driver, handle)),
    )


def _counter_sensor(driver: AmdDriver, handle: Any, gpu: AmdGpu) -> Sensor | None:  # noqa: ANN401
    """Joules since the driver was loaded: a register times its step (renamed in amdsmi 6.2.1)."""
    ask = partial(driver.number, "amdsmi_get_energy_count", handle)
    try:
        step_j = ask("counter_resolution") * _J_PER_UJ
    except SensorMissingError:
        return None

    def read() -> float:
        return ask("energy_accumulator", "power") * step_j

    if not _tells(read):
        return None
    both = "; it holds both dies of the card" if TWO_DIES in gpu.model else ""
    return Sensor(
        name="amdsmi-energy",
        read=read,
        resolution=step_j,
        relative_error=COUNTER_ERROR_FRAC,
        not_covered=f"{NOT_COVERED}{both}",
    )


def _power_sensor(driver: AmdDriver, handle: Any) -> Sensor | None:  # noqa: ANN401 - a handle
    """Watts now where the card tells them (MI300 on), else their mean."""
    ask = partial(driver.number, "amdsmi_get_power_info", handle)
    now = partial(ask, "current_socket_power")
    mean = partial(ask, "average_socket_power", "socket_power")
    if _tells(now):
        return Sensor(name="amdsmi-power", read=now, resolution=1.0)
    if _tells(mean):
        return Sensor(name="amdsmi-power-average", read=mean, resolution=1.0, period_s=MEAN_S)
    return None


def _tells(read: Callable[[], float]) -> bool:
    """Whether a card has a sensor; no card draws 0 W, nor has one drawn nothing so far."""
    try:
        return read() > 0
    except SensorMissingError:
        return False


def _busy_sensor(driver: AmdDriver, handle: Any) -> Sensor:  # noqa: ANN401 - a handle
    def read() -> float:
        return driver.number("amdsmi_get_gpu_activity", handle, "gfx_activity") * _PERCENT

    read()
    return Sensor(
        name="amdsmi-activity",
        read=read,
        resolution=_PERCENT,
        period_s=MEAN_S,
        not_covered="how much of the card is used while it is busy",
    )


def _memory_sensor(driver: AmdDriver, handle: Any) -> Sensor:  # noqa: ANN401 - a handle
    def read() -> float:
        return driver.number("amdsmi_get_gpu_vram_usage", handle, "vram_used") * _BYTES_PER_MIB

    read()
    return Sensor(
        name="amdsmi-card-memory",
        read=read,
        resolution=_BYTES_PER_MIB,
        not_covered="nothing: it is the whole card's, of every process and of the driver",
    )


def _offered(make: Callable[[], Sensor]) -> Sensor | None:
    """A card is worth measuring without its load and memory."""
    try:
        return make()
    except MeterUnavailableError:
        return None


def _silent(gpu: AmdGpu, error: MeterUnavailableError) -> MeterUnavailableError:
    named = f"{gpu.model} ({gpu.uuid})" if gpu.model else gpu.uuid
    return MeterUnavailableError(
        f"{named} does not answer the AMD GPU driver: {error.message}", advice=error.advice
    )


def _note(trouble: MeterUnavailableError) -> Note:
    return Note(
        code=NoteCode.METER_UNAVAILABLE,
        message=f"amdsmi: {trouble.message}",
        advice=trouble.advice,
    )
