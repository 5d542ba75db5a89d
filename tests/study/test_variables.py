"""Variables: declared once in the file, given on the command line, checked like everything else."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from breakeven.errors import StudyFileError
from breakeven.records import Scalar
from breakeven.records.engine import TaskFacts
from breakeven.study import load_study
from breakeven.study.engine import NLP
from breakeven.study.ledger import Ledger
from breakeven.study.schema import json_schema
from breakeven.study.table import run_table

Write = Callable[..., Path]

DECLARED = ("seed: 3\n", "seed: 3\nvariables: {burn: 0.5, name: half, deep: true}\n")
USED = (
    DECLARED,
    ("stage: finetune, from: base, burn_s: 0.02", 'stage: finetune, from: base, burn_s: "${burn}"'),
    ("half as deep", "'${name} as ${deep}, ${burn} s'"),
)
FACTS = TaskFacts(content_hash="d")


def test_a_whole_value_keeps_its_type_and_a_part_becomes_text(write_study: Write) -> None:
    study = load_study(write_study(*USED))
    assert study.row("ft").settings.resolved["burn_s"] == 0.5
    assert study.pathway("TS").description == "half as true, 0.5 s"
    assert study.variables == {"burn": 0.5, "name": "half", "deep": True}


def test_given_values_come_after_overrides_and_these_after_the_profile(write_study: Write) -> None:
    profile = "profiles: {p: {variables.burn: 1.5, variables.name: third}}\nseed: 3\n"
    path = write_study(*USED, ("seed: 3\n", profile))
    study = load_study(path, {"variables.name": "whole"}, profile="p", variables={"deep": False})
    assert study.variables == {"burn": 1.5, "name": "whole", "deep": False}
    assert study.pathway("TS").description == "whole as false, 1.5 s"


def test_a_study_with_variables_is_the_study_without_them(write_study: Write) -> None:
    plain = load_study(write_study(("{name: ft, stage: finetune", "{name: ft, stage: finetune")))
    used = load_study(write_study(*USED), variables={"burn": 0.02})
    assert used.rows == plain.rows
    assert used.configurations == plain.configurations


def test_a_variable_that_only_another_profile_uses_is_used(write_study: Write) -> None:
    profile = "variables: {n: 7}\nprofiles: {p: {inference.blocks: '${n}'}}\nseed: 3\n"
    path = write_study(("seed: 3\n", profile))
    assert load_study(path).n_blocks == 2
    assert load_study(path, profile="p").n_blocks == 7


def test_a_variable_whose_only_use_is_overridden_is_no_error(write_study: Write) -> None:
    study = load_study(write_study(*USED), {"stages.ft.burn_s": 0.1})
    assert study.row("ft").settings.resolved["burn_s"] == 0.1


@pytest.mark.parametrize(
    ("replaced", "given", "sentence"),
    [
        (
            (DECLARED, ("burn_s: 0.02}", 'burn_s: "${brun}"}')),
            {},
            ":8: no variable named 'brun'. Did you mean 'burn'? Known: burn, deep, name.",
        ),
        (
            (DECLARED,),
            {},
            ":3: variable 'burn' is used nowhere; write ${burn} where it belongs, or remove it",
        ),
        (USED, {"brun": 1}, ":3: no variable named 'brun'. Did you mean 'burn'? Known: burn"),
        ((), {"x": 1}, ":1: no variable named 'x'. Known: none."),
        (
            (*USED, ("name: half", "name: [1]")),
            {},
            ":3: variables.name must be one text, number, true or false, got [1]",
        ),
        (
            (*USED, ("name: half", 'name: "${burn}"')),
            {},
            ":3: variables.name holds '${burn}'; write a value without ${...}",
        ),
        ((*USED, ("deep: true", "9: 1, deep: true")), {}, ":3: variables: 9 is no name; use lett"),
        ((("seed: 3\n", "seed: 3\nvariables: 4\n"),), {}, ":3: variables is a mapping of names"),
        (
            (("half as deep", "'${deep'"),),
            {},
            ":12: '${deep' opens a ${ that no } closes; close it",
        ),
    ],
)
def test_what_is_wrong_with_a_variable_is_one_sentence_with_its_line(
    write_study: Write,
    replaced: tuple[tuple[str, str], ...],
    given: Mapping[str, Scalar],
    sentence: str,
) -> None:
    path = write_study(*replaced)
    with pytest.raises(StudyFileError) as caught:
        load_study(path, variables=given)
    assert str(caught.value).startswith(f"{path}{sentence}")
    assert "\n" not in str(caught.value)


def test_a_profile_that_sets_an_unknown_variable_is_refused(write_study: Write) -> None:
    path = write_study(*USED, ("seed: 3\n", "seed: 3\nprofiles: {p: {variables.brun: 1}}\n"))
    with pytest.raises(StudyFileError, match=r"no variable named 'brun'\. Did you mean 'burn'"):
        load_study(path, profile="p")


FILES = """\
study: s
variables: {data: data, encoder: some/encoder}
task: {name: files, train: "${data}/rows.tsv", test: "${data}/rows.tsv"}
stages: [{name: ft, stage: finetune, model: "${encoder}"}]
pathways: {FT: ft}
"""


def write_files(folder: Path) -> Path:
    (folder / "data").mkdir(parents=True)
    (folder / "data" / "rows.tsv").write_text("sentence\tlabel\nx\ty\n", encoding="utf-8")
    (folder / "s.yaml").write_text(FILES, encoding="utf-8")
    return folder / "s.yaml"


def test_a_default_path_is_relative_to_the_file_and_a_given_one_to_the_person(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_files(tmp_path / "a")
    write_files(tmp_path / "b")
    monkeypatch.chdir(tmp_path / "b")
    assert load_study(path).task["train"] == str(tmp_path / "a" / "data" / "rows.tsv")
    given = load_study(path, variables={"data": "data"})
    assert given.task["train"] == str(tmp_path / "b" / "data" / "rows.tsv")
    assert given.variables["data"] == str(tmp_path / "b" / "data")
    as_path = load_study(path, variables={"data": Path("nowhere")})
    assert as_path.variables["data"] == str(tmp_path / "b" / "nowhere")
    assert (
        load_study(path, variables={"encoder": "owner/name"}).variables["encoder"] == "owner/name"
    )


def test_keys_and_records_do_not_depend_on_where_a_given_folder_lies(
    write_model: Write, tmp_path: Path
) -> None:
    path = write_files(tmp_path / "a")
    found = []
    for place in ("here", "there"):
        model = write_model(tmp_path / place / "tiny")
        study = load_study(path, variables={"encoder": model})
        planned = run_table(study, FACTS, NLP)[0]
        key = Ledger(study=study, data_hash=FACTS.content_hash).key(planned)
        found.append((planned.settings, key, study.definition(FACTS).source))
    assert found[0] == found[1]
    assert found[0][0].resolved["model"] == "tiny"
    assert found[0][2].endswith("# changed for this run:\n#   variables.encoder: tiny\n")
    assert str(tmp_path) not in found[0][2]


def test_a_hub_id_is_recorded_as_given(tmp_path: Path) -> None:
    study = load_study(write_files(tmp_path / "a"))
    settings = run_table(study, FACTS, NLP)[0].settings
    assert settings.resolved["model"] == "some/encoder"
    assert study.source == FILES


def test_the_schema_takes_a_variable_where_a_number_is_wanted() -> None:
    properties = json_schema()["$defs"]["StageBlock"]["properties"]
    assert {"type": "string", "pattern": r"\$\{"} in properties["repeats"]["anyOf"]
    assert json_schema()["properties"]["variables"]["type"] == "object"
