"""Certificates: a saving and a loss bounded at once, on data that the choice did not see."""
