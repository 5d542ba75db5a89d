"""Samples: repeated runs described, and two of them compared."""
