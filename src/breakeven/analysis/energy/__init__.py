"""Energy: channels held against each other and against a machine at rest."""
