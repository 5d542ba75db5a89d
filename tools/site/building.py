"""Build the site: stage the pages of a checkout, then run Sphinx over them, offline.

Any warning of Sphinx is a failure: a link without a target, a heading that is not there, a page
that no index lists.
"""

import subprocess
import sys
from pathlib import Path

from tools.site.staging import stage

_OPTIONS = ("--fail-on-warning", "--keep-going", "--quiet", "--fresh-env", "--jobs=2")


def build(root: Path, target: Path) -> int:
    """Stage and build; the exit code of Sphinx, 0 when nothing is wrong.

    Args:
        root: The checkout.
        target: Folder of the site. Beside it what it was built from, with `-pages` added.
    """
    pages = target.with_name(f"{target.name}-pages")
    stage(root, pages)
    return build_pages(pages, target)


def build_pages(pages: Path, target: Path) -> int:
    """Build staged pages; Sphinx names faults on stderr."""
    conf, doctrees = Path(__file__).parent, target.with_name(f"{target.name}-doctrees")
    places = ["--conf-dir", str(conf), "--doctree-dir", str(doctrees), str(pages), str(target)]
    command = [sys.executable, "-m", "sphinx", "--builder", "html", *_OPTIONS, *places]
    return subprocess.run(command, check=False).returncode  # noqa: S603 - our own command
