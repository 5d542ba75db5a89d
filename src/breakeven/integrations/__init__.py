"""Integrations: other people's training loops become stored runs.

metered             an iterator around any loader
transformers        a callback for its Trainer
"""

from breakeven.integrations.loader import Metered, metered

__all__ = ["Metered", "metered"]
