"""Runs: which runs belong to what, and what each of them, or several together, says."""
