"""Scripts for those who work on the project; never installed."""
