"""Checkpoints: what a training must know to go on after it was killed, safe at every moment.

A checkpoint is a folder `at-<batches>` that appears in one step, complete and on disk; only then
is the one before it deleted. Tensors are safetensors, the rest JSON: nothing is pickled.
"""

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from breakeven.appendlog import sync_folder
from breakeven.workloads.stages.team import Team

_PREFIX = "at-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What is kept of one thing.

    Attributes:
        tensors: By name.
        values: Anything that JSON has, by name.
    """

    tensors: Mapping[str, Tensor] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)

    def under(self, name: str) -> "Kept":
        """The same as one part of something larger."""
        return Kept(
            tensors={f"{name}/{key}": tensor for key, tensor in self.tensors.items()},
            values={f"{name}/{key}": value for key, value in self.values.items()},
        )

    def part(self, name: str) -> "Kept":
        """What `under` put in."""
        start = f"{name}/"
        return Kept(
            tensors={k[len(start) :]: v for k, v in self.tensors.items() if k.startswith(start)},
            values={k[len(start) :]: v for k, v in self.values.items() if k.startswith(start)},
        )

    def copied(self) -> "Kept":
        """The same, unmoved by what is trained from now on."""
        tensors = {name: tensor.detach().clone() for name, tensor in self.tensors.items()}
        return Kept(tensors=tensors, values=self.values)

    def __or__(self, other: "Kept") -> "Kept":
        """Both together."""
        return Kept(
            tensors={**self.tensors, **other.tensors}, values={**self.values, **other.values}
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoints:
    """The checkpoints of one row.

    Attributes:
        folder: Theirs alone; survives the run.
        team: Each process keeps a part of its own.
    """

    folder: Path
    team: Team

    def save(self, n_batches: int, kept: Kept) -> None:
        """Keep a state in place of earlier ones.

        Args:
            n_batches: Batches that were learned from.
            kept: What this process must know again.

        Raises:
            OSError: If it cannot be written; the checkpoint before stays.
        """
        draft = self.folder / f"draft-{n_batches}"
        if self.team.is_first:
            shutil.rmtree(draft, ignore_errors=True)
            draft.mkdir(parents=True)
        self.team.wait()
        self._write(draft, kept)
        self.team.wait()
        if self.team.is_first:
            sync_folder(draft)
            complete = self.folder / f"{_PREFIX}{n_batches}"
            shutil.rmtree(complete, ignore_errors=True)
            draft.rename(complete)
            sync_folder(self.folder)
            for older in set(self.folder.iterdir()) - {complete}:
                shutil.rmtree(older, ignore_errors=True)
        self.team.wait()

    def latest(self) -> Kept | None:
        """Return this process's part of the latest complete checkpoint; None without one."""
        found = [path for path in self.folder.glob(f"{_PREFIX}*") if self._part(path).is_file()]
        if not found:
            return None
        part = self._part(max(found, key=lambda path: int(path.name.removeprefix(_PREFIX))))
        values = json.loads(part.with_suffix(".json").read_text(encoding="utf-8"))
        return Kept(tensors=load_file(part), values=values)

    def _part(self, folder: Path) -> Path:
        return folder / f"rank-{self.team.rank}.safetensors"

    def _write(self, folder: Path, kept: Kept) -> None:
        part = self._part(folder)
        tensors = {name: t.detach().cpu().contiguous() for name, t in kept.tensors.items()}
        save_file(tensors, part)
        text = json.dumps(dict(kept.values))
        part.with_suffix(".json").write_text(text, encoding="utf-8")
        for path in (part, part.with_suffix(".json")):
            with path.open("rb") as file:
                os.fsync(file.fileno())


def keep_random_state(device: torch.device) -> Kept:
    """State of torch's generators that dropout draws from."""
    tensors = {"cpu": torch.get_rng_state()}
    if device.type == "cuda":
        tensors["cuda"] = torch.cuda.get_rng_state(device)
    return Kept(tensors=tensors)


def restore_random_state(kept: Kept, device: torch.device) -> None:
    """Go back to what `keep_random_state` kept."""
    torch.set_rng_state(kept.tensors["cpu"])
    if device.type == "cuda":
        torch.cuda.set_rng_state(kept.tensors["cuda"], device)


def keep_model(model: torch.nn.Module) -> Kept:
    """Parameters, tied ones once, and buffers."""
    return Kept(tensors={**dict(model.named_parameters()), **dict(model.named_buffers())})


def restore_model(model: torch.nn.Module, kept: Kept) -> None:
    """Put back in place what `keep_model` kept."""
    with torch.no_grad():
        for name, tensor in keep_model(model).tensors.items():
            tensor.copy_(kept.tensors[name])
