"""workloads/stages."""
