"""workloads/models."""
