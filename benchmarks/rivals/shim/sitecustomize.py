"""Loaded by every Python of a scene before anything else: notes connections, can step the clock.

Standard library only, because it runs in the rivals' environments.
"""

import json
import os
import sys
import time

_LOG = os.environ.get("RIVALS_LOG", "")
_STEP = os.environ.get("RIVALS_CLOCK_STEP", "")
_LOCAL = ("127.", "::1", "localhost")
_real_time = time.time


def _note(kind, what):
    if _LOG:
        line = json.dumps([kind, what]) + "\n"
        fd = os.open(_LOG, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
        os.write(fd, line.encode())
        os.close(fd)


def _watch(event, arguments):
    if event == "socket.getaddrinfo" and arguments[0] is not None:
        _note("look-up", str(arguments[0]))
    elif event == "socket.connect" and isinstance(arguments[1], tuple):
        host = str(arguments[1][0])
        if not host.startswith(_LOCAL):
            _note("connection", host)


def _stepped_time():
    """The wall clock, an hour on once the file named by RIVALS_CLOCK_STEP exists."""
    return _real_time() + (3600.0 if os.path.exists(_STEP) else 0.0)


sys.addaudithook(_watch)
if _STEP:
    time.time = _stepped_time
