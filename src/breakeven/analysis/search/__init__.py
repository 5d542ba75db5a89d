"""Search: the cheapest configuration that loses nothing, found with a part of the full grid.

Pure: what is measured comes through a `Bench`, be it live, a stored grid or made up.
"""
