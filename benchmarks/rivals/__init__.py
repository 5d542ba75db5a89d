"""Rivals: the released tools and breakeven on the same fake machines, faults included."""
