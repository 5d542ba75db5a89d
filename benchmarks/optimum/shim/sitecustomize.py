"""The witness: notes when each forward pass of the classifier began and ended, and on how much.

Loaded by every Python of a scene before anything else, whichever tool started it. Standard library
only, because it runs in the rival's environment.
"""

import os
import sys
import time
from importlib.abc import MetaPathFinder
from importlib.util import find_spec

_FOLDER = os.environ.get("WITNESS", "")
_MODULE = "transformers.models.bert.modeling_bert"
_CLASS = "BertForSequenceClassification"


class Witness(MetaPathFinder):
    """Wraps the class when its module is imported."""

    def find_spec(self, name, path, target=None):
        if name != _MODULE:
            return None
        sys.meta_path.remove(self)
        spec = find_spec(name)
        load = spec.loader.exec_module

        def exec_module(module):
            load(module)
            _wrap(getattr(module, _CLASS))

        spec.loader.exec_module = exec_module
        return spec


def _wrap(model):
    forward = model.forward
    log = os.open(
        os.path.join(_FOLDER, str(os.getpid())), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644
    )

    def seen(self, *arguments, **named):
        start_s, before_s = time.monotonic(), time.process_time()
        output = forward(self, *arguments, **named)
        end_s, after_s = time.monotonic(), time.process_time()
        line = f"{start_s!r} {end_s!r} {before_s!r} {after_s!r} {len(output.logits)}\n"
        os.write(log, line.encode())
        return output

    model.forward = seen


if _FOLDER:
    sys.meta_path.insert(0, Witness())
