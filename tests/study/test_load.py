"""Study files: what they mean, and one clear sentence for everything that is wrong in them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from breakeven.errors import StudyFileError
from breakeven.records import Item, Resource, Stage
from breakeven.study.load import load_study
from breakeven.study.schema import json_schema
from breakeven.study.spec import AA, REFERENCE, SWEEP, Study
from breakeven.study.table import run_table
from breakeven.testing.toy import TOY

Write = Callable[..., Path]


def test_rows_are_resolved_with_parents_first(toy_study: Study) -> None:
    rows = {row.name: row for row in toy_study.rows}
    assert list(rows) == ["base", "ft", "small"]
    assert rows["small"].parents == {"start": "base", "teacher": "ft"}
    assert rows["small"].stage is Stage.DISTIL
    assert rows["ft"].settings.resolved["n_layers"] == 4
    assert rows["small"].settings.resolved["n_layers"] == 2
    assert rows["ft"].settings.resolved["seed"] == 3


def test_a_row_may_stand_before_its_parent_in_the_file(write_study: Write) -> None:
    path = write_study(
        ("stage: pretrain, burn", "stage: pretrain, from: first, burn"),
        ("\npathways:", "\n  - {name: first, stage: pretrain}\npathways:"),
    )
    assert [row.name for row in load_study(path).rows][:2] == ["first", "base"]


def test_every_pathway_has_a_reference_and_the_first_an_aa_twin(toy_study: Study) -> None:
    roles = [(c.pathway, c.role) for c in toy_study.configurations]
    assert roles == [
        ("FT", REFERENCE),
        ("FT", AA),
        ("FT", SWEEP),
        ("FT", SWEEP),
        ("TS", REFERENCE),
        ("TS", SWEEP),
    ]
    labels = [c.row for c in toy_study.configurations if c.role == SWEEP]
    assert labels == ["FT/max_length=16", "FT/n_layers=3", "TS/max_length=16"]


def test_the_reference_and_its_twin_take_turns(write_study: Write) -> None:
    study = load_study(write_study(), {"inference.blocks": 6})
    table = run_table(study, TOY.describe_task(study.task), TOY)
    pair = [run.row for run in table if run.row in ("FT/reference", "FT/aa")]
    assert pair == ["FT/reference", "FT/aa", "FT/aa", "FT/reference"] * 3
    alone = load_study(write_study(), {"inference.aa": False})
    assert "FT/aa" not in {run.row for run in run_table(alone, TOY.describe_task({}), TOY)}


def test_lists_in_a_sweep_entry_multiply_and_the_reference_itself_is_left_out(
    write_study: Write,
) -> None:
    path = write_study(
        ("- max_length: [16, 32]", "- {max_length: [16, 32], batch_size: [8, 32]}"),
        ("    - {n_layers: 3, pathways: FT}\n", ""),
    )
    labels = [c.label for c in load_study(path).configurations if c.pathway == "TS"]
    assert labels == [
        "reference",
        "max_length=16,batch_size=8",
        "max_length=16",
        "batch_size=8",
    ]


def test_a_label_names_a_sweep_entry(write_study: Write) -> None:
    path = write_study(("{n_layers: 3, pathways: FT}", "{n_layers: 3, pathways: [FT], label: cut}"))
    assert "FT/cut" in [c.row for c in load_study(path).configurations]


def test_a_label_on_several_rows_is_completed(write_study: Write) -> None:
    path = write_study(("max_length: [16, 32]", "{max_length: [8, 16], label: short}"))
    rows = [c.row for c in load_study(path).configurations]
    assert "TS/short,max_length=8" in rows


def test_anchors_and_keys_beginning_with_x_keep_a_file_short(write_study: Write) -> None:
    path = write_study(
        ("task: {name: toy}", "task: {name: toy}\nx-shared: &shared {accuracy: 0.7}"),
        ("{name: ft,", "{<<: *shared, name: ft,"),
    )
    assert load_study(path).row("ft").settings.resolved["accuracy"] == 0.7


def test_analysis_and_budget_are_read_in_si_units(write_study: Write) -> None:
    path = write_study(
        (
            "pathways:\n",
            (
                "analysis: {headline: energy_j, item: real_token, planned_volume: 1e9}\n"
                "budget: {hours: 2, cpu_hours: 5, energy_wh: 3}\n"
                "meters: [host]\nreplay: trace.csv\npathways:\n"
            ),
        )
    )
    study = load_study(path)
    assert study.question.headline is Resource.ENERGY_J
    assert study.question.item is Item.REAL_TOKEN
    assert study.question.planned_volume == 1e9
    assert study.budget.duration_s == 7200
    assert study.budget.cpu_s == 18000
    assert study.budget.energy_j == 10800
    assert study.meters == ("host",)
    assert study.replay == path.parent / "trace.csv"


def test_measuring_options_reach_every_inference_row(write_study: Write) -> None:
    path = write_study(("  blocks: 2", "  blocks: 2\n  min_window_s: 0.5\n  n_batches: 4"))
    study = load_study(path)
    assert {c.settings.resolved["min_window_s"] for c in study.configurations} == {0.5}
    assert study.reference["n_batches"] == 4


def test_overrides_come_after_the_profile(write_study: Write) -> None:
    path = write_study(
        (
            "pathways:\n",
            "profiles:\n  tiny: {stages.ft.burn_s: 0.5, inference.blocks: 7}\npathways:\n",
        )
    )
    study = load_study(path, {"stages.ft.burn_s": 0.25}, profile="tiny")
    assert study.row("ft").settings.resolved["burn_s"] == 0.25
    assert study.n_blocks == 7


def test_stated_numbers_become_costs_of_one_example(write_study: Write) -> None:
    path = write_study(
        (
            "inference:\n",
            (
                "  API:\n    stated:\n      source: price list\n      year: 2025\n"
                "      score: 0.9\n"
                "      development: {cpu_s: 10}\n      tokens_per_example: 30\n"
                "      per_example: {price_usd: 0.5}\n      per_token: {price_usd: 0.1}\n"
                "inference:\n"
            ),
        )
    )
    pathway = load_study(path).pathway("API")
    assert pathway.row == "API/stated"
    assert pathway.stated is not None
    assert pathway.stated.source == "price list, 2025"
    assert pathway.stated.per_example == {Resource.PRICE_USD: pytest.approx(3.5)}
    assert "API" not in {c.pathway for c in load_study(path).configurations}


def test_yaml_is_read_as_people_mean_it(write_study: Write) -> None:
    path = write_study(("burn_s: 0.02}", "burn_s: 1e-3, log: no}"))
    settings = load_study(path).row("base").settings.resolved
    assert settings["burn_s"] == 0.001
    assert settings["log"] == "no"


WRONG = [
    pytest.param(
        ("burn_s: 0.02}", "brun_s: 1}"),
        ":7: row 'base': no setting of stage pretrain named 'brun_s'. Did you mean 'burn_s'?",
        id="unknown setting of a row",
    ),
    pytest.param(
        (
            "{name: base, stage: pretrain, burn_s: 0.02}",
            "name: base\n    stage: pretrain\n    brun_s: 1",
        ),
        ":9: row 'base': no setting of stage pretrain named 'brun_s'.",
        id="unknown setting of a row over several lines",
    ),
    pytest.param(
        ("inference:", "inferense:"),
        ":13: unknown key 'inferense'; did you mean 'inference'?",
        id="unknown top-level key",
    ),
    pytest.param(
        ("blocks: 2", "block: 2"),
        ":14: unknown key 'inference.block'; did you mean 'blocks'?",
        id="unknown key in a block",
    ),
    pytest.param(
        ("blocks: 2", "zzzzz: 2"), ":14: unknown key 'inference.zzzzz'; known: ", id="no near key"
    ),
    pytest.param(
        ("{row: small", "{rows: small"),
        ":12: unknown key 'pathways.TS.rows'; did you mean 'row'?",
        id="unknown key of a pathway",
    ),
    pytest.param(
        ("TS: {row: small, description: half as deep}", "TS: {stated: {sorce: x}}"),
        ":12: unknown key 'pathways.TS.stated.sorce'; did you mean 'source'?",
        id="unknown key of a statement",
    ),
    pytest.param(("blocks: 2", "blocks: two"), ":14: inference.blocks: Input", id="wrong type"),
    pytest.param(
        ("burn_s: 0.02}", "burn_s: [1]}"),
        ":7: stages.base.burn_s: must be one text, number, true or false, got [1]",
        id="a setting that is a list",
    ),
    pytest.param(
        ("name: base, ", ""), ":7: stages.entry 1.name is missing; add it", id="row without name"
    ),
    pytest.param(("task: {name: toy}", ""), ":1: task is missing; add it", id="missing task"),
    pytest.param(
        ("task: {name: toy}", "task: {}"), ":4: task.name is missing; add it", id="task unnamed"
    ),
    pytest.param(
        ("engine: toy", "engine: joy"),
        ":3: no engine named 'joy'. Did you mean 'toy'?",
        id="unknown engine",
    ),
    pytest.param(
        ("n_layers: 4", "n_layer: 4"),
        ":5: defaults: no setting named 'n_layer'. Did you mean 'n_layers'?",
        id="default nobody uses",
    ),
    pytest.param(
        ("stage: pretrain", "stage: pretain"),
        ":7: row 'base': no stage named 'pretain'. Did you mean 'pretrain'?",
        id="unknown stage",
    ),
    pytest.param(
        ("burn_s: 0.02}", "burn_s: x}"),
        ":7: row 'base': stage pretrain: burn_s='x' has the wrong type",
        id="setting of the wrong type",
    ),
    pytest.param(
        ("from: base, burn", "from: bass, burn"),
        ":8: row 'ft': from: no row named 'bass'. Did you mean 'base'?",
        id="missing parent row",
    ),
    pytest.param(
        ("teacher: ft", "teacher: fft"),
        ":9: row 'small': teacher: no row named 'fft'. Did you mean 'ft'?",
        id="missing teacher row",
    ),
    pytest.param(
        ("stage: pretrain,", "stage: pretrain, from: ft,"),
        ":7: rows base, ft wait for each other; break the circle of `from` and `teacher`",
        id="cycle",
    ),
    pytest.param(
        ("name: ft", "name: base"), ":8: two rows are named 'base'; rename", id="same name twice"
    ),
    pytest.param(
        ("FT: ft", "FT: fft"), ":11: pathway 'FT': no row named 'fft'. Did", id="unknown row"
    ),
    pytest.param(
        ("row: small, ", ""), ":12: pathway 'TS' needs either `row` or `stated`", id="neither"
    ),
    pytest.param(
        ("row: small,", "stated: {source: x, per_token: {cpu_s: 1}},"),
        ":12: pathway 'TS': per_token needs tokens_per_example; add it",
        id="price per token of unknown texts",
    ),
    pytest.param(
        ("row: small,", "stated: {source: x, per_example: {cpu_s: .nan}},"),
        ":12: pathways.TS.stated.per_example.cpu_s: Input should be a finite number, got nan",
        id="not a number",
    ),
    pytest.param(
        ("pathways:\n  FT: ft\n  TS: {row: small, description: half as deep}", "pathways: {}"),
        ":10: pathways is empty; name at least one",
        id="no pathway",
    ),
    pytest.param(
        ("n_layers: 3", "n_layers: 5"),
        ":17: pathway 'FT': model has 4 layers, n_layers=5 asked; choose 1..4",
        id="depth above the model's",
    ),
    pytest.param(
        ("n_layers: 3", "n_layers: 4"),
        ":17: inference.sweep entry 2 equals the reference; change a setting",
        id="all the layers there are",
    ),
    pytest.param(
        ("pathways: FT", "pathways: FFT"),
        ":17: inference.sweep: no pathway that is run named 'FFT'. Did you mean 'FT'?",
        id="sweep of an unknown pathway",
    ),
    pytest.param(
        ("[16, 32]", "32"),
        ":16: inference.sweep entry 1 equals the reference; change a setting",
        id="a reduction that reduces nothing",
    ),
    pytest.param(
        ("n_layers: 3", "max_length: 16"),
        ":15: inference.sweep gives 'FT/max_length=16' twice; remove one",
        id="the same row twice",
    ),
    pytest.param(
        ("max_length: [16", "max_lenght: [16"),
        ":16: inference.sweep: no setting of inference named 'max_lenght'. Did you",
        id="unknown inference setting",
    ),
    pytest.param(("seed: 3", "seed: [3"), ":3: not valid YAML: expected", id="not YAML"),
    pytest.param(
        ("seed: 3", "seed: 3\nseed: 4"), ":3: not valid YAML: key 'seed' is given", id="key twice"
    ),
]


@pytest.mark.parametrize(("replaced", "sentence"), WRONG)
def test_what_is_wrong_is_said_with_file_line_and_remedy(
    write_study: Write, replaced: tuple[str, str], sentence: str
) -> None:
    path = write_study(replaced)
    with pytest.raises(StudyFileError) as caught:
        load_study(path)
    assert str(caught.value).startswith(f"{path}{sentence}")
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(StudyFileError, match=r"cannot read the study file .*none\.yaml: No such"):
        load_study(tmp_path / "none.yaml")


@pytest.mark.parametrize("content", [b"- 1\n", b"", b"\xff\xfe"])
def test_a_file_that_is_no_mapping_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(content)
    with pytest.raises(StudyFileError, match=r"a study file is a mapping|not UTF-8"):
        load_study(path)


def test_an_unknown_profile_lists_the_known_ones(write_study: Write) -> None:
    with pytest.raises(StudyFileError, match="no profile 'full'; there are: none"):
        load_study(write_study(), profile="full")


@pytest.mark.parametrize(
    ("dotted", "sentence"),
    [
        ("stages.fft.burn_s", "nothing is named 'fft'; there are base, ft, small"),
        ("stages.ft", "names no key"),
        ("inference.block", "unknown key 'inference.block'"),
        ("study.x", "names no key"),
    ],
)
def test_an_override_that_hits_nothing_is_refused(
    write_study: Write, dotted: str, sentence: str
) -> None:
    with pytest.raises(StudyFileError, match=sentence):
        load_study(write_study(), {dotted: 1})


def test_an_override_may_open_a_new_block(write_study: Write) -> None:
    assert load_study(write_study(), {"budget.hours": 1.0}).budget.duration_s == 3600


def test_the_json_schema_describes_the_keys_of_the_file() -> None:
    schema = json_schema()
    assert {"study", "stages", "pathways", "inference"} <= set(schema["properties"])
    assert "from" in schema["$defs"]["StageBlock"]["properties"]


def test_a_metric_that_nothing_scores_is_refused_with_the_known_ones(write_study: Write) -> None:
    path = write_study(("pathways:\n", "analysis: {metric: f1}\npathways:\n"))
    line = path.read_text().splitlines().index("analysis: {metric: f1}") + 1
    with pytest.raises(StudyFileError, match=f":{line}: .*no metric named 'f1'.*Known: accuracy"):
        load_study(path)


REDUCED = ("- max_length: [16, 32]", "- {reduction: length}")


def test_a_reduction_tries_what_its_card_suggests_and_reduces_the_reference(
    write_study: Write,
) -> None:
    rows = [c.row for c in load_study(write_study(REDUCED)).configurations]
    assert "FT/max_length=24" in rows
    assert not {"FT/max_length=32", "FT/max_length=48"} & set(rows)


def test_depth_suggests_only_what_a_pathways_model_has(write_study: Write) -> None:
    path = write_study(("{n_layers: 3, pathways: FT}", "{reduction: depth, pathways: FT}"))
    assert "FT/n_layers=3" in [c.row for c in load_study(path).configurations]


def test_values_beside_a_reduction_are_tried_instead(write_study: Write) -> None:
    path = write_study((REDUCED[0], "- {reduction: length, values: [8, 16], batch_size: 8}"))
    rows = [c.row for c in load_study(path).configurations]
    assert "TS/max_length=8,batch_size=8" in rows
    one = write_study((REDUCED[0], "- {reduction: length, values: 8}"))
    assert "TS/max_length=8" in [c.row for c in load_study(one).configurations]


@pytest.mark.parametrize(
    ("entry", "sentence"),
    [
        ("{reduction: length, values: [64]}", "max_length=64 reduces nothing: .* choose 1..31"),
        ("{reduction: depth, pathways: TS}", "n_layers=5 reduces nothing: .* runs 2 layers"),
        ("{reduction: lenght}", "no reduction named 'lenght'. Did you mean 'length'"),
    ],
)
def test_a_reduction_that_reduces_nothing_is_refused_with_its_line(
    write_study: Write, entry: str, sentence: str
) -> None:
    path = write_study((REDUCED[0], f"- {entry}"))
    with pytest.raises(StudyFileError, match=rf"toy\.yaml:16: inference\.sweep: {sentence}"):
        load_study(path)


def test_every_key_of_the_schema_is_described() -> None:
    schema = json_schema()
    blocks = [schema, *schema["$defs"].values()]
    bare = [
        f"{block['title']}.{key}"
        for block in blocks
        for key, told in block.get("properties", {}).items()
        if "description" not in told
    ]
    assert bare == []
