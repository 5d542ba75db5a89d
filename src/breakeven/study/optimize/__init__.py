"""Optimize: the cheapest inference of a fine-tuned model, searched and certified on a machine.

Rounds of a search are inference rows of one study, carried out like any others into one store; so
resuming, leases, records and costs are those of every study.
"""
