"""Students, losses, counts, and the inputs that must be refused."""

from tools.mutants.mutant import Mutant

STAGES = "tests/workloads/stages"
HEADS = "tests/workloads/heads"

MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        name="a task student takes the upper layers",
        path="workloads/models/layers.py",
        before="return tuple(range(n_kept))",
        after="return tuple(range(n_layers - n_kept, n_layers))",
        tests=("tests/workloads/models/test_layers.py",),
    ),
    Mutant(
        name="a general student takes the lower layers",
        path="workloads/models/layers.py",
        before="return tuple(i * n_layers // n_kept for i in range(n_kept))",
        after="return tuple(range(n_kept))",
        tests=("tests/workloads/models/test_layers.py",),
    ),
    Mutant(
        name="a depth above the model's is let pass",
        path="workloads/models/layers.py",
        before="if not 1 <= n_kept <= n_layers:",
        after="if n_kept < 1:",
        tests=("tests/workloads/models/test_layers.py",),
    ),
    Mutant(
        name="a student's dropout follows no seed",
        path="workloads/stages/opening.py",
        before='    torch.manual_seed(int(request.settings["seed"]))\n',
        after="",
        tests=(f"{STAGES}/test_distil.py",),
    ),
    Mutant(
        name="three losses are summed, not averaged",
        path="workloads/heads/losses.py",
        before="torch.stack((masked_lm, distillation, cosine)).mean()",
        after="torch.stack((masked_lm, distillation, cosine)).sum()",
        tests=(f"{HEADS}/test_losses.py",),
    ),
    Mutant(
        name="the teacher of a general student computes for nothing",
        path="workloads/stages/general_student.py",
        before="ledger.passed(batch.n_padded_tokens, n_parameters=master.n_encoder)",
        after="pass",
        tests=(f"{STAGES}/test_distil.py",),
    ),
    Mutant(
        name="early stopping keeps the last state",
        path="workloads/stages/fit.py",
        before="restore_model(learner.model, Kept(tensors=self.best))",
        after="pass",
        tests=(f"{STAGES}/test_fit.py",),
    ),
    Mutant(
        name="padding counts as real tokens",
        path="workloads/models/batches.py",
        before="n_real_tokens=int(lengths.sum())",
        after="n_real_tokens=int(input_ids.size)",
        tests=("tests/workloads/models/test_batches.py",),
    ),
    Mutant(
        name="a label outside the set becomes the first",
        path="workloads/tasks/labelling.py",
        before="    if name not in index:\n        raise DataFileError(",
        after="    if name not in index:\n        return 0\n        raise DataFileError(",
        tests=("tests/workloads/tasks/test_labelling.py",),
    ),
    Mutant(
        name="pickled weights pass the check",
        path="workloads/models/folder.py",
        before="    if not needs_weights:",
        after="    if True:",
        tests=("tests/workloads/models/test_folder.py",),
    ),
    Mutant(
        name="fused attention has one product",
        path="formulas/operations.py",
        before="products = matmul_ops(n_queries, width, n_keys) + matmul_ops(",
        after="products = matmul_ops(n_queries, 0, n_keys) + matmul_ops(",
        tests=("tests/formulas/test_operations.py",),
    ),
    Mutant(
        name="an operator without a rule is nothing",
        path="workloads/counting/mode.py",
        before="            self.tally.unknown[call.name] += 1\n",
        after="",
        tests=("tests/workloads/counting/test_mode.py",),
    ),
    Mutant(
        name="work of integers is floating-point work",
        path="workloads/counting/rules/rule.py",
        before="return any(t.is_floating_point() or t.is_complex() for t in tensors)",
        after="return True",
        tests=("tests/workloads/counting/test_rules.py",),
    ),
    Mutant(
        name="training takes 2N per token",
        path="formulas/flops.py",
        before="return _kaplan(6, n_parameters, n_tokens, embeddings)",
        after="return _kaplan(2, n_parameters, n_tokens, embeddings)",
        tests=("tests/formulas/test_flops.py",),
    ),
)
