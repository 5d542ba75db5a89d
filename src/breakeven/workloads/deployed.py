"""A deployed model: a delivered folder, loaded; texts in, answers out.

Texts pass through what measured the model: the same batches, windows and operators give the same
answers at the same cost.
"""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec

from breakeven.errors import ModelFolderError
from breakeven.records import Certificate, Stage
from breakeven.records.protocols import StageRequest
from breakeven.workloads.catalogue import resolve_inference, resolve_stage
from breakeven.workloads.manifest import CERTIFICATE_FILE, Manifest, read_manifest
from breakeven.workloads.stages.infer import open_server
from breakeven.workloads.stages.passes import plan_pass
from breakeven.workloads.stages.serving import Row
from breakeven.workloads.stages.unmetered import Unmetered
from breakeven.workloads.tasks import Split, Task, make_task
from breakeven.workloads.tasks.form import Form

Answer = str | float | tuple[str, ...]
"""Name of a class, a number, the tag of each word, or the text of a span."""

_NOTHING: Split[Any] = Split(texts=(), labels=(), sources=())


@dataclass(slots=True, kw_only=True)
class Deployed:
    """A model that answers; close it, or use it in a `with`, to release it before its process ends.

    Attributes:
        manifest: What its folder says of it; settings of inference are those it was measured with.
        row: The model, set up; None once it is closed.
        certificate: What was shown of its saving and quality; None where it came without one.
    """

    manifest: Manifest
    row: Row | None
    certificate: Certificate | None = None
    _open: ExitStack = field(repr=False)

    def __call__(self, texts: Sequence[str], pairs: Sequence[str] = ()) -> list[Answer]:
        """Answer texts, in their order.

        Args:
            texts: The only texts, the first of each pair, or questions; of a tagger, words joined
                by one space.
            pairs: The second of each pair, or the context of each question.

        Returns:
            One answer for each text: the name of its class, a number, the tag of each word, or
            the text of the answer.

        Raises:
            TypeError: If one text is given in place of several, or something that is no text.
            ValueError: If seconds or contexts are missing, or the model is closed.
        """
        if self.row is None:
            raise ValueError("this model is closed; load its folder again by breakeven.load")
        split = self._split(texts, pairs)
        if not texts:
            return []
        row = self.row.over(split)
        answers: dict[int, Any] = {}
        for batch in plan_pass(split, resolve_inference(self.manifest.settings)).batches:
            answers.update(zip(batch, row.answer(batch).predicted, strict=True))
        return [self._named(answers[i]) for i in range(len(split))]

    def close(self) -> None:
        """Release the model; it answers nothing any more."""
        self.row = None
        self._open.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _split(self, texts: Sequence[str], pairs: Sequence[str]) -> Split[Any]:
        for name, given in (("texts", texts), ("pairs", pairs)):
            _check_texts(given, name)
        n_texts = len(texts)
        if self.manifest.form is Form.QUESTION_ANSWERING and len(pairs) != n_texts:
            raise ValueError(
                f"expected a context for each of {n_texts} questions, got {len(pairs)}; pass them "
                "as the second argument"
            )
        if len(pairs) not in (0, n_texts):
            raise ValueError(
                f"expected a second text for each of {n_texts} texts or for none, got "
                f"{len(pairs)}; pass as many"
            )
        return Split(
            texts=tuple(texts),
            pairs=tuple(pairs),
            labels=(None,) * n_texts,
            sources=("",) * n_texts,
        )

    def _named(self, answer: Any) -> Answer:  # noqa: ANN401 - as its head gives it
        labels = self.manifest.labels
        match self.manifest.form:
            case Form.CLASSIFICATION:
                return labels[int(answer)]
            case Form.TOKEN_CLASSIFICATION:
                return tuple(labels[tag] for tag in answer)
            case Form.REGRESSION:
                return float(answer)
            case _:
                return str(answer)


def _check_texts(given: Sequence[str], name: str) -> None:
    if isinstance(given, str):
        raise TypeError(f"expected a list of {name}, got one text; pass [{given[:20]!r}]")
    for place, text in enumerate(given):
        if not isinstance(text, str):
            raise TypeError(
                f"{name}[{place}] is {text!r}, expected a text; leave it out, or pass it as text"
            )


def load(folder: str | Path) -> Deployed:
    """Load a folder that `breakeven export STORE --pathway NAME --out FOLDER` wrote.

    The first calls are slower: graphs of OpenVINO prepare for each number of texts and of tokens
    that they have not met before. What was measured and certified is the cost after that.

    Every file is checked against the hash it was delivered with. The threads that it was measured
    with become those of this process, as far as its library knows no other.

    Raises:
        ModelFolderError: If it is no deliverable, a file was changed, or it cannot be loaded.
        MissingExtraError: If a library that it needs is not installed.
    """
    path = Path(folder)
    manifest = read_manifest(path)
    settings = resolve_inference(manifest.settings)
    passed = {"threads": settings["threads"], "device": manifest.device}
    request = StageRequest(
        stage=Stage.SERVE,
        settings=resolve_stage(Stage.SERVE, passed),
        task={},
        parents={"start": path},
    )
    context = Unmetered()
    with ExitStack() as stack:
        server = open_server(context, request, read_task=lambda *_: _task(manifest))
        stack.callback(server.close)
        row = stack.enter_context(server.configured(context, settings, split=_NOTHING))
        return Deployed(
            manifest=manifest,
            row=row,
            certificate=read_certificate(path),
            _open=stack.pop_all(),
        )


def read_certificate(folder: Path) -> Certificate | None:
    """Read the certificate of a delivered folder; None where it was delivered without one.

    Raises:
        ModelFolderError: If it cannot be read.
    """
    path = folder / CERTIFICATE_FILE
    if not path.is_file():
        return None
    try:
        return msgspec.json.decode(path.read_bytes(), type=Certificate)
    except msgspec.MsgspecError as error:
        raise ModelFolderError(
            f"{path} cannot be read ({error}); export the model again"
        ) from error


def _task(manifest: Manifest) -> Task[Any]:
    return make_task(
        "deployed", manifest.labels, (_NOTHING, _NOTHING, _NOTHING), form=manifest.form
    )
