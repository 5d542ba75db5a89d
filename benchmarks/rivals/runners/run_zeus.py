"""zeus: a window of `ZeusMonitor`; no torch is installed, so nothing is synchronized."""

from work import ASK, OUT, tell, work


def main():
    if ASK == "salvage":
        return salvage()
    from zeus.monitor import ZeusMonitor

    monitor = ZeusMonitor(log_file=str(OUT / "zeus.csv"))
    monitor.begin_window("work", sync_execution=False)
    inner = None
    if ASK == "nested":
        monitor.begin_window("inner", sync_execution=False)
    work()
    if ASK == "nested":
        inner = total(monitor.end_window("inner", sync_execution=False))
    seen = monitor.end_window("work", sync_execution=False)
    return tell(total(seen), inner_j=inner, duration_s=seen.time)


def total(seen):
    """All that the window reported, in joules."""
    parts = [seen.gpu_energy, seen.cpu_energy, seen.dram_energy]
    return float(sum(sum(part.values()) for part in parts if part))


def salvage():
    lines = [line for line in (OUT / "zeus.csv").read_text().splitlines()[1:] if line]
    tell(None if not lines else sum(float(x) for line in lines for x in line.split(",")[3:]))


if __name__ == "__main__":
    main()
