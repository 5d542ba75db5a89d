"""Short names of costs mean on every command what they mean as an axis of `curves`."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from breakeven.analysis.curves.curve_axes import AXES
from breakeven.cli import group
from breakeven.cli.cost_names import SHORT, additive_costs, cost_named, offered_costs
from breakeven.records import Resource
from breakeven.store import Store
from breakeven.testing.runs import example_runs


def test_short_names_are_those_of_the_axes() -> None:
    axes = {name: str(axis.resource) for name, axis in AXES.items() if axis.resource is not None}
    assert {name: axes[name] for name in set(SHORT) & set(axes)} == {
        name: cost for name, cost in SHORT.items() if name != "carbon"
    }
    assert set(SHORT.values()) <= set(additive_costs()) <= set(offered_costs())


def test_a_name_of_the_records_stays_what_it_is() -> None:
    assert [cost_named(resource.value) for resource in Resource] == list(Resource)


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("example") / "store"
    definition, runs = example_runs()
    with Store(path) as store:
        store.save_study(definition)
        for run in runs:
            store.append(run)
    return str(path)


def printed(*words: str | Path) -> str:
    result = CliRunner().invoke(group, [*map(str, words)], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_a_short_name_asks_for_the_same(example: str) -> None:
    asked = ("lifecycle", example, "--break-even", "--volume")
    assert printed(*asked, "100k", "--resource", "cpu") == printed(
        *asked, "100000", "--resource", "cpu_s"
    )
    assert printed("pareto", example, "--cost", "cpu") == printed(
        "pareto", example, "--cost", "cpu_s"
    )


def test_lifetimes_may_be_typed_short(example: str) -> None:
    for command in ("lifecycle", "pareto"):
        assert printed(command, example, "--at-lifetime", "10k,2.5M") == printed(
            command, example, "--at-lifetime", "1e4,2500000"
        )


def test_an_unknown_cost_names_the_nearest(example: str) -> None:
    refused = CliRunner().invoke(group, ["lifecycle", example, "--resource", "energi_j"])
    assert refused.exit_code == 2
    assert "Did you mean 'energy_j'?" in refused.stderr
