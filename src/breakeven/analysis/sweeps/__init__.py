"""Sweeps: what cutting length, depth, precision and the like costs and loses."""
