"""What both tools are asked: a model, a batch of equally long texts, so many forward passes."""

import json
import random
from dataclasses import dataclass
from pathlib import Path

from breakeven.workloads.models.fast_tokenizer import TOKENIZER_FILE, load_fast

TASK_FILE, STUDY_FILE, IDS_FILE = "texts.tsv", "study.yaml", "asked.json"

_STUDY = """\
study: optimum
task: {{name: files, train: {tsv}, test: {tsv}, text_column: text, labels: {labels},
       validation_share: 0}}
stages: [{{name: m, stage: fetch, model: {model}}}]
pathways: {{M: m}}
inference:
  reference: {{batch_size: {n_texts}, max_length: {length}, n_batches: {n_batches},
              min_window_s: 0, warmup: "{n_warmup}", tokenize: {tokenize}}}
  blocks: 1
  aa: false
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One comparison.

    Attributes:
        model: Folder of a fine-tuned BERT classifier.
        n_texts: Texts in the batch.
        length: Tokens of each, special ones included.
        n_batches: Forward passes that are measured.
        n_warmup: Passes before them.
    """

    model: Path
    n_texts: int = 16
    length: int = 64
    n_batches: int = 40
    n_warmup: int = 10

    def write(self, folder: Path) -> None:
        """Write texts and a study for breakeven, and the same texts as ids for the rival.

        Raises:
            ValueError: If a text does not have the tokens that it should.
        """
        texts, labels = self._texts(), _labels(self.model)
        ids = load_fast(self.model)(texts, truncation=True, max_length=512)["input_ids"]
        if {len(own) for own in ids} != {self.length}:
            raise ValueError(f"texts of {self.length} tokens came out as {sorted(map(len, ids))}")
        rows = [f"{text}\t{labels[i % len(labels)]}" for i, text in enumerate(texts)]
        tsv = folder / TASK_FILE
        tsv.write_text("\n".join(["text\tlabel", *rows]) + "\n", encoding="utf-8")
        rival = {
            "model": str(self.model),
            "ids": ids,
            "n_batches": self.n_batches,
            "n_warmup": self.n_warmup,
        }
        (folder / IDS_FILE).write_text(json.dumps(rival), encoding="utf-8")
        for tokenize in ("inside", "ahead"):
            study = _STUDY.format(
                tsv=_quoted(tsv),
                labels=_quoted(",".join(labels)),
                model=_quoted(self.model),
                n_texts=self.n_texts,
                length=self.length,
                n_batches=self.n_batches,
                n_warmup=self.n_warmup,
                tokenize=tokenize,
            )
            (folder / f"{tokenize}-{STUDY_FILE}").write_text(study, encoding="utf-8")

    def _texts(self) -> list[str]:
        """Random whole words, one token each."""
        vocabulary = json.loads((self.model / TOKENIZER_FILE).read_bytes())["model"]["vocab"]
        words = sorted(word for word in vocabulary if word.isascii() and word.isalpha())
        rng = random.Random(0)
        return [" ".join(rng.choices(words, k=self.length - 2)) for _ in range(self.n_texts)]


def _quoted(value: object) -> str:
    """A text of YAML, whatever stands in it; JSON's are."""
    return json.dumps(str(value))


def _labels(model: Path) -> list[str]:
    names = json.loads((model / "config.json").read_bytes())["id2label"]
    return [names[i] for i in sorted(names, key=int)]
