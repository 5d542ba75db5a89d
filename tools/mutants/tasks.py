"""What is read from files of every form, what is kept of it, and what stands in two splits."""

from tools.mutants.mutant import Mutant

MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        name="ranges of multi-word tokens are words",
        path="workloads/tasks/tagged.py",
        before='line.startswith("#") or not line.split("\\t", 1)[0].isdigit()',
        after='line.startswith("#")',
        tests=("tests/workloads/tasks/test_forms.py",),
    ),
    Mutant(
        name="only the first right answer is read",
        path="workloads/tasks/squad.py",
        before='answers = question.get("answers")\n',
        after='answers = question.get("answers", [])[:1]\n',
        tests=("tests/workloads/tasks/test_forms.py",),
    ),
    Mutant(
        name="fewer examples are other ones",
        path="workloads/tasks/subset.py",
        before="sorted(rng.sample(range(n_found), n_found)[:n_kept])",
        after="sorted(rng.sample(range(n_found), n_kept))",
        tests=("tests/workloads/tasks/test_subset.py",),
    ),
    Mutant(
        name="a corpus keeps the training texts that were left out",
        path="workloads/tasks/subset.py",
        before="is_own = task.corpus != task.train.texts",
        after="is_own = True",
        tests=("tests/workloads/tasks/test_subset.py",),
    ),
    Mutant(
        name="the first text of test counts as validation",
        path="workloads/tasks/likeness.py",
        before="sum(i < n for i in alike)",
        after="sum(i <= n for i in alike)",
        tests=("tests/workloads/tasks/test_likeness.py",),
    ),
    Mutant(
        name="second texts are not looked at",
        path="workloads/tasks/likeness.py",
        before="if not split.pairs:",
        after="if True:",
        tests=("tests/workloads/tasks/test_likeness.py",),
    ),
    Mutant(
        name="sketches are compared beyond what both hold",
        path="workloads/tasks/likeness.py",
        before="smallest = union[:SKETCH] if SKETCH in (len(one), len(two)) else union",
        after="smallest = union",
        tests=("tests/workloads/tasks/test_likeness.py",),
    ),
    Mutant(
        name="the first text that is alike enough is named, not the most alike",
        path="workloads/tasks/likeness.py",
        before="alike > best.get(i, (0.0, 0))[0]",
        after="i not in best",
        tests=("tests/workloads/tasks/test_likeness.py",),
    ),
)
