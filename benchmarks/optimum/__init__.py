"""optimum-benchmark and breakeven on the same model and inputs."""
