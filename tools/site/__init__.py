"""The site of docs/: pages staged, the reference written from docstrings, then built by Sphinx."""
