"""Counting: the work of any module in ADD and MUL, by watching the operators it dispatches."""
