"""Ledgers: what other tools wrote down of runs, one file per tool, read into ordinary runs."""
