"""`breakeven check`: budgets, two stores, exit codes, and files that cannot be read."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from breakeven.cli import group
from breakeven.records import Item, Resource, Run, StudyDefinition
from breakeven.store import Store
from breakeven.testing.runs import example_runs

BUDGET = """# what the service may cost
limits:
  - pathway: TS
    cost: cpu_s
    at_most: 1 ms
  - pathway: TS
    cost: cpu_s
    at_most: 1 s
  - row: ts
    cost: flops
    at_most: 1 PFLOP
  - pathway: TS
    phase: development
    cost: duration_s
    at_most: 30 h
  - pathway: TS
    score: accuracy
    at_least: 60 %
  - pathway: TS
    cost: n_parameters
    at_most: 66 million parameters
  - pathway: TS
    cost: peak_memory_bytes
    at_most: 2 GiB
"""


def check(*arguments: object) -> Result:
    words = [str(argument) for argument in arguments]
    return CliRunner().invoke(group, ["check", *words], catch_exceptions=False)


def saved(path: Path, definition: StudyDefinition, runs: Sequence[Run]) -> Path:
    with Store(path) as opened:
        opened.save_study(definition)
        for run in runs:
            opened.append(run)
    return path


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return saved(tmp_path_factory.mktemp("check") / "store", *example_runs())


@pytest.fixture(scope="module")
def dearer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same study, its use 30 % dearer in CPU seconds."""
    definition, runs = example_runs()
    return saved(
        tmp_path_factory.mktemp("dearer") / "store", definition, [_dearer(r) for r in runs]
    )


def _dearer(run: Run) -> Run:
    phases = tuple(
        replace(
            phase,
            measurement=replace(
                phase.measurement,
                costs=tuple(
                    replace(c, value=1.3 * c.value, low=1.3 * c.low, high=1.3 * c.high)
                    if c.resource is Resource.CPU_S
                    else c
                    for c in phase.measurement.costs
                ),
            ),
        )
        for phase in run.phases
    )
    return replace(
        run,
        run_id=f"{run.run_id}-again",
        phases=phases,
        parents=tuple(f"{parent}-again" for parent in run.parents),
    )


def budget(tmp_path: Path, text: str, name: str = "budget.yaml") -> Path:
    path = tmp_path / name
    path.write_text(text)
    return path


def test_a_budget_that_is_broken_ends_with_1_and_a_line_per_breach(
    store: Path, tmp_path: Path
) -> None:
    path = budget(tmp_path, BUDGET)
    done = check(store, "--budget", path)
    assert done.exit_code == 1
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("breach")]
    assert line.startswith(f"breach: {path}:3: TS CPU time, per example: ")
    assert "at most 1 CPU ms" in line
    assert line.endswith("(p < 0.0001)")
    assert done.stdout.splitlines()[-1] == "7 lines: 1 breach, 6 within; exit code 1"


def test_a_budget_that_is_kept_ends_with_0(store: Path, tmp_path: Path) -> None:
    kept = BUDGET.replace("at_most: 1 ms", "at_most: 1 h")
    done = check(store, "--budget", budget(tmp_path, kept), "--all")
    assert done.exit_code == 0
    assert done.stdout.count("within: ") == 7


@pytest.mark.parametrize(
    ("least", "says"),
    [("85", "they are fractions, write 0.85"), ("850", "no share of right answers; write one")],
)
def test_a_least_score_on_another_scale_is_refused(
    store: Path, tmp_path: Path, least: str, says: str
) -> None:
    text = f"limits:\n  - pathway: TS\n    score: accuracy\n    at_least: {least}\n"
    done = check(store, "--budget", budget(tmp_path, text))
    assert done.exit_code == 2
    assert says in " ".join(done.stderr.split())
    assert "budget.yaml:2: a limit of" in done.stderr


def test_a_budget_nested_without_end_is_refused(store: Path, tmp_path: Path) -> None:
    done = check(store, "--budget", budget(tmp_path, "[" * 20_000))
    assert done.exit_code == 2
    assert "nested too deeply" in done.stderr


def test_a_budget_may_be_json(store: Path, tmp_path: Path) -> None:
    text = json.dumps({"limits": [{"pathway": "TS", "cost": "cpu_s", "at_most": "1 ms"}]})
    done = check(store, "--budget", budget(tmp_path, text, "budget.json"), "--json")
    assert done.exit_code == 1
    found = json.loads(done.stdout)
    (line,) = found["lines"]
    assert (line["verdict"], line["bound"], found["exit_code"]) == ("breach", 1e-3, 1)
    assert line["estimate"]["low"] > line["bound"]
    assert line["estimate"]["kinds"] == ["measured"]


def test_what_is_not_shown_says_how_many_more_and_fails_when_strict(
    store: Path, tmp_path: Path
) -> None:
    score = "limits:\n  - pathway: TS\n    score: accuracy\n    at_least: {}\n"
    found = json.loads(check(store, "--budget", budget(tmp_path, BUDGET), "--json").stdout)
    value = next(one for one in found["lines"] if one["quantity"] == "accuracy")["estimate"][
        "value"
    ]
    path = budget(tmp_path, score.format(round(value + 0.005, 4)))
    done = check(store, "--budget", path)
    assert done.exit_code == 0
    assert "not shown: " in done.stdout
    assert "more test examples would tell" in done.stdout
    assert check(store, "--budget", path, "--strict").exit_code == 1


def test_a_cost_without_a_number_cannot_be_told(store: Path, tmp_path: Path) -> None:
    text = "limits:\n  - pathway: TS\n    cost: price_usd\n    at_most: 1 USD\n"
    done = check(store, "--budget", budget(tmp_path, text))
    assert done.exit_code == 2
    assert "cannot tell: " in done.stdout
    assert "it was not measured" in done.stdout


def test_a_store_against_itself_passes(store: Path) -> None:
    done = check(store, "--against", store)
    assert done.exit_code == 0
    assert "breach" not in done.stdout


def test_a_cost_that_the_old_store_lacks_is_no_pass(store: Path) -> None:
    done = check(store, "--against", store, "--cost", "price_eur", "--strict", "--max-drop", "1")
    assert done.exit_code == 2
    told = " ".join(done.output.split())
    assert "has no price_eur of any pathway, so nothing can be held against it" in told


def test_a_dearer_store_fails(store: Path, dearer: Path) -> None:
    done = check(dearer, "--against", store, "--cost", "cpu_s")
    assert done.exit_code == 1
    lines = [line for line in done.stdout.splitlines() if line.startswith("breach")]
    assert len(lines) == 4  # FT, TS, TA and TF-IDF in use; development ran once
    assert all("what it was, at most 1.05 x (p" in line for line in lines)
    assert "ratios have Welch's t interval (95 %)" in done.stdout
    assert check(store, "--against", dearer, "--cost", "cpu_s").exit_code == 0
    assert check(dearer, "--against", store, "--cost", "cpu_s", "--max-rise", "50%").exit_code == 0


def test_another_machine_cannot_be_told(store: Path, tmp_path: Path) -> None:
    definition, runs = example_runs()
    moved = [
        run if run.machine is None else replace(run, machine=replace(run.machine, host_id="other"))
        for run in runs
    ]
    other = saved(tmp_path / "other", definition, moved)
    done = check(other, "--against", store, "--cost", "cpu_s", "--cost", "flops")
    assert done.exit_code == 2
    assert "costs of two machines are not comparable" in done.stdout
    counted = check(other, "--against", store, "--cost", "flops")
    assert counted.exit_code == 0


def test_a_pathway_that_is_new_is_said(store: Path, tmp_path: Path) -> None:
    definition, runs = example_runs()
    fewer = replace(definition, pathways=definition.pathways[:1])
    old = saved(tmp_path / "old", fewer, runs)
    done = check(store, "--against", old, "--cost", "flops")
    assert "Note: TS is new and held against nothing." in done.stdout
    back = check(old, "--against", store, "--cost", "flops")
    assert (back.exit_code, "has no such pathway" in back.stdout) == (2, True)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            "limits:\n  - pathway: TS\n    cost: cpu_s\n    at_most: 5\n",
            ":4: at_most is '5' without",
        ),
        (
            "limits:\n  - pathway: TS\n    cost: cpu_s\n    at_mosst: 5 s\n",
            "Did you mean 'at_most'",
        ),
        ("limits:\n  - pathway: TS\n    cost: cpus\n    at_most: 5 s\n", ":3: cost 'cpus' is not"),
        ("limits:\n  - pathway: TS\n    cost: energy_j\n    at_most: 5 s\n", "unit 's' is none of"),
        ("limits:\n  - pathway: TS\n    cost: energy_j\n    at_most: 5 mj\n", "may be mJ (thous"),
        ("limits:\n  - pathway: TS\n    cost: cpu_s\n    at_least: 5 s\n", "a cost has no least"),
        ("limits:\n  - pathway: TS\n    cost: cpu_s\n", "has neither of at_most and at_least"),
        ("limits:\n  - cost: cpu_s\n    at_most: 5 s\n", "has neither of pathway and row"),
        ("limits:\n  - pathway: TS\n    score: accuracy\n    at_least: x\n", "expected a score"),
        ("limits:\n  - pathway: TS\n    score: accuracy\n    at_most: 0.9\n", "write at_least"),
        (
            "limits:\n  - row: ts\n    score: accuracy\n    at_least: 0.9\n",
            "a score is of a pathway",
        ),
        (
            "limits:\n  - row: ts\n    phase: x\n    cost: cpu_s\n    at_most: 5 s\n",
            "is of a pathway",
        ),
        (
            "limits:\n  - pathway: TS\n    phase: use\n    cost: cpu_s\n    at_most: 5 s\n",
            "phase is 'use'; expected deployment or development",
        ),
        ("limits:\n  - pathway: TS\n    cost: cpu_s\n    at_most: -5 s\n", "0 or more"),
        ("limits:\n  - pathway: TS\n    cost: cpu_s\n    at_most: x s\n", "a number and a unit"),
        ("limits:\n  - pathway: TS\n    pathway: FT\n", "stands twice"),
        ("limits:\n  - pathway: [a]\n    cost: cpu_s\n    at_most: 5 s\n", "expected a word"),
        (
            "limits:\n  - pathway: TS\n    cost: n_parameters\n    at_most: 66\n",
            "write its unit, such as 66 million parameters",
        ),
        ("limits: 3\n", ":1: limits is no list"),
        ("limit: []\n", "Did you mean 'limits'"),
        ("study: example\n", "there are no limits"),
        ("- 1\n", "the file holds no keys"),
        ("a: [\n", "is no YAML or JSON"),
        ("", "is empty; expected limits"),
        ("limits:\n  - pathway: TSS\n    cost: cpu_s\n    at_most: 5 s\n", "Did you mean 'TS'"),
    ],
)
def test_bad_budgets_end_with_2_and_one_sentence(
    store: Path, tmp_path: Path, text: str, says: str
) -> None:
    done = check(store, "--budget", budget(tmp_path, text))
    assert done.exit_code == 2
    assert says in " ".join(done.output.split())
    assert "Traceback" not in done.output


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ((), "say one of --against OLD and --budget FILE"),
        (("--against", "x", "--budget", "y"), "say one of --against OLD and --budget FILE"),
        (("--budget", "nowhere.yaml"), "cannot be read"),
        (("--budget", "nowhere.yaml", "--cost", "cpu_s"), "--cost is of --against"),
        (("--against", "nowhere"), "nowhere"),
        (("--max-rise", "x"), "is no share"),
    ],
)
def test_bad_usage_ends_with_2(store: Path, asked: tuple[str, ...], says: str) -> None:
    done = check(store, *asked)
    assert done.exit_code == 2
    assert says in " ".join(done.output.split())


def test_an_unknown_cost_ends_with_2(store: Path) -> None:
    done = check(store, "--against", store, "--cost", "cpu_z")
    assert (done.exit_code, "Did you mean 'cpu_s'" in done.output) == (2, True)


def test_stores_that_count_other_items_cannot_be_held_together(store: Path, tmp_path: Path) -> None:
    definition, runs = example_runs()
    other = saved(tmp_path / "tokens", replace(definition, item=Item.REAL_TOKEN), runs)
    done = check(other, "--against", store)
    assert (done.exit_code, "not comparable" in " ".join(done.output.split())) == (2, True)


def test_other_data_are_said(tmp_path: Path) -> None:
    definition, runs = example_runs()
    one, two = (
        saved(tmp_path / name, replace(definition, facts={"content_hash": name}), runs)
        for name in ("a", "b")
    )
    text = check(one, "--against", two).stdout
    assert "Note: the data of the two studies differ" in text
    assert "the data" not in check(one, "--against", one).stdout
