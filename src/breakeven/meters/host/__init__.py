"""The host itself: CPU seconds and memory of the process tree, from /proc."""
