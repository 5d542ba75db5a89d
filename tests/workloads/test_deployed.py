"""Three lines load a delivered folder and answer texts as the measured row did."""

import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

import breakeven
from breakeven.errors import ModelFolderError, SettingsError, StoreWriteError
from breakeven.records import Cost, PhaseName, Scalar
from breakeven.store.codec import encode_indented
from breakeven.testing.certificates import example_certificate
from breakeven.workloads.deliver import deliver, serving_settings
from breakeven.workloads.deployed import Deployed
from breakeven.workloads.manifest import Manifest, Pairs, read_manifest
from breakeven.workloads.models.linear import fit_linear, save_linear
from breakeven.workloads.stages.serving import Answering, Answers
from breakeven.workloads.tasks import Split
from breakeven.workloads.tasks.form import Form

SETTINGS: Mapping[str, Scalar] = {
    "ngram_max": 1,
    "min_df": 1,
    "max_features": 0,
    "estimator": "logistic",
    "c": 10.0,
    "seed": 0,
}
THREE_LINES = """
import sys, breakeven
model = breakeven.load(sys.argv[1])
print(*model(["fine and lovely", "grim", "lovely"]))
print([name for name in ("torch", "transformers") if name in sys.modules])
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class FakeRow:
    """Answers each text by what `says` makes of it."""

    says: Callable[[str, str], Any]
    split: Split[Any] | None = None
    seen: list[int] = field(default_factory=list)
    n_kaplan: int | None = None
    prepares_shapes: bool = False
    parts: dict[PhaseName, Answering] = field(default_factory=dict)

    def synchronize(self) -> None:
        raise NotImplementedError

    def costs(self) -> list[Cost]:
        raise NotImplementedError

    def over(self, split: Split[Any]) -> "FakeRow":
        return replace(self, split=split)

    def answer(self, indices: Sequence[int]) -> Answers:
        assert self.split is not None
        self.seen.append(len(indices))
        pairs = self.split.pairs or ("",) * len(self.split)
        return Answers(predicted=[self.says(self.split.texts[i], pairs[i]) for i in indices])


def deployed(form: Form, says: Callable[[str, str], Any], *labels: str) -> Deployed:
    manifest = Manifest(form=form, labels=labels, settings={"batch_size": 2})
    return Deployed(manifest=manifest, row=FakeRow(says=says), _open=ExitStack())


@pytest.fixture
def linear(tmp_path: Path) -> Path:
    """A delivered TF-IDF model; it needs neither torch nor seconds."""
    pytest.importorskip("sklearn")
    texts = ["fine film", "lovely film", "grim film", "awful film"]
    model = fit_linear(texts, [1, 1, 0, 0], ("bad", "good"), settings=SETTINGS)
    save_linear(tmp_path / "model", model)
    manifest = Manifest(form=Form.CLASSIFICATION, settings=serving_settings({"batch_size": 2}))
    pairs = Pairs(groups=(0, 1), reference=((1.0,), (1.0,)), candidate=((1.0,), (1.0,)))
    proof = encode_indented(example_certificate())
    deliver(tmp_path / "model", tmp_path / "out", manifest, proof=(proof, pairs))
    return tmp_path / "out"


def test_three_lines_answer_texts_without_torch(linear: Path) -> None:
    command = [sys.executable, "-c", THREE_LINES, str(linear)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == "good bad good\n[]\n"


def test_the_folder_names_labels_settings_and_the_hash_of_every_file(linear: Path) -> None:
    found = read_manifest(linear)
    assert found.labels == ("bad", "good")
    assert found.settings["batch_size"] == 2
    assert found.settings.keys() >= {"batch_tokens", "max_length", "sorted", "threads"}
    beside = {"certificate.json", "certificate-pairs.json"}
    assert set(found.files) == {"linear.json", "linear.npz", *beside}


def test_a_loaded_model_shows_its_certificate(linear: Path) -> None:
    with breakeven.load(linear) as model:
        assert model.certificate == example_certificate()


def test_nothing_changed_is_loaded(linear: Path) -> None:
    (linear / "certificate.json").write_text('{"is_granted": true}', encoding="utf-8")
    with pytest.raises(ModelFolderError, match=r"certificate\.json is not the file"):
        breakeven.load(linear)


def test_a_folder_that_holds_something_is_left_alone(linear: Path, tmp_path: Path) -> None:
    manifest = Manifest(form=Form.CLASSIFICATION)
    with pytest.raises(StoreWriteError, match="is not empty; choose a new folder"):
        deliver(tmp_path / "model", linear, manifest)


def test_files_of_a_delivered_folder_may_be_read_by_whoever_reads_new_files(tmp_path: Path) -> None:
    """Weights may be written for their owner alone."""
    source, fresh = tmp_path / "model", tmp_path / "fresh"
    (source / "small").mkdir(parents=True)
    for path in (source / "model.safetensors", source / "small" / "model.safetensors"):
        path.write_bytes(b"weights")
        path.chmod(0o600)
    fresh.touch()

    deliver(source, tmp_path / "out", Manifest(form=Form.REGRESSION))

    written = [path for path in (tmp_path / "out").rglob("*") if path.is_file()]
    assert {path.name for path in written} == {"model.safetensors", "breakeven.json"}
    assert {path.stat().st_mode for path in written} == {fresh.stat().st_mode}
    assert (tmp_path / "out" / "small" / "model.safetensors").read_bytes() == b"weights"


def test_running_text_is_not_delivered(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="form generation cannot be delivered"):
        deliver(tmp_path, tmp_path / "out", Manifest(form=Form.GENERATION))


def test_answers_come_in_the_order_of_the_texts() -> None:
    model = deployed(Form.CLASSIFICATION, lambda text, _: len(text) % 2, "even", "odd")
    assert model(["aaaa", "a", "aa", "aaaaa"]) == ["even", "odd", "even", "odd"]
    assert model([]) == []


def test_batches_are_those_of_the_settings() -> None:
    model = deployed(Form.REGRESSION, lambda text, _: len(text))
    assert model(["a", "aa", "aaa"]) == [1.0, 2.0, 3.0]
    assert isinstance(model.row, FakeRow)
    assert sorted(model.row.seen) == [1, 2]


def test_taggers_name_the_tag_of_each_word() -> None:
    model = deployed(Form.TOKEN_CLASSIFICATION, lambda *_: (0, 1), "O", "B-PER")
    assert model(["to Ada"]) == [("O", "B-PER")]


def test_questions_are_answered_by_texts() -> None:
    model = deployed(Form.QUESTION_ANSWERING, lambda _, context: context[:3])
    assert model(["who came"], ["Ada came"]) == ["Ada"]
    with pytest.raises(ValueError, match="a context for each of 1 questions, got 0"):
        model(["who came"])


def test_one_text_in_place_of_several_is_refused() -> None:
    model = deployed(Form.REGRESSION, lambda *_: 0.0)
    with pytest.raises(TypeError, match=r"pass \['fine'\]"):
        model("fine")


def test_a_closed_model_releases_what_it_held() -> None:
    released: list[str] = []
    model = deployed(Form.REGRESSION, lambda *_: 0.0)
    model._open.callback(released.append, "graph")
    with model:
        assert not released
    assert released == ["graph"]
    with pytest.raises(ValueError, match=r"is closed; load its folder again by breakeven\.load"):
        model(["fine"])


@pytest.mark.parametrize(
    ("given", "error", "said"),
    [
        ((["fine", None],), TypeError, r"texts\[1\] is None, expected a text"),
        ((["fine"], [3]), TypeError, r"pairs\[0\] is 3, expected a text"),
        ((["fine"], "x"), TypeError, r"a list of pairs, got one text; pass \['x'\]"),
        ((["a", "b"], ["c"]), ValueError, "for each of 2 texts or for none, got 1; pass as many"),
        (([], ["c"]), ValueError, "for each of 0 texts or for none, got 1"),
    ],
)
def test_what_is_no_text_is_refused_in_a_sentence(
    given: tuple[Any, ...], error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        deployed(Form.REGRESSION, lambda *_: 0.0)(*given)
