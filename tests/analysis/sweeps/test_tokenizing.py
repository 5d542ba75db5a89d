"""Tokenizing, measured again apart: by hand."""

from dataclasses import replace

import pytest

from breakeven.analysis.sweeps.tokenizing import tokenizing_costs
from breakeven.records import PhaseName, Resource, Run, Stage, Status, Volume
from breakeven.testing.tiny import tiny_cost, tiny_phase, tiny_run


def served(tokenizing_s: float, *, n_examples: int = 4) -> Run:
    run = tiny_run("FT/reference", {Resource.CPU_S: 1.0}, stage=Stage.INFER)
    alone = tiny_phase(PhaseName.TOKENIZE, [tiny_cost(Resource.CPU_S, tokenizing_s)])
    read = Volume(n_examples=n_examples, n_real_tokens=40, n_batches=2)
    return replace(run, phases=(*run.phases, replace(alone, output=read)))


def test_it_is_a_mean_over_runs_per_example_that_was_tokenized() -> None:
    found = tokenizing_costs([served(0.4), served(1.6, n_examples=8)])
    assert found[Resource.CPU_S].value == pytest.approx((0.1 + 0.2) / 2)
    assert found[Resource.CPU_S].n == 2


def test_what_was_not_measured_apart_or_did_not_end_says_nothing() -> None:
    whole = tiny_run("FT/reference", {Resource.CPU_S: 1.0}, stage=Stage.INFER)
    failed = replace(served(0.4), status=Status.FAILED)
    assert tokenizing_costs([whole, failed]) == {}
