"""Metering: what breakeven's meters cost, beside codecarbon and zeus in the same run."""
