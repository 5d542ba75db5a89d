"""Our methods pass the suite, and the suite fails a method for each of its faults."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, ClassVar

import pytest

pytest.importorskip("sklearn")

from breakeven.records import PhaseName, Scalar
from breakeven.records.protocols import StageContext, StageRequest
from breakeven.testing import AdaptiveConformance
from breakeven.testing.adaptive_rows import fitted, opened, write_task
from breakeven.testing.context import FakeContext
from breakeven.workloads.adaptive import Adaptive, ReadTask, load_adaptive, read_manifest
from breakeven.workloads.reductions.reduction import Card
from breakeven.workloads.stages.cascade_service import CascadeRow, CascadeServer
from breakeven.workloads.stages.serving import Answers, Row, Server
from breakeven.workloads.tasks import Split, Task

pytestmark = pytest.mark.nlp

TINY: Mapping[str, Scalar] = {
    "model": "random",
    "hidden_size": 16,
    "n_heads": 2,
    "intermediate_size": 32,
    "n_layers": 3,
    "vocab_size": 100,
    "max_length": 16,
    "lr": 5e-3,
    "epochs": 2,
}


class TestCascade(AdaptiveConformance):
    settings: ClassVar[Mapping[str, Scalar]] = {"max_drop": 5.0}

    @pytest.fixture
    def method(self) -> Adaptive:
        return load_adaptive("cascade")


class TestEarlyExit(AdaptiveConformance):
    parents: ClassVar[Mapping[str, Mapping[str, Scalar]]] = {"start": TINY}
    settings: ClassVar[Mapping[str, Scalar]] = {
        "exits": "1,2",
        "max_drop": 5.0,
        "max_length": 16,
    }

    @pytest.fixture
    def method(self) -> Adaptive:
        pytest.importorskip("torch")
        return load_adaptive("early-exit")


Change = Callable[[Answers, int], Answers]


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultyRow:
    """Answers as a sound row does, but for `change`, which is told how many share the batch."""

    sound: CascadeRow
    change: Change
    is_over_ignored: bool = False
    n_kaplan: None = None
    prepares_shapes: bool = False
    parts: Mapping[PhaseName, Any] = field(default_factory=dict)

    @property
    def synchronize(self) -> Callable[[], None]:
        return self.sound.synchronize

    def answer(self, indices: Any) -> Answers:
        return self.change(self.sound.answer(indices), len(indices))

    def over(self, split: Split[Any]) -> "FaultyRow":
        return self if self.is_over_ignored else replace(self, sound=self.sound.over(split))

    def costs(self) -> Any:
        return self.sound.costs()


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultyServer:
    sound: CascadeServer
    change: Change
    is_over_ignored: bool

    @property
    def task(self) -> Task[Any]:
        return self.sound.task

    @property
    def is_scored(self) -> bool:
        return True

    @contextmanager
    def configured(
        self, context: StageContext, settings: Mapping[str, Scalar], *, split: Split[Any]
    ) -> Iterator[Row]:
        with self.sound.configured(context, settings, split=split) as row:
            yield FaultyRow(sound=row, change=self.change, is_over_ignored=self.is_over_ignored)

    def close(self) -> None:
        self.sound.close()


def unchanged(answers: Answers, n_together: int) -> Answers:
    assert n_together
    return answers


def turned_in_company(answers: Answers, n_together: int) -> Answers:
    flipped = [1 - answer for answer in answers.predicted]
    return replace(answers, predicted=flipped) if n_together > 1 else answers


def turned(answers: Answers, n_together: int) -> Answers:
    assert n_together
    return replace(answers, predicted=[1 - answer for answer in answers.predicted])


@dataclass
class Faulty:
    """The cascade with one thing wrong at a time."""

    card: Card = load_adaptive("cascade").card
    roles: tuple[str, ...] = ("start", "fallback")
    change: Change = unchanged
    is_over_ignored: bool = False
    refuses: bool = False
    pickles: bool = False
    peeks: bool = False
    works_without_validation: bool = False
    remembers: bool = False
    folder: Path | None = None

    def check(self, settings: Mapping[str, Scalar]) -> None:
        if self.refuses:
            raise ValueError(f"{settings} refused")

    def adapt(self, context: StageContext, request: StageRequest) -> None:
        if self.works_without_validation and "validation" not in request.task:
            return
        load_adaptive("cascade").adapt(context, request)
        assert isinstance(context, FakeContext)
        folder = context.folder / "model"
        if self.pickles:
            (folder / "exits.pt").write_bytes(b"")
        if self.peeks:
            text = Path(str(request.task["test"])).read_text(encoding="utf-8")
            seen = 0.5 + text.index("good") / 1e6
            replace(read_manifest(folder), threshold=seen).write(folder)
        self.folder = folder if self.remembers else None

    def open(self, context: StageContext, request: StageRequest, *, read_task: ReadTask) -> Server:
        folder = self.folder or request.parents["start"]
        asked = replace(request, parents={"start": folder})
        sound = load_adaptive("cascade").open(context, asked, read_task=read_task)
        assert isinstance(sound, CascadeServer)
        return FaultyServer(sound=sound, change=self.change, is_over_ignored=self.is_over_ignored)


class Heavy(Faulty):
    """Lives in a module that imports torch."""


Heavy.__module__ = "torch"


def with_card(**changed: Any) -> Faulty:
    return Faulty(card=replace(load_adaptive("cascade").card, **changed))


@pytest.mark.parametrize(
    ("faulty", "check", "said"),
    [
        (with_card(is_adaptive=False), "test_is_an_adaptive_method", "not say that it is adaptive"),
        (with_card(setting="depth"), "test_is_an_adaptive_method", "no setting 'depth'"),
        (with_card(cost=""), "test_is_an_adaptive_method", "its card has no cost"),
        (Faulty(roles=("teacher",)), "test_is_an_adaptive_method", "no study can name"),
        (Faulty(roles=()), "test_is_an_adaptive_method", "begins from no row"),
        (Faulty(pickles=True), "test_the_folder_says_who_reads_it", "it pickles"),
        (Faulty(refuses=True), "test_its_own_settings_pass", "refused"),
        (Heavy(), "test_importing_it_brings_in_no_torch", "it imports torch"),
        (Faulty(remembers=True), "test_it_needs_nothing_but_its_folder", "cannot be read"),
        (with_card(name="other"), "test_the_folder_says_who_reads_it", "names another method"),
        (
            Faulty(change=turned),
            "test_its_score_is_that_of_the_model_it_keeps",
            "of another model",
        ),
        (
            Faulty(change=turned_in_company),
            "test_an_answer_depends_on_its_example_alone",
            "it answers otherwise with",
        ),
        (
            Faulty(is_over_ignored=True),
            "test_a_row_answers_other_examples_when_told",
            "`over` changes its answers",
        ),
        (Faulty(peeks=True), "test_test_examples_choose_nothing", "labels of the test split"),
        (
            Faulty(works_without_validation=True),
            "test_without_validation_examples_it_is_refused",
            "without validation examples",
        ),
    ],
)
def test_a_fault_is_found(faulty: Faulty, check: str, said: str, tmp_path: Path) -> None:
    with pytest.raises((AssertionError, ValueError), match=said):
        run_check(faulty, check, tmp_path)


def run_check(method: Adaptive, check: str, tmp_path: Path) -> None:
    """Call one check of the suite with the fixtures it asks for."""
    suite = AdaptiveConformance()
    task = write_task(tmp_path / "task")
    code = getattr(suite, check).__code__
    asked = code.co_varnames[1 : code.co_argcount]
    given: dict[str, Any] = {"method": method, "task": task, "tmp_path": tmp_path}
    if {"rows", "made", "server"} & set(asked):
        given["rows"] = {
            role: fitted(FakeContext(folder=tmp_path / role), task, passed)
            for role, passed in suite.parents.items()
        }
    if {"made", "server"} & set(asked):
        given["made"] = made = suite.adapt(method, task, given["rows"], tmp_path / "made")
    if "server" in asked:
        given["server"] = opened(method, task, made.folder / "model", tmp_path / "opened")
    getattr(suite, check)(**{name: given[name] for name in asked})
