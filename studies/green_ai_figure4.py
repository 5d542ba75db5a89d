"""Green AI's Figure 4, published and counted here: `python green_ai_figure4.py PUBLISHED OUT.svg`.

PUBLISHED is a JSON file: lists `models`, `params_M`, `gmacs` and `top1`, and the same lists for the
second column under `fig4b`. The models of vision.py are built on the meta device; no weight is
allocated and no image is read.
"""

import argparse
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import torch
from vision import MODELS, SIDE

from breakeven.report.drawing import light_svg
from breakeven.report.figures.work import WorkPoint, work_figure
from breakeven.workloads.counting.count import Count
from breakeven.workloads.counting.module import count_module

PUBLISHED, COUNTED = "published (multiply-accumulates)", "counted here (FPO: ADD + MUL)"


def count(name: str) -> Count:
    """Count one model on one image."""
    with torch.device("meta"):
        model, image = MODELS[name]().eval(), torch.empty(1, 3, SIDE, SIDE)
    counted = count_module(model, image)
    counted.check_known()
    return counted


def points(
    column: str, told: Mapping[str, Any], counts: Mapping[str, Count]
) -> Iterator[WorkPoint]:
    """Published and counted points of one column."""
    rows = zip(told["models"], told["params_M"], told["gmacs"], told["top1"], strict=True)
    for model, params_m, gmacs, top1 in rows:
        here = counts[model]
        yield WorkPoint(
            column=column,
            model=model,
            source=PUBLISHED,
            n_parameters=params_m * 1e6,
            work=gmacs * 1e9,
            score=top1,
        )
        yield WorkPoint(
            column=column,
            model=model,
            source=COUNTED,
            n_parameters=here.n_parameters,
            work=here.ops.n_total,
        )


def table(told: Mapping[str, Any], counts: Mapping[str, Count]) -> Iterator[str]:
    """One line per model: published beside counted."""
    yield f"{'':17}{'params M':>17}{'GMAC':>17}{'GFPO':>9}{'top-1':>8}"
    yield f"{'':17}{'told   counted':>17}{'told   counted':>17}{'counted':>9}{'told':>8}"
    rows = zip(told["models"], told["params_M"], told["gmacs"], told["top1"], strict=True)
    for model, params_m, gmacs, top1 in rows:
        here = counts[model]
        yield (
            f"{model:17}{params_m:8.2f}{here.n_parameters / 1e6:9.2f}{gmacs:8.2f}"
            f"{here.ops.n_mac / 1e9:9.2f}{here.ops.n_total / 1e9:9.2f}{top1:8.3f}"
        )


def finding(told: Mapping[str, Any], counts: Mapping[str, Count]) -> str:
    """What the step from ResNet-152 to ResNeXt-101 costs and buys."""
    first, second = (told["models"].index(name) for name in ("resnet152", "resnext101_64x4d"))
    gain = told["top1"][second] - told["top1"][first]
    printed = told["gmacs"][second] / told["gmacs"][first] - 1
    here = counts["resnext101_64x4d"].ops.n_total / counts["resnet152"].ops.n_total - 1
    return (
        f"ResNet-152 to ResNeXt-101: {100 * printed:+.1f} % work as published, {100 * here:+.1f} % "
        f"counted, for {gain:+.3f} points of top-1"
    )


def main(published: Path, out: Path) -> None:
    """Count, print, draw."""
    told = json.loads(published.read_text())
    counts = {name: count(name) for name in MODELS}
    for part in (told, told["fig4b"]):
        print("\n".join(table(part, counts)), end="\n\n")
    print(finding(told, counts))
    print("The published work is in multiply-accumulates: FPO by ADD and MUL is twice that.")
    drawn = [*points("(a) leading models", told, counts)]
    drawn += points("(b) sizes of ResNet", told["fig4b"], counts)
    title = f"{finding(told, counts)}."
    figure = work_figure(drawn, title=title, score="Top-1 accuracy (%)")
    out.write_text(light_svg(figure.spec), encoding="utf-8")


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("published", metavar="PUBLISHED", type=Path)
    asked.add_argument("out", metavar="OUT.svg", type=Path)
    main(**vars(asked.parse_args()))
