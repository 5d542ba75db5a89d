"""Backends: runtimes other than torch that answer by the graph of a trained model.

A new one is one file with an object like `onnxruntime_backend.BACKEND` and one line in the
entry-point group `breakeven.backends`; `breakeven.testing.BackendConformance` says whether it is
one.
"""
