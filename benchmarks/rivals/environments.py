"""An environment of its own for every rival, with the released version pinned."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """A program that is compared.

    Attributes:
        name: Short name; its runner is `runners/run_<name>.py`.
        pins: What pip installs; empty for breakeven itself, which runs from this checkout.
    """

    name: str
    pins: tuple[str, ...] = ()

    @property
    def version(self) -> str:
        """The released version, as pinned."""
        return self.pins[0].partition("==")[2] if self.pins else "this checkout"

    @property
    def folder(self) -> Path:
        """Its environment, which git ignores."""
        return HERE / f".venv-{self.name}"

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.folder / "bin/python" if self.pins else Path(sys.executable)

    @property
    def runner(self) -> Path:
        """The script that shows the tool its work."""
        return HERE / "runners" / f"run_{self.name}.py"


BREAKEVEN = Tool(name="breakeven")
RIVALS = (
    Tool(name="codecarbon", pins=("codecarbon==3.3.2",)),
    Tool(name="zeus", pins=("zeus==0.16.0",)),
    Tool(name="carbontracker", pins=("carbontracker==2.4.7",)),
    Tool(name="eco2ai", pins=("eco2AI==0.3.12", "setuptools<81", "pandas<3")),
    Tool(name="pyjoules", pins=("pyJoules[nvidia]==0.5.1", "nvidia-ml-py")),
    Tool(name="perun", pins=("perun==1.0.0", "nvidia-ml-py")),
    Tool(
        name="optimum",
        pins=("optimum-benchmark==0.6.0", "torch==2.13.0", "transformers==4.57.6"),
    ),
)
"""eco2AI asks setuptools for pkg_resources, which left it in version 81, and cannot write its file
with pandas 3; a bare torch would bring several gigabytes of CUDA. optimum-benchmark asks
transformers for SpecialTokensMixin, which left it in version 5."""


def prepare(tool: Tool) -> str:
    """Install the tool unless it is there; return why it cannot be had, or nothing."""
    done = tool.folder / ".done"
    wanted = "\n".join(tool.pins)
    is_known = not tool.pins or (done.exists() and done.read_text() == wanted)
    folders = [pin for pin in tool.pins if Path(pin).is_dir()]
    pip = [str(tool.python), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    try:
        if is_known and folders:  # sources may have changed since
            _run([*pip, "--no-deps", "--force-reinstall", *folders])
        if is_known:
            return ""
        _run([sys.executable, "-m", "venv", "--clear", str(tool.folder)])
        _run([*pip, *tool.pins])
    except subprocess.CalledProcessError as error:
        said = (error.stderr or "").strip().splitlines()
        return f"cannot be installed here: {said[-1] if said else error}"
    done.write_text(wanted)
    return ""


def _run(command: list[str]) -> None:
    subprocess.run(command, check=True, capture_output=True, text=True)
