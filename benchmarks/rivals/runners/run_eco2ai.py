"""eco2AI: a tracker from start to stop."""

import csv

from work import ASK, HAS_GPUS, OUT, tell, work

J_PER_KWH = 3.6e6


def main():
    if ASK == "salvage":
        return salvage()
    from eco2ai import Tracker

    place = {} if ASK == "defaults" else {"alpha_2_code": "FR", "region": "Other"}
    tracker = Tracker(
        file_name=str(OUT / "emission.csv"), measure_period=1, ignore_warnings=True, **place
    )
    tracker.start()
    work()
    tracker.stop()
    gpu_kwh = tracker._gpu.get_consumption() if HAS_GPUS else None
    return tell(read() if gpu_kwh is None else gpu_kwh * J_PER_KWH)


def read():
    """Joules in the last line of its file."""
    rows = list(csv.DictReader((OUT / "emission.csv").open()))
    return float(rows[-1]["power_consumption(kWh)"]) * J_PER_KWH if rows else None


def salvage():
    tell(read() if (OUT / "emission.csv").exists() else None)


if __name__ == "__main__":
    main()
