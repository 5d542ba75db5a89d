"""Generation: every prompt is continued by the same number of tokens, whatever is said.

The work is the whole generation: tokenizing, reading the prompt (prefill) and saying token after
token (decode). Prefill alone is measured again after it, over whole passes of its own: windows
around each prompt would be shorter than an energy sensor sees. Decode is the difference.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

from breakeven.errors import SettingsError
from breakeven.records import Cost, PhaseName, Scalar
from breakeven.workloads.models.decoder import Decoder, Prompts
from breakeven.workloads.models.encoder import n_positions_of
from breakeven.workloads.stages.device import model_costs
from breakeven.workloads.stages.serving import Answering, Answers
from breakeven.workloads.tasks import Split


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationRow:
    """A decoder set up for one row; implements `serving.Row`.

    Attributes:
        decoder: As deep and as precise as the row wants.
        tokenizer: Its tokenizer.
        texts: Of the test split; their beginnings are the prompts.
        ahead: Tokens of the prompts where they were tokenized ahead; None to tokenize inside.
        settings: Of the row: `prompt_tokens`, `new_tokens`, `max_length`, `padding`.
        synchronize: Waits for the device.
        n_kaplan: Parameters outside embedding tables.
        prepares_shapes: Nothing is.
    """

    decoder: Decoder
    tokenizer: Any
    texts: Sequence[str]
    ahead: Sequence[Sequence[int]] | None
    settings: Mapping[str, Scalar]
    synchronize: Callable[[], None]
    n_kaplan: int
    prepares_shapes: bool = False

    def answer(self, indices: Sequence[int]) -> Answers:
        """Continue the prompts at `indices`; what was said is back on the CPU."""
        n_new = int(self.settings["new_tokens"])
        prompts = self._prompts(indices)
        with torch.inference_mode():
            return self._answers(prompts, self.decoder.continued(prompts, n_new))

    def read(self, indices: Sequence[int]) -> Answers:
        """Read the prompts at `indices` and say one token of each."""
        prompts = self._prompts(indices)
        with torch.inference_mode():
            return self._answers(prompts, self.decoder.first(prompts))

    @property
    def parts(self) -> Mapping[PhaseName, Answering]:
        """Prefill is measured apart; tokenizing, where it is in the work and is to be shown."""
        is_shown = bool(self.settings["show_tokenizing"]) and self.ahead is None
        tokenizing = {PhaseName.TOKENIZE: self.tokenize} if is_shown else {}
        return {PhaseName.PREFILL: self.read, **tokenizing}

    def tokenize(self, indices: Sequence[int]) -> Answers:
        """Do no more than turn the prompts at `indices` into tokens."""
        return Answers(predicted=(), n_real_tokens=self._prompts(indices).n_real_tokens)

    def over(self, split: Split[Any]) -> "GenerationRow":
        """The same setup for other prompts."""
        return replace(self, texts=split.texts, ahead=None)

    def costs(self) -> list[Cost]:
        """Parameters, and what the model took of a CUDA device's memory."""
        return model_costs(self.decoder.model, self.decoder.device)

    def _prompts(self, indices: Sequence[int]) -> Prompts:
        n_most = prompt_length(self.settings)
        if self.ahead is None:
            ids = encode_prompts(self.tokenizer, [self.texts[i] for i in indices], n_most)
        else:
            ids = [list(self.ahead[i]) for i in indices]
        width = n_most if self.settings["padding"] == "max_length" else 0
        return Prompts.of(ids, pad_id=int(self.tokenizer.pad_token_id), width=width)

    def _answers(self, prompts: Prompts, said: Tensor) -> Answers:
        """Count: the last token that was said is never read."""
        n_read_again = said.numel() - len(said)
        return Answers(
            predicted=said.tolist(),
            n_real_tokens=prompts.n_real_tokens + n_read_again,
            n_padded_tokens=prompts.input_ids.size + n_read_again,
            n_new_tokens=said.numel(),
        )


def prompt_length(settings: Mapping[str, Scalar]) -> int:
    """Most tokens of a prompt: `prompt_tokens`, or `max_length` where that is 0.

    >>> prompt_length({"prompt_tokens": 0, "max_length": 128})
    128
    """
    return int(settings["prompt_tokens"]) or int(settings["max_length"])


def encode_prompts(tokenizer: Any, texts: Sequence[str], n_tokens: int) -> list[list[int]]:  # noqa: ANN401 - transformers is untyped
    """The first `n_tokens` of each text, behind the token that begins texts where there is one.

    No token ends them: a text that has ended is not continued.
    """
    begin = [] if tokenizer.bos_token_id is None else [int(tokenizer.bos_token_id)]
    found = tokenizer(
        list(texts),
        add_special_tokens=False,
        truncation=True,
        max_length=max(1, n_tokens - len(begin)),
        padding=False,
    )
    return [[*begin, *own][:n_tokens] for own in found["input_ids"]]


def check_room(model: torch.nn.Module, settings: Mapping[str, Scalar]) -> None:
    """Refuse a generation that the model has no positions for.

    Raises:
        SettingsError: If prompt and new tokens are more than its positions, the last one, which is
            never read, left out; or if batches are to be counted in tokens.
    """
    if settings["batch_tokens"]:
        raise SettingsError(
            f"batch_tokens={settings['batch_tokens']} counts tokens that are read once, and "
            "generation reads its own again and again; set batch_size"
        )
    n_prompt, n_new = prompt_length(settings), int(settings["new_tokens"])
    n_positions = n_positions_of(model)
    n_needed = n_prompt + n_new - 1
    if n_positions and n_needed > n_positions:
        raise SettingsError(
            f"{n_prompt} tokens of a prompt and {n_new} new ones need {n_needed} of the model's "
            f"{n_positions} positions; lower prompt_tokens (or max_length) or new_tokens, or give "
            "a random model more in the row that builds it (config: "
            f"max_position_embeddings={n_needed})"
        )
