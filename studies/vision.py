"""The image classifiers of Green AI's Figure 4, as small modules to count on the meta device.

Krizhevsky 2014 (AlexNet, one column), He et al. 2016 (ResNet, stride in the 3 x 3 convolution), Xie
et al. 2017 (ResNeXt), Chen et al. 2017 (DPN), Hu et al. 2018 (SENet); 1,000 classes. They hold the
published numbers of parameters; nothing is trained here.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor, nn

N_CLASSES = 1000
SIDE = 224


def conv(n_in: int, n_out: int, kernel: int, *, stride: int = 1, groups: int = 1) -> nn.Conv2d:
    """Convolution without bias that keeps the size, but for its stride."""
    pad = kernel // 2
    return nn.Conv2d(n_in, n_out, kernel, stride, pad, groups=groups, bias=False)


def conv_norm(n_in: int, n_out: int, kernel: int, *, stride: int = 1, groups: int = 1) -> nn.Module:
    """Convolution and batch normalisation."""
    made = conv(n_in, n_out, kernel, stride=stride, groups=groups)
    return nn.Sequential(made, nn.BatchNorm2d(n_out))


def head(n_in: int) -> nn.Module:
    """Mean over positions and a dense layer."""
    return nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(n_in, N_CLASSES))


def alexnet() -> nn.Module:
    """Five convolutions and three dense layers."""
    sizes = [(3, 64, 11), (64, 192, 5), (192, 384, 3), (384, 256, 3), (256, 256, 3)]
    layers: list[nn.Module] = []
    for n_in, n_out, kernel in sizes:
        is_first = n_in == 3
        layers += [
            nn.Conv2d(n_in, n_out, kernel, 4 if is_first else 1, 2 if is_first else kernel // 2)
        ]
        layers += [nn.ReLU(inplace=True)]
        if kernel > 3 or (n_in, n_out) == (256, 256):
            layers += [nn.MaxPool2d(3, 2)]
    dense = [nn.Flatten(), nn.Linear(256 * 36, 4096), nn.ReLU(), nn.Linear(4096, 4096), nn.ReLU()]
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(6), *dense, nn.Linear(4096, N_CLASSES))


class Residual(nn.Module):
    """A block whose input is added to its output."""

    def __init__(self, block: nn.Module, shortcut: nn.Module) -> None:
        super().__init__()
        self.block, self.shortcut, self.relu = block, shortcut, nn.ReLU(inplace=True)

    def forward(self, x: Tensor) -> Tensor:
        """Add and rectify."""
        added: Tensor = self.relu(self.block(x) + self.shortcut(x))
        return added


class Excitation(nn.Module):
    """Scales channels by what a small network makes of their means."""

    def __init__(self, n: int, reduction: int = 16) -> None:
        super().__init__()
        squeezed = [nn.AdaptiveAvgPool2d(1), nn.Conv2d(n, n // reduction, 1), nn.ReLU()]
        self.gate = nn.Sequential(*squeezed, nn.Conv2d(n // reduction, n, 1), nn.Sigmoid())

    def forward(self, x: Tensor) -> Tensor:
        """Multiply."""
        scaled: Tensor = x * self.gate(x)
        return scaled


Block = Callable[[int, int, int], nn.Module]
"""From channels in, base width and stride to a block."""


def basic(n_in: int, width: int, stride: int) -> nn.Module:
    """Two 3 x 3 convolutions."""
    first = conv_norm(n_in, width, 3, stride=stride)
    return nn.Sequential(first, nn.ReLU(inplace=True), conv_norm(width, width, 3))


def bottleneck(n_groups: int = 1, group_width: int = 64) -> Block:
    """Make a block of 1 x 1, grouped 3 x 3 and 1 x 1 convolutions."""

    def block(n_in: int, width: int, stride: int) -> nn.Module:
        inner = width * group_width // 64 * n_groups
        return nn.Sequential(
            conv_norm(n_in, inner, 1),
            nn.ReLU(inplace=True),
            conv_norm(inner, inner, 3, stride=stride, groups=n_groups),
            nn.ReLU(inplace=True),
            conv_norm(inner, 4 * width, 1),
        )

    return block


def excited(n_in: int, width: int, stride: int) -> nn.Module:
    """Block of SENet-154: 64 groups, twice the width, and excitation."""
    return nn.Sequential(
        conv_norm(n_in, 2 * width, 1),
        nn.ReLU(inplace=True),
        conv_norm(2 * width, 4 * width, 3, stride=stride, groups=64),
        nn.ReLU(inplace=True),
        conv_norm(4 * width, 4 * width, 1),
        Excitation(4 * width),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Stages:
    """Residual network of four stages.

    Attributes:
        depths: Blocks per stage.
        block: What is repeated.
        expansion: Channels out per base width.
        shortcut_kernel: Of the convolution beside a block that changes the size.
    """

    depths: Sequence[int]
    block: Block
    expansion: int = 4
    shortcut_kernel: int = 1

    def build(self, stem: nn.Module, n: int) -> nn.Module:
        """Put the stages between stem, whose channels are `n`, and head."""
        layers = [stem]
        for stage, depth in enumerate(self.depths):
            width = 64 * 2**stage
            for index in range(depth):
                stride = 2 if stage and not index else 1
                n_out = width * self.expansion
                kernel = self.shortcut_kernel if stage else 1
                is_same = n == n_out and stride == 1
                beside = nn.Identity() if is_same else conv_norm(n, n_out, kernel, stride=stride)
                layers.append(Residual(self.block(n, width, stride), beside))
                n = n_out
        return nn.Sequential(*layers, head(n))


def resnet(stages: Stages) -> nn.Module:
    """Residual network with a stem of one 7 x 7 convolution."""
    stem = [conv_norm(3, 64, 7, stride=2), nn.ReLU(inplace=True), nn.MaxPool2d(3, 2, 1)]
    return stages.build(nn.Sequential(*stem), 64)


def senet154() -> nn.Module:
    """SENet-154 with a stem of three 3 x 3 convolutions."""
    stem: list[nn.Module] = []
    for n_in, n_out in pairwise((3, 64, 64, 128)):
        stem += [conv_norm(n_in, n_out, 3, stride=2 if n_in == 3 else 1), nn.ReLU(inplace=True)]
    stages = Stages(depths=(3, 8, 36, 3), block=excited, shortcut_kernel=3)
    return stages.build(nn.Sequential(*stem, nn.MaxPool2d(3, 2, ceil_mode=True)), 128)


class DualPath(nn.Module):
    """Block of a dual path network: one part is added, the other grows."""

    def __init__(self, n_in: int, inner: int, *, n_added: int, grown: int, stride: int) -> None:
        super().__init__()
        self.n_added = n_added
        self.body = nn.Sequential(
            norm_conv(n_in, inner, 1),
            norm_conv(inner, inner, 3, stride=stride, groups=50),
            norm_conv(inner, n_added + grown, 1),
        )
        self.beside: nn.Module | None = None
        if stride:
            self.beside = norm_conv(n_in, n_added + 2 * grown, 1, stride=stride)

    def forward(self, x: Tensor) -> Tensor:
        """Add the first channels, append the rest."""
        kept = x if self.beside is None else self.beside(x)
        made, n = self.body(x), self.n_added
        return torch.cat([kept[:, :n] + made[:, :n], kept[:, n:], made[:, n:]], 1)


def norm_conv(n_in: int, n_out: int, kernel: int, *, stride: int = 1, groups: int = 1) -> nn.Module:
    """Batch normalisation, activation, convolution; a stride of 0 stands for 1."""
    made = conv(n_in, n_out, kernel, stride=stride or 1, groups=groups)
    return nn.Sequential(nn.BatchNorm2d(n_in), nn.ReLU(inplace=False), made)


def dpn107() -> nn.Module:
    """DPN-107: 50 groups of width 4 in the first stage."""
    stem = [conv_norm(3, 128, 7, stride=2), nn.ReLU(inplace=True), nn.MaxPool2d(3, 2, 1)]
    layers: list[nn.Module] = [nn.Sequential(*stem)]
    n = 128
    for stage, (depth, grown) in enumerate(zip((4, 8, 20, 3), (20, 64, 64, 128), strict=True)):
        sizes = {"n_added": 256 * 2**stage, "grown": grown}
        for index in range(depth):
            stride = 0 if index else (2 if stage else 1)
            layers.append(DualPath(n, 200 * 2**stage, **sizes, stride=stride))
            n = n + grown if index else sizes["n_added"] + 3 * grown
    return nn.Sequential(*layers, nn.BatchNorm2d(n), nn.ReLU(inplace=True), head(n))


MODELS: Mapping[str, Callable[[], nn.Module]] = {
    "alexnet": alexnet,
    "resnet18": lambda: resnet(Stages(depths=(2, 2, 2, 2), block=basic, expansion=1)),
    "resnet34": lambda: resnet(Stages(depths=(3, 4, 6, 3), block=basic, expansion=1)),
    "resnet50": lambda: resnet(Stages(depths=(3, 4, 6, 3), block=bottleneck())),
    "resnet101": lambda: resnet(Stages(depths=(3, 4, 23, 3), block=bottleneck())),
    "resnet152": lambda: resnet(Stages(depths=(3, 8, 36, 3), block=bottleneck())),
    "resnext101_64x4d": lambda: resnet(Stages(depths=(3, 4, 23, 3), block=bottleneck(64, 4))),
    "dpn107": dpn107,
    "senet154": senet154,
}
"""By the names of the published file."""
