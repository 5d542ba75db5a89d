"""Second stage of a scene: inside its own mounts and without a network, show the fake sensors.

Started as `unshare --mount --net python enter.py SCENE.json`; ends by becoming the runner. What
it covers are real sensors, so that no reading of this machine gets into a comparison.
"""

import ctypes
import json
import os
import signal
import stat
import sys
from pathlib import Path

_BIND, _MOVE, _REC = 4096, 8192, 16384
_LIBC = ctypes.CDLL(None, use_errno=True)
_PR_CAPBSET_DROP = 24
_CAP_DAC_OVERRIDE, _CAP_DAC_READ_SEARCH = 1, 2
_REAL = (
    "/sys/devices/virtual/powercap",
    "/sys/bus/event_source/devices/power",
    "/proc/driver/nvidia",
    "/dev/cpu",
)
"""Other places where these programs find sensors; covered where they exist."""


def main(scene_path: str) -> None:
    """Mount what the scene shows, then become its command."""
    scene = json.loads(Path(scene_path).read_text())
    folder = Path(scene["folder"])
    for path in filter(os.path.isdir, _REAL):
        _mount("tmpfs", path, "tmpfs", 0)
    shown = {"powercap": scene["powercap"]} if scene["powercap"] else {}
    rebuild(Path("/sys/class"), folder / "class", hide=("powercap", "hwmon", "drm"), add=shown)
    has_gpus = (folder / "gpus.json").exists()
    if has_gpus or any(Path("/dev").glob("nvidia*")):
        driver = {"nvidiactl": None, "nvidia0": None} if has_gpus else {}
        rebuild(Path("/dev"), folder / "dev", hide=("nvidia", "kfd", "dxg"), add=driver)
    if scene["is_unprivileged"]:
        for capability in (_CAP_DAC_OVERRIDE, _CAP_DAC_READ_SEARCH):
            _LIBC.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0)
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # a shell's `&` had it ignored
    os.chdir(folder / "out")
    os.execve(scene["argv"][0], scene["argv"], {**os.environ, **scene["environ"]})


def rebuild(place: Path, draft: Path, *, hide: tuple[str, ...], add: dict[str, str | None]) -> None:
    """Put a folder like `place` over it, without some names and with others.

    Args:
        place: The folder to cover.
        draft: Where the new one is put together.
        hide: Beginnings of names that are left out.
        add: What else it shows: a folder, or an empty file where None.
    """
    draft.mkdir()
    _mount("tmpfs", str(draft), "tmpfs", 0)
    for entry in os.scandir(place):
        if not entry.name.startswith(hide) and entry.name not in add:
            _copy(entry, draft / entry.name)
    for name, shown in add.items():
        if shown is None:
            (draft / name).touch()
        else:
            (draft / name).mkdir()
            _mount(shown, str(draft / name), None, _BIND)
    _mount(str(draft), str(place), None, _MOVE)


def _copy(entry: "os.DirEntry[str]", target: Path) -> None:
    if entry.is_symlink():
        target.symlink_to(Path(entry.path).readlink())
        return
    if stat.S_ISDIR(entry.stat(follow_symlinks=False).st_mode):
        target.mkdir()
    else:
        target.touch()
    _mount(entry.path, str(target), None, _BIND | _REC)


def _mount(source: str, target: str, kind: str | None, flags: int) -> None:
    kind_bytes = None if kind is None else kind.encode()
    if _LIBC.mount(source.encode(), target.encode(), kind_bytes, ctypes.c_ulong(flags), None):
        number = ctypes.get_errno()
        raise OSError(number, f"{os.strerror(number)}: mount {source} on {target}")


if __name__ == "__main__":
    main(sys.argv[1])
