"""workloads/tasks."""
