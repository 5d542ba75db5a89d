"""Costs: what pathways cost to make and to use, held against each other, and what to take."""
