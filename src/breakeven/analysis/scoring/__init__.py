"""Scoring: quality with its interval, over seeds and examples, and how two differ in it."""
