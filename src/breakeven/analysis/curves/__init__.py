"""Curves: cost or quality against work, size, time or money."""
