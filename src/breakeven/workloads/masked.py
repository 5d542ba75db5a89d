"""Masked: what all that hides tokens must agree on."""

MASKED_SHARE = 0.15
"""Share of tokens to guess (Devlin et al. 2019, section 3.1)."""
