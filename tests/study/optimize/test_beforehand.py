"""What is refused or said before anything is made or run."""

from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from breakeven.cli import group
from breakeven.errors import DataFileError, SettingsError
from breakeven.records import Kind, Resource
from breakeven.records.engine import TaskFacts
from breakeven.records.protocols import Channel
from breakeven.study.optimize.beforehand import (
    cutting,
    modelled,
    n_examples,
    refuse_uncomparable,
    too_small,
)
from breakeven.study.optimize.wanted import Wanted


@pytest.mark.parametrize(
    ("form", "rows", "told"),
    [
        ("regression", "sentence\tlabel\n" + "fine text\t0.5\nother words\t1.5\n" * 8, "pearson"),
        (
            "token-classification,text_column=1,tag_column=2",
            "good B-X\nfine O\n\n" * 16,
            "entity_f1",
        ),
        ("language-modelling", "text\n" + "running text of no label\n" * 16, "perplexity"),
    ],
)
def test_answers_that_are_not_right_or_wrong_one_by_one_are_refused_before_anything_is_made(
    form: str, rows: str, told: str, tmp_path: Path
) -> None:
    data = tmp_path / ("rows.conll" if told == "entity_f1" else "rows.tsv")
    data.write_text(rows, encoding="utf-8")
    text = "text_column=text," if told == "perplexity" else ""
    task = f"files,form={form},{text}train={data},test_share=0.2,validation_share=0.2"
    store = tmp_path / "store"
    asked = ["optimize", "org/model", "--task", task, "--backends", "none", "--store", str(store)]

    with pytest.raises(SettingsError, match=f"are judged by {told}"):
        CliRunner().invoke(group, asked, catch_exceptions=False)

    assert not store.exists()


def test_one_metric_that_judges_single_answers_is_enough() -> None:
    refuse_uncomparable(TaskFacts(content_hash="", metrics=("macro_f1", "accuracy")))
    refuse_uncomparable(TaskFacts(content_hash="", metrics=("exact_match", "answer_f1")))
    with pytest.raises(SettingsError, match="judged by pearson and spearman"):
        refuse_uncomparable(TaskFacts(content_hash="", metrics=("pearson", "spearman")))


def test_both_splits_are_needed() -> None:
    facts = TaskFacts(content_hash="", facts={"n_validation": 9, "n_test": 0})

    assert n_examples(facts, "validation") == 9
    with pytest.raises(DataFileError, match="the task has no test examples"):
        n_examples(facts, "test")


def test_a_test_split_that_is_too_small_is_said_at_once() -> None:
    wanted = Wanted(baseline="FT", max_drop=0.001, cost=Resource.CPU_S)

    assert too_small(wanted, 1000) == (
        "the test split has 1000 examples, and a drop of 0.1 points can be ruled out on 3218 or "
        "more (at 96 %, the level of a first certificate), even where no answer differs; give it "
        "2218 more, or allow a drop of 0.4 points"
    )
    assert "a drop of 1 point can be" in too_small(replace(wanted, max_drop=0.01), 40)


def test_a_cost_that_is_modelled_is_said_to_certify_nothing() -> None:
    channels = [
        Channel(name=kind.value, resource=Resource.ENERGY_J, sensor="s", resolution=1.0, kind=kind)
        for kind in (Kind.MEASURED, Kind.MODELLED)
    ]

    assert modelled(Resource.ENERGY_J, channels[:1]) == ""
    assert modelled(Resource.CPU_S, channels) == ""
    assert modelled(Resource.ENERGY_J, channels[1:]).startswith(
        "energy_j is modelled here, and no certificate is granted by a model"
    )


def test_a_baseline_that_cuts_what_its_model_could_read_is_told() -> None:
    assert cutting({"max_length": 128}, 512).startswith(
        "the baseline cuts texts at 128 tokens and its model reads 512"
    )
    assert cutting({"max_length": 512}, 512) == ""
    assert cutting({}, 512) == ""
