"""Tables: the runs and pathways as tables of values."""
