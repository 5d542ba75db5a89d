"""Words that headers of cost tables use, and what each means."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from breakeven.records import Item, Resource
from breakeven.store.importers.tables.scales import Dimension


class Use(StrEnum):
    """What the cells of a column are for."""

    PATHWAY = "pathway"
    ID = "id"
    STAGE = "stage"
    PARENTS = "parents"
    CONFIGURATION = "configuration"
    REPEAT = "repeat"
    N_REPEATS = "n_repeats"
    BLOCK = "block"
    ROLE = "role"
    STATUS = "status"
    SPLIT = "split"
    DATE = "date"
    N_CORRECT = "n_correct"
    COUNT = "count"
    COST = "cost"
    SCORE = "score"
    KIND = "kind"
    SETTING = "setting"
    IGNORED = "ignored"


WORDS: Mapping[Use, tuple[str, ...]] = {
    Use.PATHWAY: ("pathway", "scenario", "model", "models", "system"),
    Use.ID: ("id", "run", "run_id", "row", "row_id", "key"),
    Use.STAGE: ("stage", "phase"),
    Use.PARENTS: ("parents", "parent", "ancestors", "ancestor", "based_on", "teacher_run"),
    Use.CONFIGURATION: ("configuration", "config"),
    Use.REPEAT: ("repeat", "repetition"),
    Use.N_REPEATS: ("n_runs", "n_repeats", "repeats", "runs"),
    Use.BLOCK: ("block",),
    Use.ROLE: ("role",),
    Use.STATUS: ("status", "outcome"),
    Use.SPLIT: ("split",),
    Use.DATE: ("date", "started_at"),
    Use.N_CORRECT: ("n_correct", "correct"),
    Use.SETTING: (
        *("setting", "group", "hardware", "device", "gpu", "task", "dataset", "note", "source"),
        *("batch_size", "max_length", "precision", "n_layers", "epochs", "seed", "lr", "teacher"),
    ),
    Use.IGNORED: ("ignored",),
}

COUNTS = MappingProxyType(
    {
        **dict.fromkeys(("n_examples", "examples", "n_sentences", "n_samples"), "n_examples"),
        **dict.fromkeys(("n_real_tokens", "real_tokens"), "n_real_tokens"),
        **dict.fromkeys(("n_padded_tokens", "padded_tokens"), "n_padded_tokens"),
        **dict.fromkeys(("n_new_tokens", "new_tokens"), "n_new_tokens"),
        **dict.fromkeys(("n_steps", "steps"), "n_steps"),
        "n_batches": "n_batches",
    }
)
"""Field of a volume by header."""

SCORES = MappingProxyType(
    {
        **{name: name for name in ("f1", "accuracy", "recall", "mcc")},
        **{name: name for name in ("f1_macro", "f1_micro", "macro_f1", "micro_f1", "entity_f1")},
        **{name: name for name in ("answer_f1", "exact_match", "pearson", "spearman", "bleu")},
        **{name: name for name in ("rouge_l", "top1", "top5", "perplexity", "loss", "error_rate")},
        "acc": "accuracy",
        "em": "exact_match",
        "ppl": "perplexity",
        "error": "error_rate",
        "top_1": "top1",
        "top_5": "top5",
        "matthews": "mcc",
    }
)
"""Metric by header."""

ITEMS = {
    **dict.fromkeys(("example", "sentence", "sample", "query", "request"), Item.EXAMPLE),
    "real_token": Item.REAL_TOKEN,
    "padded_token": Item.PADDED_TOKEN,
}
TIMES = ("duration", "time", "runtime", "run_time", "wall_time", "wall_clock_time", "elapsed")
NAMES: Mapping[str, tuple[Resource, Dimension]] = {
    **dict.fromkeys(TIMES, (Resource.DURATION_S, Dimension.TIME)),
    **dict.fromkeys(("cpu", "cpu_time"), (Resource.CPU_S, Dimension.TIME)),
    "latency_p50": (Resource.LATENCY_P50_S, Dimension.TIME),
    "latency_p99": (Resource.LATENCY_P99_S, Dimension.TIME),
    **dict.fromkeys(("", "flops", "flop", "work", "compute"), (Resource.FLOPS, Dimension.WORK)),
    **dict.fromkeys(
        ("carbon", "co2", "co2e", "emissions"), (Resource.CARBON_KGCO2E, Dimension.CARBON)
    ),
    **dict.fromkeys(("peak_memory", "max_memory"), (Resource.PEAK_MEMORY_BYTES, Dimension.BYTES)),
    **dict.fromkeys(
        ("peak_device_memory", "peak_gpu_memory"),
        (Resource.PEAK_DEVICE_MEMORY_BYTES, Dimension.BYTES),
    ),
    **dict.fromkeys(
        ("parameters", "params", "n_parameters", "n_params"),
        (Resource.N_PARAMETERS, Dimension.COUNT),
    ),
}
PRICES = ("price", "cost", "money")
PLAIN = {
    "flops": Resource.FLOPS,
    "n_parameters": Resource.N_PARAMETERS,
    "n_params": Resource.N_PARAMETERS,
    "n_labelled_examples": Resource.N_LABELLED_EXAMPLES,
    "n_unlabelled_examples": Resource.N_UNLABELLED_EXAMPLES,
}
"""Counts, which need no unit."""

KNOWN = tuple(
    dict.fromkeys(
        (
            *(words[0] for words in WORDS.values() if words[0] != "ignored"),
            *("duration_s", "energy_j", "energy_kwh", "flops", "cpu_s", "price_usd", "price_eur"),
            *("carbon_kgco2e", "peak_memory_mib", "latency_p50_ms", "energy_j_per_example"),
            *PLAIN,
            *COUNTS.values(),
            *SCORES.values(),
            "score",
        )
    )
)
"""Meanings to choose among, each written as a header would be."""
