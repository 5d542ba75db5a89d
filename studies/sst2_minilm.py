"""sst2_minilm.yaml through the Python API: `python sst2_minilm.py SST2 IMDB ENCODER STORE`."""

import sys

import breakeven

SST2, IMDB, ENCODER, STORE = sys.argv[1:]
DATA = {"name": "datasets", "id": SST2, "text_column": "sentence", "test_split": "validation"}
CORPUS = {"corpus": IMDB, "corpus_split": "unsupervised", "corpus_limit": 8000}
TUNED = {"stage": "finetune", "epochs": 1, "lr": 5e-5}
SPECIFIC = {"stage": "distil", "method": "task-specific", "n_layers": 3, "epochs": 1}
GENERAL = {"stage": "distil", "method": "task-agnostic", "n_layers": 3, "epochs": 0.75, "lr": 1e-4}
SWEEP = [
    {"max_length": [16, 24, 32, 48, 64], "pathways": ["FT", "TS", "TA"]},
    {"padding": "max_length", "max_length": [16, 32, 48, 64, 128], "pathways": "FT"},
    {"padding": "max_length", "max_length": [48, 128], "pathways": ["TS", "TA"]},
    {"n_layers": [2, 3, 4, 5], "max_length": [32, 128], "pathways": "FT"},
    {"n_layers": 2, "pathways": ["TS", "TA"]},
    {"precision": "bf16", "max_length": [32, 128], "pathways": "FT"},
    {"batch_size": 1, "idle_s": 5},
]
study = breakeven.define_study(
    "sst2-minilm",
    seed=1,
    task={**DATA, **CORPUS, "validation_share": 0},
    defaults={"max_length": 128, "batch_size": 32, "weight_decay": 0.01, "warmup_ratio": 0.06},
    stages=[
        {"name": "ft", "model": ENCODER, "repeats": 3, **TUNED},
        {"name": "ts", "from": "ft", "teacher": "ft", **SPECIFIC},
        {"name": "mlm-head", "stage": "pretrain", "model": ENCODER, "epochs": 0.4, "lr": 1e-3},
        {"name": "ta-distil", "from": "mlm-head", "teacher": "mlm-head", **GENERAL},
        {"name": "ta", "from": "ta-distil", **TUNED},
        {"name": "tfidf", "stage": "finetune", "model": "tfidf"},
    ],
    pathways={"FT": "ft", "TS": "ts", "TA": "ta", "TF-IDF": "tfidf"},
    inference={"blocks": 3, "min_window_s": 2, "n_batches": 0, "warmup": 2, "sweep": SWEEP},
)
breakeven.run_study(study, STORE)
print(breakeven.write_report(STORE).text)
