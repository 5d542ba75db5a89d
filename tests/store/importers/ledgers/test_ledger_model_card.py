"""Model cards: grams, what was released, and that somebody only stated it."""

from pathlib import Path

import pytest

from breakeven.errors import DataFileError
from breakeven.records import Kind, NoteCode, Origin, Resource, Run, Stage
from breakeven.store.importers.ledgers.imported import Asked, Imported
from breakeven.store.importers.ledgers.model_card import read_model_card

MAPPING = """co2_eq_emissions:
  emissions: 1460.0
  energy_consumed: 0.0321
  source: codecarbon
  training_type: fine-tuning
  hours_used: 0.136
  hardware_used: 1 x NVIDIA GeForce RTX 3090
"""


def read(folder: Path, front: str, *, end: str = "---\n# A model\n", row: str = "") -> Imported:
    (folder / "small-model").mkdir(exist_ok=True)
    path = folder / "small-model" / "README.md"
    path.write_text(f"---\n{front}{end}")
    return read_model_card(path, Asked(row=row))


def only(folder: Path, front: str) -> Run:
    (run,) = read(folder, front).runs
    return run


def test_grams_become_kilograms_that_are_assumed_and_published(tmp_path: Path) -> None:
    (carbon,) = only(tmp_path, MAPPING).costs(Resource.CARBON_KGCO2E)
    assert (carbon.value, carbon.kind) == (1.46, Kind.ASSUMED)
    assert carbon.origin is Origin.PUBLISHED
    assert (carbon.low, carbon.high) == pytest.approx((1.45995, 1.46005))


def test_a_bare_number_is_grams_too(tmp_path: Path) -> None:
    run = only(tmp_path, "co2_eq_emissions: 250\n")
    (carbon,) = run.costs(Resource.CARBON_KGCO2E)
    assert (carbon.low, carbon.value, carbon.high) == pytest.approx((0.2495, 0.25, 0.2505))
    assert run.stage is Stage.STATED


def test_energy_is_modelled_and_hours_are_seconds(tmp_path: Path) -> None:
    run = only(tmp_path, MAPPING)
    (energy,), (duration,) = run.costs(Resource.ENERGY_J), run.costs(Resource.DURATION_S)
    assert energy.value == pytest.approx(115_560)
    assert energy.kind is Kind.MODELLED
    assert (duration.value, duration.low) == pytest.approx((489.6, 487.8))
    assert NoteCode.MODELLED in {note.code for note in run.notes}


@pytest.mark.parametrize(
    ("said", "stage"),
    [("pre-training", Stage.PRETRAIN), ("fine-tuning", Stage.FINETUNE), ("other", Stage.STATED)],
)
def test_the_stage_follows_from_the_training_type(tmp_path: Path, said: str, stage: Stage) -> None:
    assert only(tmp_path, MAPPING.replace("fine-tuning", said)).stage is stage


def test_what_was_released_is_kept_with_the_run(tmp_path: Path) -> None:
    run = only(tmp_path, f"license: apache-2.0\nbase_model: [a/b]\ntags: [x]\n{MAPPING}")
    assert run.settings.resolved["card.license"] == "apache-2.0"
    assert run.settings.resolved["card.base_model"] == "a/b"
    assert run.settings.resolved["card.hardware_used"] == "1 x NVIDIA GeForce RTX 3090"


def test_the_model_is_named_by_its_card_or_its_folder(tmp_path: Path) -> None:
    assert only(tmp_path, MAPPING).row == "small-model"
    assert only(tmp_path, f"model-index:\n- name: big\n{MAPPING}").row == "big"
    assert read(tmp_path, MAPPING, row="mine").runs[0].row == "mine"


def test_the_unit_is_questioned_for_cards_state_kilograms(tmp_path: Path) -> None:
    assert any("1460.0 g can be right" in remark for remark in read(tmp_path, MAPPING).remarks)


@pytest.mark.parametrize(
    ("front", "message"),
    [
        ("license: mit\n", "the card has no co2_eq_emissions; it names license"),
        ("co2_eq_emissions:\n  source: x\n", "names no emissions"),
        ("co2_eq_emissions:\n", "names no emissions"),
        ("co2_eq_emissions: 12 kg\n", "holds '12 kg', expected one number"),
        ("co2_eq_emissions: -3\n", "which is no amount"),
        ("co2_eq_emissions: .nan\n", "holds '.nan', expected one number"),
        ("co2_eq_emissions: [1, 2]\n", r"holds \['1', '2'\]; expected one number or text"),
        ("co2_eq_emissions:\n  emissions: 3\n  energy: 4\n", "'energy' is none of its keys"),
        ("co2_eq_emissions: 3\nco2_eq_emissions: 4\n", "stands twice"),
        ("a: [1\n", r"README\.md:\d+: the front matter is no YAML"),
        ("just text\n", "holds no keys"),
    ],
)
def test_another_card_is_refused_in_one_sentence(tmp_path: Path, front: str, message: str) -> None:
    with pytest.raises(DataFileError, match=message):
        read(tmp_path, front)


def test_a_file_that_was_cut_off_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataFileError, match="no second `---` ends the front matter"):
        read(tmp_path, MAPPING, end="")


def test_a_file_without_front_matter_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "README.md"
    path.write_text("# A model\n")
    with pytest.raises(DataFileError, match=r"README\.md:1: '# A model' is no `---`"):
        read_model_card(path, Asked())
