"""Tuning: what the trials of a search cost, saved and showed."""
