"""Fronts: what nothing else beats in a study, and which of its orders the runs can tell."""
