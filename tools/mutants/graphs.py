"""Graphs and models that stop early: what is compared, refused, and left to the last answer."""

from tools.mutants.mutant import Mutant

THRESHOLDS = "workloads/adaptive/thresholds.py"
THRESHOLDS_TESTS = ("tests/workloads/adaptive/test_thresholds.py",)
EXPORT_TESTS = ("tests/workloads/stages/test_failed_exports.py",)
PROBE_TESTS = ("tests/workloads/stages/test_graph_probe.py",)

MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        name="a graph in fp32 may answer otherwise",
        path="workloads/stages/agreement.py",
        before='if precision == "fp32" and self',
        after='if precision != "fp32" and self',
        tests=EXPORT_TESTS,
    ),
    Mutant(
        name="a graph is compared with itself",
        path="workloads/stages/agreement.py",
        before="differences.append(_largest(wanted - got, batch))",
        after="differences.append(_largest(got - got, batch))",
        tests=EXPORT_TESTS,
    ),
    Mutant(
        name="a graph in fp32 needs what rounds to int8",
        path="workloads/backends/openvino_backend.py",
        before='("onnx", "nncf") if precision in IN_INT8 else ("onnx",)',
        after='("onnx", "nncf")',
        tests=EXPORT_TESTS,
    ),
    Mutant(
        name="int8 that is slower is kept",
        path="workloads/stages/graph_probe.py",
        before="is_slower = self.ratio > SLOWER if",
        after="is_slower = self.ratio > 2 * SLOWER if",
        tests=PROBE_TESTS,
    ),
    Mutant(
        name="fp32 is refused for what is slower than it",
        path="workloads/stages/graph_probe.py",
        before="time_ratio(answering(graph), answering(fp32)",
        after="time_ratio(answering(fp32), answering(graph)",
        tests=PROBE_TESTS,
    ),
    Mutant(
        name="what a batch shares moves no logit",
        path="workloads/stages/graph_probe.py",
        before="[[i] for i in batch.indices]",
        after="[list(batch.indices)]",
        tests=PROBE_TESTS,
    ),
    Mutant(
        name="the last exit that is sure answers",
        path=THRESHOLDS,
        before="is_sure & (np.cumsum(is_sure, axis=1) == 1)",
        after="is_sure & (np.cumsum(is_sure, axis=1) == is_sure.sum(axis=1, keepdims=True))",
        tests=THRESHOLDS_TESTS,
    ),
    Mutant(
        name="gains count as losses of a threshold",
        path=THRESHOLDS,
        before="tango_score(choice.n_lost, choice.n_gained, choice.n",
        after="tango_score(choice.n_gained, choice.n_lost, choice.n",
        tests=THRESHOLDS_TESTS,
    ),
    Mutant(
        name="the best of many thresholds is taken",
        path=THRESHOLDS,
        before="            break\n",
        after="            continue\n",
        tests=THRESHOLDS_TESTS,
    ),
    Mutant(
        name="an example leaves while it is in doubt",
        path="workloads/models/exits.py",
        before="amax(dim=-1) >= self.threshold",
        after="amax(dim=-1) <= self.threshold",
        tests=("tests/workloads/models/test_exits.py",),
    ),
    Mutant(
        name="a forward pass goes above its budget of tokens",
        path="workloads/models/batches.py",
        before="width * (len(found[-1]) + 1) <= budget",
        after="width * len(found[-1]) <= budget",
        tests=("tests/workloads/stages/test_passes.py",),
    ),
)
