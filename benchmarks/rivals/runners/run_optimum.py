"""optimum-benchmark: its process launcher around work that sleeps."""

import os

from work import ASK, tell, work

os.environ["LOG_TO_FILE"] = "0"


def main():
    if ASK == "salvage":
        return tell(None)
    from optimum_benchmark import ProcessConfig
    from optimum_benchmark.launchers.process.launcher import ProcessLauncher

    ProcessLauncher(ProcessConfig(device_isolation=False)).launch(worker=measured, worker_args=[])
    return tell(None, said="energy comes from codecarbon there")


def measured():
    """Do the work in the child that the launcher started."""
    from optimum_benchmark.benchmark.report import BenchmarkReport

    work()
    return BenchmarkReport.from_list(["load"]) if False else BenchmarkReport()


if __name__ == "__main__":
    main()
