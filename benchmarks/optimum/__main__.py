"""Show optimum-benchmark and breakeven the same work: `python -m benchmarks.optimum MODEL_FOLDER`.

Each says how many texts it answered per second; a witness inside the model and a clock outside
say how many it was. `--rounds N` repeats, the tools taking turns; `--out FILE` keeps the table.
"""

import argparse
import json
import statistics
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.optimum.asked import IDS_FILE, STUDY_FILE, Asked
from benchmarks.optimum.scene import HERE, Scene, play
from benchmarks.rivals.environments import RIVALS, prepare
from breakeven.records import PhaseName, Run, Stage
from breakeven.store import Store

OPTIMUM = next(tool for tool in RIVALS if tool.name == "optimum")


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One command's numbers: texts per second as reported and in truth, and what it took."""

    reported: float
    true: float
    n_reported: int
    n_true: int
    duration_s: float
    cpu_s: float
    parent_share: float


def main(arguments: Sequence[str]) -> int:
    """Return 1 when breakeven reports what is not so, or its parent works, else 0."""
    chosen = _parse(arguments)
    if reason := prepare(OPTIMUM):
        print(f"{OPTIMUM.name} {reason}", file=sys.stderr)
        return 1
    asked = Asked(model=chosen.model.resolve(), n_batches=chosen.batches)
    seen: dict[str, list[Seen]] = {name: [] for name in ARMS}
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        asked.write(folder)
        for number in range(chosen.rounds):
            for name, arm in ARMS.items():
                place = folder / f"{name.replace(' ', '-')}-{number}"
                place.mkdir()
                seen[name].append(arm(asked, folder, place))
                print(f"{name}: {seen[name][-1]}", file=sys.stderr, flush=True)
    text = table(seen)
    print(text)
    if chosen.out:
        chosen.out.write_text(text + "\n", encoding="utf-8")
    return int(not all(is_right(each) for name in seen if name != "optimum" for each in seen[name]))


def is_right(seen: Seen) -> bool:
    """Whether every text was computed that was counted, at the speed that was reported."""
    is_counted = seen.n_reported == seen.n_true
    return is_counted and abs(seen.reported / seen.true - 1) < 0.05 and seen.parent_share < 0.02


def optimum(asked: Asked, folder: Path, place: Path) -> Seen:
    """optimum-benchmark by its documented calls, in its environment."""
    runner = str(HERE / "run_optimum.py")
    scene = play([str(OPTIMUM.python), runner], place, {"ASKED": str(folder / IDS_FILE)})
    said = json.loads(scene.said.splitlines()[-1])
    return _seen(
        scene,
        reported=said["throughput"],
        n_batches=said["n_batches"],
        n_texts=asked.n_texts * said["n_batches"],
        n_before=asked.n_warmup + 1,  # the first pass of all is measured apart
    )


def breakeven(tokenize: str) -> Callable[[Asked, Path, Path], Seen]:
    """Make the arm that runs a study of one row by the command line."""

    def arm(asked: Asked, folder: Path, place: Path) -> Seen:
        store, study = place / "store", folder / f"{tokenize}-{STUDY_FILE}"
        command = [sys.executable, "-m", "breakeven", "run", str(study), "--store", str(store)]
        scene = play(command, place, {})
        run = next(run for run in Store(store).runs() if run.stage is Stage.INFER)
        return _seen(
            scene,
            reported=throughput(run),
            n_batches=run.output.n_batches,
            n_texts=run.output.n_examples,
            n_before=asked.n_warmup,
        )

    return arm


def throughput(run: Run) -> float:
    """Texts per second of the work window, from its totals."""
    (work,) = run.measurements(PhaseName.WORK)
    return run.output.n_examples / work.duration_s


ARMS: dict[str, Callable[[Asked, Path, Path], Seen]] = {
    "optimum": optimum,
    "breakeven, text in": breakeven("inside"),
    "breakeven, tokens in": breakeven("ahead"),
}


def _seen(scene: Scene, *, reported: float, n_batches: int, n_texts: int, n_before: int) -> Seen:
    return Seen(
        reported=reported,
        true=scene.true_throughput(n_batches),
        n_reported=n_texts,
        n_true=sum(own.n_texts for own in scene.passes[n_before:]),
        duration_s=scene.duration_s,
        cpu_s=scene.cpu_s,
        parent_share=scene.parent_share(n_batches),
    )


def table(seen: dict[str, list[Seen]]) -> str:
    """Medians over the rounds, as Markdown."""
    titles = (
        *("tool", "texts/s reported", "texts/s in truth", "texts counted / computed"),
        *("command to result", "CPU", "parent's CPU for each second of the measured child's"),
    )
    lines = [f"| {' | '.join(titles)} |", "|---" * len(titles) + "|"]
    for name, rounds in seen.items():
        middle = {
            field: statistics.median(getattr(own, field) for own in rounds)
            for field in ("reported", "true", "duration_s", "cpu_s", "parent_share")
        }
        counted = f"{rounds[0].n_reported} / {rounds[0].n_true}"
        lines.append(
            f"| {name} | {middle['reported']:.2f} | {middle['true']:.2f} | {counted} "
            f"| {middle['duration_s']:.1f} s | {middle['cpu_s']:.1f} s "
            f"| {middle['parent_share']:.2f} s |"
        )
    return "\n".join(lines)


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.optimum", description=__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--batches", type=int, default=40)
    parser.add_argument("--out", type=Path, default=None)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
