"""`python -m breakeven` is the command line."""

from breakeven.cli import main

main()
