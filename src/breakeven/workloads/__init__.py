"""Workloads: the tasks, models, stages and reductions that run; never how they are metered."""
