"""Settings of an inference row, with their defaults and limits."""

from collections.abc import Mapping

from breakeven.workloads.options import Option
from breakeven.workloads.stage_options import MODEL, STRIDE

INFERENCE: Mapping[str, Option] = {
    "batch_size": Option(default=32, low=1, doc="examples per forward pass"),
    "batch_tokens": Option(
        default=0,
        low=0,
        doc="padded tokens per forward pass at most: texts for about eight passes are asked at "
        "once, tokenized, sorted by tokens and divided; 0: batch_size decides",
    ),
    "attention": Option(
        default="auto",
        choices=("auto", "eager", "sdpa"),
        doc="torch's attention: plain operators, its fused one, or what the model prefers",
    ),
    "split": Option(
        default="test", choices=("test", "validation"), doc="examples that are answered"
    ),
    "n_examples": Option(
        default=0,
        low=0,
        doc="examples answered at least, chosen by `choice_seed`; examples of one source, and "
        "equal or contained texts, come together; fewer are part of more, 0 is all",
    ),
    "choice_seed": Option(default=0, low=0, doc="seed of that choice"),
    "show_tokenizing": Option(
        default=False,
        doc="whether tokenizing, where it is inside, is measured again apart after the work; of "
        "TF-IDF, and of cascades with it, nothing is",
    ),
    "max_length": MODEL["max_length"],
    "stride": STRIDE,
    "prompt_tokens": Option(
        default=0, low=0, doc="generation: tokens kept of each text as prompt; 0: max_length"
    ),
    "new_tokens": Option(
        default=32, low=1, doc="generation: tokens that every prompt is continued by"
    ),
    "n_layers": Option(default=0, low=0, doc="layers used, from below; 0 uses all"),
    "precision": Option(
        default="fp32", choices=("fp32", "bf16", "fp16"), doc="number format of the weights"
    ),
    "padding": Option(
        default="longest", choices=("longest", "max_length"), doc="how far batches are padded"
    ),
    "sorted": Option(default=True, doc="whether texts are sorted by length before batching"),
    "tokenize": Option(
        default="inside", choices=("inside", "ahead"), doc="whether tokenizing is in the window"
    ),
    "threads": MODEL["threads"],
    "n_batches": Option(default=0, low=0, doc="batches at least; 0 is the whole split once"),
    "min_window_s": Option(
        default=1.0,
        low=0.0,
        doc="seconds the work window lasts at least; a slow energy sensor lengthens it, 0 forbids "
        "that",
    ),
    "warmup": Option(
        default="plateau",
        doc="plateau, or a fixed count of batches, 0 for none; a graph of OpenVINO, which prepares "
        "for each shape, also answers every batch once before them",
    ),
    "idle_s": Option(default=0.0, low=0.0, doc="seconds of idle measured before the work"),
    "seed": Option(default=0, low=0, doc="seed of the order when texts are not sorted"),
}
