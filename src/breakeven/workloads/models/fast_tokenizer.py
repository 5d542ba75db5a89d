"""A tokenizer read by the library `tokenizers` alone, for models that are served without torch.

Called as transformers calls its own: the same file gives the same tokens.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from breakeven.errors import MissingExtraError, ModelFolderError
from breakeven.workloads.models.folder import read_config
from breakeven.workloads.models.frameworks import quiet_environment
from breakeven.workloads.models.tokenizer import TYPES

TOKENIZER_FILE = "tokenizer.json"
_SETTINGS_FILE = "tokenizer_config.json"
_COLUMNS = {"input_ids": "ids", TYPES: "type_ids", "offset_mapping": "offsets"}
"""What transformers calls them, and the library."""


@dataclass(frozen=True, slots=True)
class Tokenized:
    """Texts as tokens: by name for all texts, by number for one."""

    encodings: Sequence[Any]

    def __getitem__(self, key: int | str) -> Any:  # noqa: ANN401 - lists of a column, or a text
        if isinstance(key, int):
            return self.encodings[key]
        column = _COLUMNS[key]
        return [getattr(encoding, column) for encoding in self.encodings]


@dataclass(frozen=True, slots=True, kw_only=True)
class FastTokenizer:
    """What heads ask of a tokenizer.

    Attributes:
        tokenizer: Of the library.
        model_input_names: What its model takes; type ids only where it has a table for two.
        pad_token_id: Token that fills.
        cls_token_id: Token that begins a text; None where none does.
        truncation_side: Which end is cut off.
        is_fast: It tells where its tokens stand.
    """

    tokenizer: Any
    model_input_names: tuple[str, ...]
    pad_token_id: int
    cls_token_id: int | None = None
    truncation_side: str = "right"
    is_fast: bool = True

    def __call__(
        self,
        texts: Sequence[str],
        pairs: Sequence[str] = (),
        *,
        truncation: bool,
        max_length: int = 0,
        **_: object,
    ) -> Tokenized:
        """Tokens of each text or pair; of a pair the longer text is cut first.

        Args:
            texts: The only texts, or the first of each pair.
            pairs: The second of each.
            truncation: Whether they are cut at `max_length`.
            max_length: In tokens, special ones included.
        """
        if truncation:
            self.tokenizer.enable_truncation(
                max_length, strategy="longest_first", direction=self.truncation_side
            )
        else:
            self.tokenizer.no_truncation()
        rows = list(zip(texts, pairs, strict=True)) if pairs else list(texts)
        return Tokenized(self.tokenizer.encode_batch(rows))


def load_fast(folder: Path) -> FastTokenizer:
    """Load the tokenizer of a model folder.

    Raises:
        ModelFolderError: If the folder has no tokenizer.json, or it cannot be read.
        MissingExtraError: If the library is not installed.
    """
    quiet_environment()
    try:
        from tokenizers import Tokenizer  # noqa: PLC0415 - of an extra
    except ImportError as error:
        raise MissingExtraError("a tokenizer", "nlp") from error
    path = folder / TOKENIZER_FILE
    try:
        loaded = Tokenizer.from_str(path.read_text(encoding="utf-8"))
        settings = json.loads((folder / _SETTINGS_FILE).read_bytes())
    except Exception as error:  # the library raises nothing narrower
        raise ModelFolderError(
            f"{path} cannot be read ({error}); graphs are served with the tokenizer of a fast "
            "transformers tokenizer, save the model again with one"
        ) from error
    loaded.no_padding()
    has_types = int(read_config(folder).get("type_vocab_size") or 0) > 1
    return FastTokenizer(
        tokenizer=loaded,
        model_input_names=("input_ids", "attention_mask", *([TYPES] if has_types else [])),
        pad_token_id=_id_of(loaded, settings, "pad_token", "eos_token") or 0,
        cls_token_id=_id_of(loaded, settings, "cls_token"),
        truncation_side=str(settings.get("truncation_side", "right")),
    )


def _id_of(tokenizer: Any, settings: Mapping[str, Any], *names: str) -> int | None:  # noqa: ANN401 - untyped
    """Number of the first special token that is named; some settings hold it with its traits."""
    for name in names:
        token = settings.get(name)
        text = token.get("content") if isinstance(token, dict) else token
        if text is not None and (found := tokenizer.token_to_id(text)) is not None:
            return int(found)
    return None
