"""pyJoules: an `EnergyMeter` over every domain it finds, cores and the like left out of the sum."""

from work import ASK, tell, work


def main():
    if ASK == "salvage":
        return tell(None, said="it writes nothing before the end")
    from pyJoules.device import DeviceFactory
    from pyJoules.energy_meter import EnergyMeter

    meter = EnergyMeter(DeviceFactory.create_devices())
    meter.start(tag="work")
    work()
    meter.stop()
    energy = meter.get_trace()[0].energy  # µJ of RAPL, mJ of NVML
    counted = {k: v for k, v in energy.items() if not k.startswith(("core", "uncore"))}
    joules = {k: v * (1e-3 if k.startswith("nvidia") else 1e-6) for k, v in counted.items()}
    return tell(sum(joules.values()), domains=joules)


if __name__ == "__main__":
    main()
