"""Start a runner four times as torchrun would, on one node, and wait for all."""

import os
import subprocess
import sys

N_RANKS = 4


def main(argv: list[str]) -> int:
    """Run the ranks; the first exit code that is not 0."""
    shared = {
        "WORLD_SIZE": str(N_RANKS),
        "LOCAL_WORLD_SIZE": str(N_RANKS),
        "GROUP_RANK": "0",
        "MASTER_ADDR": "127.0.0.1",
        "MASTER_PORT": "29500",
        "TORCHELASTIC_RUN_ID": "rivals",
    }
    ranks = [
        subprocess.Popen(argv, env={**os.environ, **shared, "RANK": str(i), "LOCAL_RANK": str(i)})
        for i in range(N_RANKS)
    ]
    codes = [rank.wait() for rank in ranks]
    return next((code for code in codes if code), 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
