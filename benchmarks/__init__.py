"""Benchmarks: what breakeven itself costs, each with its limit beside it."""
