"""Peaks: how many operations a second matrix products reach here, and what a model would need.

The largest product that fits in the caches decides, in CPU seconds of one thread, whichever library
is fastest: what no model on this machine can exceed.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray

SIZES = (512, 1024, 2048)
N_TIMES = 5
N_OPS_PER_PRODUCT = 2
"""A multiplication and an addition."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Peak:
    """The fastest product of one number format.

    Attributes:
        precision: fp32, bf16 or int8.
        ops_per_s: Additions and multiplications per CPU second.
        how: Library, operator and size.
    """

    precision: str
    ops_per_s: float
    how: str


Matrix = NDArray[np.float32]
Product = Callable[[], object]


MOST_THREADS = 1.2
"""CPU seconds a second that one thread may show; clocks are read one after the other."""


def measure_peaks(clock_s: Callable[[], float] = time.process_time) -> dict[str, Peak]:
    """Measure the products of every library that is here, on one thread.

    Args:
        clock_s: CPU seconds of this process.

    Raises:
        SystemExit: If one of them took more threads than one.
    """
    best: dict[str, Peak] = {}
    for size in SIZES:
        for precision, how, product in _products(size):
            refuse_threads(product, how)
            rate = ops_per_s(product, size, clock_s)
            if precision not in best or rate > best[precision].ops_per_s:
                best[precision] = Peak(
                    precision=precision, ops_per_s=rate, how=f"{how}, {size} x {size}"
                )
    return best


def refuse_threads(
    product: Product,
    how: str,
    *,
    clock_s: Callable[[], float] = time.process_time,
    wall_s: Callable[[], float] = time.perf_counter,
) -> None:
    """Refuse a library that computes on more threads than one; numpy's takes all it finds.

    Args:
        product: Multiplies two matrices; done once before.
        how: What computes it.
        clock_s: CPU seconds of this process, of all its threads.
        wall_s: Seconds that pass.

    Raises:
        SystemExit: If it does.
    """
    product()
    start_s, cpu_start_s = wall_s(), clock_s()
    for _ in range(N_TIMES):
        product()
    n_threads = (clock_s() - cpu_start_s) / (wall_s() - start_s)
    if n_threads > MOST_THREADS:
        raise SystemExit(
            f"{how} computes on {n_threads:.1f} threads, and a peak is that of one; set "
            "OMP_NUM_THREADS=1 and OPENBLAS_NUM_THREADS=1"
        )


def ops_per_s(product: Product, size: int, clock_s: Callable[[], float]) -> float:
    """Rate of the fastest of some runs of a square product, the first left out.

    Args:
        product: Multiplies two matrices of that size.
        size: Rows and columns of both.
        clock_s: CPU seconds.
    """
    product()
    taken_s = []
    for _ in range(N_TIMES):
        start_s = clock_s()
        product()
        taken_s.append(clock_s() - start_s)
    return N_OPS_PER_PRODUCT * size**3 / min(taken_s)


def _products(size: int) -> Iterator[tuple[str, str, Product]]:
    rng = np.random.default_rng(0)
    left, right = (rng.standard_normal((size, size), dtype=np.float32) for _ in range(2))
    yield "fp32", "numpy", lambda: left @ right
    if find_spec("torch") is not None:
        yield from _torch_products(left, right)
    if find_spec("onnxruntime") is not None and find_spec("onnx") is not None:
        yield "int8", "ONNX Runtime MatMulInteger", _onnx_product(left, right)


def _torch_products(left: Matrix, right: Matrix) -> Iterator[tuple[str, str, Product]]:
    import torch  # noqa: PLC0415 - not everyone has it

    torch.set_num_threads(1)
    a, b = torch.from_numpy(left), torch.from_numpy(right)
    narrow = a.bfloat16(), b.bfloat16()
    whole = (a * 32).to(torch.int8), (b * 32).to(torch.int8)
    yield "fp32", "torch", lambda: a @ b
    yield "bf16", "torch", lambda: narrow[0] @ narrow[1]
    yield "int8", "torch._int_mm", lambda: torch._int_mm(*whole)  # noqa: SLF001 - no public one


def _onnx_product(left: Matrix, right: Matrix) -> Product:
    import onnx  # noqa: PLC0415 - not everyone has it
    import onnxruntime  # noqa: PLC0415

    kinds = {"a": onnx.TensorProto.UINT8, "b": onnx.TensorProto.INT8}
    graph = onnx.helper.make_graph(
        [onnx.helper.make_node("MatMulInteger", ["a", "b"], ["c"])],
        "product",
        [onnx.helper.make_tensor_value_info(n, k, left.shape) for n, k in kinds.items()],
        [onnx.helper.make_tensor_value_info("c", onnx.TensorProto.INT32, left.shape)],
    )
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)])
    model.ir_version = 8
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(model.SerializeToString(), options)
    given: Mapping[str, Any] = {
        "a": (left * 32 + 128).astype(np.uint8),
        "b": (right * 32).astype(np.int8),
    }
    return lambda: session.run(None, given)
