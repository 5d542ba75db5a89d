"""Tables of costs from papers and other people's scripts, read strictly into ordinary runs."""
