"""The suite that every adaptive method must pass; the author of one subclasses it.

Provide a fixture `method` and let pytest do the rest; what the rows it begins from need must be
installed, scikit-learn by default:

    class TestKettle(AdaptiveConformance):
        parents = {"start": {"model": "tfidf"}}     # rows of stage finetune, by role
        settings = {"max_drop": 5.0}                # of the row of stage adapt

        @pytest.fixture
        def method(self) -> Kettle: ...

A suite that cannot fail is worth nothing: `tests/testing/test_adaptives.py` shows a faulty method
to every check here.
"""

import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

import pytest

from breakeven.errors import SettingsError
from breakeven.records import PhaseName, Scalar, Stage
from breakeven.records.protocols import StageRequest
from breakeven.testing.adaptive_rows import (
    N_EXAMPLES,
    answers,
    fitted,
    in_order,
    opened,
    row_settings,
    write_task,
)
from breakeven.testing.context import FakeContext
from breakeven.workloads.adaptive import Adaptive, read_manifest
from breakeven.workloads.catalogue import stage_defaults
from breakeven.workloads.stages.serving import Server

_PICKLES = (".bin", ".pt", ".pth", ".pkl", ".pickle", ".joblib")
_BATCHES = ({"batch_size": 1}, {"batch_size": 7, "sorted": False}, {"batch_size": 40})


class AdaptiveConformance:
    """Adaptive methods; subclass it and provide a `method` fixture.

    Attributes:
        parents: Settings of the rows of stage finetune it begins from, by role.
        settings: Of its own row, where they are not the defaults.
    """

    parents: ClassVar[Mapping[str, Mapping[str, Scalar]]] = {
        "start": {"model": "tfidf"},
        "fallback": {"model": "tfidf", "ngram_max": 1},
    }
    settings: ClassVar[Mapping[str, Scalar]] = {}

    @pytest.fixture(scope="class")
    @classmethod
    def task(cls, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Scalar]:
        """A toy task of two classes in three files."""
        return write_task(tmp_path_factory.mktemp("task") / "files")

    @pytest.fixture(scope="class")
    @classmethod
    def rows(
        cls, task: Mapping[str, Scalar], tmp_path_factory: pytest.TempPathFactory
    ) -> dict[str, Path]:
        """Folder of each row it begins from, by role."""
        return {
            role: fitted(FakeContext(folder=tmp_path_factory.mktemp(role)), task, passed)
            for role, passed in cls.parents.items()
        }

    @pytest.fixture
    def made(
        self,
        method: Adaptive,
        task: Mapping[str, Scalar],
        rows: Mapping[str, Path],
        tmp_path: Path,
    ) -> FakeContext:
        """What its stage left behind."""
        return self.adapt(method, task, rows, tmp_path / "made")

    @pytest.fixture
    def server(
        self, method: Adaptive, task: Mapping[str, Scalar], made: FakeContext, tmp_path: Path
    ) -> Server:
        """The same, opened."""
        return opened(method, task, made.folder / "model", tmp_path / "opened")

    def test_is_an_adaptive_method(self, method: Adaptive) -> None:
        """The object satisfies the protocol, and its card says what it is."""
        assert isinstance(method, Adaptive), "it lacks a part of the protocol"
        card = method.card
        for name in ("name", "setting", "what", "acts_on", "suggested", "cost", "source"):
            assert getattr(card, name), f"its card has no {name}"
        assert card.is_adaptive, "its card does not say that it is adaptive"
        assert card.stage is Stage.ADAPT, f"its card says that it acts at {card.stage}"
        assert card.setting in stage_defaults(Stage.ADAPT, {}), f"no setting {card.setting!r}"
        assert method.roles, "it begins from no row"
        assert {*method.roles} <= {"start", "fallback"}, f"no study can name {method.roles}"

    def test_its_own_settings_pass(self, method: Adaptive) -> None:
        """Those that the suite runs it with."""
        method.check(self._settings(method))

    def test_importing_it_brings_in_no_torch(self, method: Adaptive) -> None:
        """A study is checked by it, where nothing is to be run."""
        code = f"import sys, {type(method).__module__}; print('torch' in sys.modules)"
        done = subprocess.run(  # noqa: S603 - our own interpreter on a module's name
            [sys.executable, "-c", code], capture_output=True, text=True, check=False
        )
        assert done.stdout.strip() == "False", f"it imports torch, or fails: {done.stderr[-300:]}"

    def test_the_folder_says_who_reads_it(self, method: Adaptive, made: FakeContext) -> None:
        """One work phase; `adapt.json` names the method; nothing is pickled."""
        assert made.phases.count(PhaseName.WORK) == 1, f"phases are {made.phases}, not one of work"
        folder = made.folder / "model"
        assert read_manifest(folder).method == method.card.name, "adapt.json names another method"
        pickled = [str(path) for path in folder.rglob("*") if path.suffix in _PICKLES]
        assert not pickled, f"it pickles {pickled}"
        n_held = N_EXAMPLES["validation"]
        assert made.output.n_examples >= n_held, "it did not work through the validation split"

    def test_its_score_is_that_of_the_model_it_keeps(
        self, made: FakeContext, server: Server, tmp_path: Path
    ) -> None:
        """On the validation split, on which its threshold was chosen."""
        held = server.task.validation
        got = answers(server, held, tmp_path / "row")
        n_right = sum(a == b for a, b in zip(got, held.labels, strict=True))
        said = made.score("accuracy", "validation").value
        assert n_right / len(held) == pytest.approx(said), f"it says {said:.3f} of another model"

    def test_an_answer_depends_on_its_example_alone(self, server: Server, tmp_path: Path) -> None:
        """Not on who shares its batch, nor on their order."""
        alone, *together = (
            answers(server, server.task.test, tmp_path / str(i), **batching)
            for i, batching in enumerate(_BATCHES)
        )
        for batching, own in zip(_BATCHES[1:], together, strict=True):
            assert own == alone, f"it answers otherwise with {batching} than one by one"

    def test_a_row_answers_other_examples_when_told(self, server: Server, tmp_path: Path) -> None:
        """As a model that was delivered does."""
        test, held = server.task.test, server.task.validation
        settings = row_settings()
        with server.configured(FakeContext(folder=tmp_path), settings, split=test) as row:
            got = in_order(row.over(held), held, settings)
        assert got == answers(server, held, tmp_path / "row"), "`over` changes its answers"

    def test_it_needs_nothing_but_its_folder(
        self,
        method: Adaptive,
        task: Mapping[str, Scalar],
        rows: Mapping[str, Path],
        tmp_path: Path,
    ) -> None:
        """The rows it began from may be gone, and it may lie elsewhere."""
        own = {
            role: Path(shutil.copytree(folder, tmp_path / "rows" / role))
            for role, folder in rows.items()
        }
        made = self.adapt(method, task, own, tmp_path / "made")
        here = opened(method, task, made.folder / "model", tmp_path / "here")
        before = answers(here, here.task.test, tmp_path / "before")
        shutil.copytree(made.folder / "model", tmp_path / "elsewhere")
        for folder in (made.folder, *own.values()):
            shutil.rmtree(folder)
        there = opened(method, task, tmp_path / "elsewhere", tmp_path / "there")
        after = answers(there, there.task.test, tmp_path / "after")
        assert after == before, "it answers otherwise from elsewhere"

    def test_test_examples_choose_nothing(
        self,
        method: Adaptive,
        task: Mapping[str, Scalar],
        rows: Mapping[str, Path],
        made: FakeContext,
        tmp_path: Path,
    ) -> None:
        """With other labels of the test split it makes the same."""
        turned = tmp_path / "turned.tsv"
        text = Path(str(task["test"])).read_text(encoding="utf-8")
        swapped = text.replace("\tgood", "\t?").replace("\tbad", "\tgood").replace("\t?", "\tbad")
        turned.write_text(swapped, encoding="utf-8")
        again = self.adapt(method, {**task, "test": str(turned)}, rows, tmp_path / "again")
        first, second = (read_manifest(own.folder / "model") for own in (made, again))
        assert first == second, "labels of the test split change what it makes"

    def test_without_validation_examples_it_is_refused(
        self,
        method: Adaptive,
        task: Mapping[str, Scalar],
        rows: Mapping[str, Path],
        tmp_path: Path,
    ) -> None:
        """In one sentence; nothing is chosen on other data in silence."""
        kept = {key: value for key, value in task.items() if key != "validation"}
        try:
            self.adapt(method, {**kept, "validation_share": 0.0}, rows, tmp_path / "made")
        except SettingsError as error:
            said = str(error)
            assert "validation" in said, f"it does not say what is missing: {said!r}"
            assert "\n" not in said, f"more than one line: {said!r}"
            return
        raise AssertionError("it chooses a threshold without validation examples")

    def _settings(self, method: Adaptive) -> dict[str, Scalar]:
        return {
            **stage_defaults(Stage.ADAPT, {}),
            **self.settings,
            "method": method.card.name,
        }

    def adapt(
        self,
        method: Adaptive,
        task: Mapping[str, Scalar],
        rows: Mapping[str, Path],
        folder: Path,
    ) -> FakeContext:
        """Run its stage on some rows and return what it left behind."""
        context = FakeContext(folder=folder)
        settings = self._settings(method)
        request = StageRequest(stage=Stage.ADAPT, settings=settings, task=task, parents=rows)
        method.adapt(context, request)
        return context
