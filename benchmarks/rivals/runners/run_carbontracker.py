"""carbontracker: the consumption it would print after one epoch, its PUE of 1.58 taken out."""

from work import ASK, HAS_GPUS, OUT, tell, work

J_PER_KWH = 3.6e6


def main():
    if ASK == "salvage":
        return salvage()
    from carbontracker import constants
    from carbontracker.tracker import CarbonTracker

    tracker = CarbonTracker(
        epochs=1, log_dir=str(OUT), verbose=0, components="gpu" if HAS_GPUS else "all"
    )
    said_kwh = []
    tracker._output_energy = lambda title, time, energy, *rest: said_kwh.append(energy)
    tracker.epoch_start()
    work()
    tracker.epoch_end()
    if not said_kwh:
        return tell(None)
    with_pue_j = float(said_kwh[-1]) * J_PER_KWH
    return tell(with_pue_j / constants.PUE_2023, with_pue_j=with_pue_j)


def salvage():
    """Whether any log holds a consumption."""
    lines = [line for path in OUT.rglob("*.log") for line in path.read_text().splitlines()]
    told = [line for line in lines if "consumption" in line.lower() or "Energy" in line]
    tell(None, said="; ".join(told[:2]) or "no log with a consumption")


if __name__ == "__main__":
    main()
