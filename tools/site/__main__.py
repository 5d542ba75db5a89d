"""Build the site of docs/ offline: `python -m tools.site [FOLDER]`, by default build/site.

Any warning of Sphinx is a failure: a link without a target, a heading that is not there, a page
that no index lists.
"""

import subprocess
import sys
from pathlib import Path

from tools.site.staging import stage

ROOT = Path(__file__).resolve().parents[2]


def build(target: Path) -> int:
    """Stage and build; the exit code of Sphinx.

    Args:
        target: Folder of the site. Beside it what it was built from, with `-pages` added.
    """
    pages = target.with_name(f"{target.name}-pages")
    stage(ROOT, pages)
    options = [
        "--builder",
        "html",
        "--fail-on-warning",
        "--keep-going",
        "--quiet",
        "--fresh-env",
        "--jobs=2",
    ]
    places = ["--conf-dir", str(Path(__file__).parent), "--doctree-dir", str(pages / ".doctrees")]
    command = [sys.executable, "-m", "sphinx", *options, *places, str(pages), str(target)]
    return subprocess.run(command, check=False).returncode  # noqa: S603 - our own command


def main(arguments: list[str]) -> int:
    """Build into the folder that is named; say where the site is."""
    target = Path(arguments[0] if arguments else ROOT / "build" / "site").resolve()
    code = build(target)
    print(f"the site is {target / 'index.html'}" if code == 0 else "the site has faults")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
