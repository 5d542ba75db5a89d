"""Documents: what a paper or a model card asks for, filled from records."""
