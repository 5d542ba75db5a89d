"""Build the site of docs/ offline: `python -m tools.site [FOLDER]`, by default build/site."""

import sys
from pathlib import Path

from tools.site.building import build

ROOT = Path(__file__).resolve().parents[2]


def main(arguments: list[str]) -> int:
    """Build into the folder that is named; say where the site is."""
    target = Path(arguments[0] if arguments else ROOT / "build" / "site").resolve()
    code = build(ROOT, target)
    print(f"the site is {target / 'index.html'}" if code == 0 else "the site has faults")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
