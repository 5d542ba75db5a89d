"""Sensors on the board: RAPL by either way in, and hwmon chips."""
