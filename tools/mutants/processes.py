"""Several processes of one machine: locks, ranks, nested windows, other people's loops."""

from tools.mutants.mutant import Mutant

CLAIM_TESTS = ("tests/meters/test_claims.py",)
RANK_TESTS = ("tests/analysis/runs/test_ranks.py",)
NAMED_TESTS = ("tests/session/test_named.py",)

MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        name="fault: several ranks report the node several times",
        path="meters/claims.py",
        before="if level == len(path) - 1 or not is_own_branch:",
        after="if not (is_own_branch or level == len(path) - 1):",
        tests=("tests/session/test_processes.py",),
    ),
    Mutant(
        name="fault: a run counts what a stranger around its outer run counts",
        path="meters/claims.py",
        before="is_own_branch = holder is not None and holder.branch == branch",
        after="is_own_branch = True",
        tests=CLAIM_TESTS,
    ),
    Mutant(
        name="fault: an inner run is refused what its outer run owns",
        path="meters/claims.py",
        before="'/'.join(path[:level])",
        after="'/'.join(path[:0])",
        tests=CLAIM_TESTS,
    ),
    Mutant(
        name="fault: the earlier of two parallel runs never learns of the later",
        path="meters/claims.py",
        before="folder.add_line(other_name, own)",
        after="own.strip()",
        tests=CLAIM_TESTS,
    ),
    Mutant(
        name="fault: a fork keeps the device of a killed run",
        path="meters/locks.py",
        before="os.register_at_fork(after_in_child=let_go)",
        after="os.register_at_fork(after_in_child=lambda: None)",
        tests=("tests/meters/test_locks.py",),
    ),
    Mutant(
        name="fault: a link in the public folder is followed",
        path="meters/locks.py",
        before="_OPEN = os.O_NOFOLLOW | os.O_CLOEXEC",
        after="_OPEN = os.O_CLOEXEC",
        tests=("tests/meters/test_locks.py",),
    ),
    Mutant(
        name="fault: what two ranks read off one device is added",
        path="analysis/runs/ranks_measured.py",
        before="if entry.cost.device and any(",
        after="if not entry.cost.device and any(",
        tests=RANK_TESTS,
    ),
    Mutant(
        name="fault: the second node's package passes for the first's",
        path="analysis/runs/ranks_measured.py",
        before="return entry.node, cost.device,",
        after='return "", cost.device,',
        tests=RANK_TESTS,
    ),
    Mutant(
        name="fault: joules of one node pass for those of all",
        path="analysis/runs/ranks_seen.py",
        before="if counted and node not in counted]",
        after="if counted and not node]",
        tests=RANK_TESTS,
    ),
    Mutant(
        name="fault: a rank that was done early passes for one that saw all",
        path="analysis/runs/ranks_seen.py",
        before="seen_s >= DONE_FRAC * whole_s",
        after="seen_s >= 0 * whole_s",
        tests=RANK_TESTS,
    ),
    Mutant(
        name="fault: what is in a channel that another run counts is counted",
        path="meters/claims.py",
        before="            self._leave_contained(channels)\n",
        after="",
        tests=CLAIM_TESTS,
    ),
    Mutant(
        name="fault: a part is added to what contains its absent container",
        path="meters/window.py",
        before="    sound = rehung(kept, chain.from_iterable(sheet.counters.values()))\n",
        after="    sound = kept\n",
        tests=("tests/meters/test_containment.py",),
    ),
    Mutant(
        name="fault: generators that end in turn leave a run behind",
        path="session/inside.py",
        before="        block.is_open = False\n",
        after="",
        tests=("tests/session/test_inside.py",),
    ),
    Mutant(
        name="fault: a plug of one stretch hides the parts of all",
        path="records/measurement.py",
        before="if not any(_hides(cost, other) for other in both)",
        after="",
        tests=("tests/records/test_measurement.py",),
    ),
    Mutant(
        name="fault: a lost rank goes unnoticed",
        path="analysis/runs/ranks.py",
        before="missing = sorted(set(range(place.n_ranks)) - present[place.group])",
        after="missing = sorted(set(range(0)) - present[place.group])",
        tests=RANK_TESTS,
    ),
    Mutant(
        name="fault: an allocation passes for a rank",
        path="session/ranks.py",
        before="if step is None or step >= NO_STEP:",
        after="if step is None:",
        tests=("tests/session/test_ranks.py",),
    ),
    Mutant(
        name="fault: windows of one name from several threads count several times",
        path="session/named.py",
        before="if named.manager is None:\n",
        after="if True:\n",
        tests=NAMED_TESTS,
    ),
    Mutant(
        name="fault: a child process does not know what it is inside of",
        path="session/inside.py",
        before="    environ[VARIABLE] = told\n",
        after="    _ = told\n",
        tests=("tests/session/test_inside.py",),
    ),
    Mutant(
        name="fault: only the making of a coroutine is measured",
        path="session/decorating.py",
        before="if inspect.iscoroutinefunction(function):",
        after="if not callable(function):",
        tests=("tests/session/test_measure.py",),
    ),
    Mutant(
        name="fault: a loop that is left early passes for a whole one",
        path="integrations/loader.py",
        before="                recorder.add_note(_left_early(n_given))\n                raise\n",
        after="                return\n",
        tests=("tests/integrations/test_loader.py",),
    ),
    Mutant(
        name="what a model evaluates in training is volume",
        path="integrations/transformers.py",
        before="if module.training:",
        after="if module is not None:",
        tests=("tests/integrations/test_transformers.py",),
    ),
)
