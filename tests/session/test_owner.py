"""Who owns a journal: a process that has ended is dead, collected or not."""

import os
import subprocess
import sys
from dataclasses import replace

from breakeven.meters.host.procfs import start_ticks
from breakeven.session.owner import is_dead, this_owner


def test_a_dead_process_that_nobody_collected_is_dead() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        owner = replace(this_owner(), pid=child.pid, started_ticks=start_ticks(child.pid) or 0)
        assert not is_dead(owner)
        assert child.stdin is not None
        child.stdin.close()
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        assert is_dead(owner)
