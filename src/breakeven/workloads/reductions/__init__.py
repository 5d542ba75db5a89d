"""workloads/reductions."""
