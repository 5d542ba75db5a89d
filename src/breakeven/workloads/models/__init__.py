"""Models: loading, shrinking, keeping and feeding them. Importing this imports no framework."""
