"""Ranks: one stage in several processes, as one run.

The worker of a study launches them with torchrun and measures their process tree; the first rank
says what a stage says to its context, and every rank says when a phase begins and ends for it.

  import   starting torchrun and the ranks, their interpreters, torch and transformers, and meeting
  load     data and model in every rank
  work     the training; a phase begins when the last rank is there and ends when the last is done
"""
